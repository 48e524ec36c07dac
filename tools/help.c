#include "tools/help.h"

#include <sysexits.h>

#include "store/base/suggest.h"
#include "tools/verbs.h"

const struct flag help_global_flags[] = {
	{ .name = "help", .help = "show this text" },
	{ .name = "version", .help = "show the version" },
	{ .name = "json", .help = "print JSON for programs" },
	{ .name = "config",
	    .value = "FILE",
	    .help = "settings, instead of /etc/inlay/inlay.conf" },
	{ .name = "tenant",
	    .value = "NAME",
	    .help = "whose records, instead of the settings' tenant" },
	{ .name = NULL },
};

const struct exit_status help_statuses[] = {
	{ EX_OK, "done" },
	{ EX_USAGE, "misused" },
	{ EX_DATAERR, "bad data, or something found wrong" },
	{ EX_NOINPUT, "no such campaign, content block or table" },
	{ EX_NOUSER, "no such person, or one who gets no campaign mail" },
	{ EX_UNAVAILABLE, "the store cannot be used" },
	{ EX_SOFTWARE, "a fault of Inlay's" },
	{ EX_OSERR, "the system failed" },
	{ EX_TEMPFAIL, "try again" },
	{ EX_NOPERM, "not proven to be whose it says" },
	{ EX_CONFIG, "bad or missing settings, or a key that is unusable" },
	{ 0, NULL },
};

static void
heading(const struct verb *verb, FILE *out)
{
	fprintf(out, "inlay %s%s%s", verb->noun, *verb->name ? " " : "",
	    verb->name);
	if (verb->arguments)
		fprintf(out, " %s", verb->arguments);
}

void
help_all(FILE *out)
{
	fprintf(out, "usage: inlay [-c FILE] [--json] NOUN VERB [FLAG...] "
		     "[ARGUMENT...]\n\n");
	for (const struct verb *verb = verbs; verb->noun; verb++)
		fprintf(out, "  %-11s  %-8s  %s\n", verb->noun, verb->name,
		    verb->help);
	fprintf(out, "\n`inlay NOUN VERB --help` explains one of them with an "
		     "example.\n\nexit status:\n");
	for (const struct exit_status *at = help_statuses; at->text; at++)
		fprintf(out, "  %2d  %s\n", at->status, at->text);
}

static void
show_flags(const struct flag *flags, FILE *out)
{
	char left[40];

	for (; flags && flags->name; flags++) {
		snprintf(left, sizeof(left), "--%s%s%s", flags->name,
		    flags->value ? " " : "", flags->value ? flags->value : "");
		fprintf(out, "  %-22s %s\n", left, flags->help);
	}
}

void
help_verb(const struct verb *verb, FILE *out)
{
	fprintf(out, "usage: ");
	heading(verb, out);
	fprintf(
	    out, "%s\n\n%s\n\n", verb->flags ? " [FLAG...]" : "", verb->help);
	show_flags(verb->flags, out);
	show_flags(help_global_flags, out);
	fprintf(out, "\nexample:\n  %s\n", verb->example);
}

static bool
noun_name(const void *names, size_t index, struct span *name)
{
	(void)names;
	if (verbs[index].noun)
		*name = span_str(verbs[index].noun);
	return verbs[index].noun != NULL;
}

/* Of the verbs that the noun has. */
static bool
verb_name(const void *noun, size_t index, struct span *name)
{
	const struct verb *verb = &verbs[index];

	if (!verb->noun)
		return false;
	*name =
	    strcmp(verb->noun, noun) == 0 ? span_str(verb->name) : SPAN_NONE;
	return true;
}

static bool
flag_name(const void *flags, size_t index, struct span *name)
{
	const struct flag *flag = flags;

	if (!flag || !flag[index].name)
		return false;
	*name = span_str(flag[index].name);
	return true;
}

/* The verbs of a noun, when the noun stands alone. */
static bool
noun_help(const char *noun, FILE *out)
{
	bool found = false;

	for (const struct verb *verb = verbs; verb->noun; verb++)
		if (strcmp(verb->noun, noun) == 0) {
			fprintf(out, "  ");
			heading(verb, out);
			fprintf(out, "\n      %s\n", verb->help);
			found = true;
		}
	return found;
}

static bool
is_noun(const char *word)
{
	for (const struct verb *verb = verbs; verb->noun; verb++)
		if (strcmp(verb->noun, word) == 0)
			return true;
	return false;
}

int
help_unknown_verb(int argc, char **argv, FILE *out, struct err *err)
{
	struct span nearest;

	if ((argc == 1 || argv[1][0] == '-') && noun_help(argv[0], out))
		return argc == 1 ? EX_USAGE : EX_OK;
	if (!is_noun(argv[0])) {
		nearest = suggest_nearest(span_str(argv[0]), noun_name, NULL);
		if (nearest.len != 0)
			return cli_misuse(err,
			    "unknown noun `%s`; did you mean `%.*s`?", argv[0],
			    SPAN_ARG(nearest));
		return cli_misuse(
		    err, "unknown noun `%s`; see `inlay --help`", argv[0]);
	}
	nearest = suggest_nearest(span_str(argv[1]), verb_name, argv[0]);
	if (nearest.len != 0)
		return cli_misuse(err,
		    "%s has no verb `%s`; did you mean `%.*s`?", argv[0],
		    argv[1], SPAN_ARG(nearest));
	return cli_misuse(err, "%s has no verb `%s`; see `inlay %s`", argv[0],
	    argv[1], argv[0]);
}

int
help_unknown_flag(const struct verb *verb, struct span name, struct err *err)
{
	struct span nearest = suggest_nearest(name, flag_name, verb->flags);

	if (nearest.len != 0)
		return cli_misuse(err,
		    "unknown flag `--%.*s`; did you mean `--%.*s`?",
		    SPAN_ARG(name), SPAN_ARG(nearest));
	return cli_misuse(err,
	    "unknown flag `--%.*s`; see `inlay %s%s%s --help`", SPAN_ARG(name),
	    verb->noun, *verb->name ? " " : "", verb->name);
}
