#include "tools/help.h"

#include <sysexits.h>

#include "store/base/suggest.h"
#include "tools/verbs.h"

const struct flag help_global_flags[] = {
	{ .name = "help", .help = "show this text" },
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

/* The nearest of the candidates to the word, or NULL. */
struct nearest {
	const char *word;
	unsigned distance;
};

static void
consider(struct nearest *nearest, struct span word, const char *candidate)
{
	unsigned distance = suggest_distance(word, span_str(candidate));

	if (!suggest_near(word, distance))
		return;
	if (!nearest->word || distance < nearest->distance)
		*nearest = (struct nearest){ candidate, distance };
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

int
help_unknown_verb(int argc, char **argv, FILE *out, struct err *err)
{
	struct nearest nearest = { NULL, 0 };
	struct span noun = span_str(argv[0]);
	bool known = false;

	if ((argc == 1 || argv[1][0] == '-') && noun_help(argv[0], out))
		return argc == 1 ? EX_USAGE : EX_OK;
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		if (!span_eq(noun, span_str(verb->noun)))
			continue;
		known = true;
		consider(&nearest, span_str(argv[1]), verb->name);
	}
	if (known && nearest.word)
		return cli_misuse(err,
		    "%s has no verb `%s`; did you mean `%s`?", argv[0], argv[1],
		    nearest.word);
	if (known)
		return cli_misuse(err, "%s has no verb `%s`; see `inlay %s`",
		    argv[0], argv[1], argv[0]);
	for (const struct verb *verb = verbs; verb->noun; verb++)
		consider(&nearest, noun, verb->noun);
	if (nearest.word)
		return cli_misuse(err, "unknown noun `%s`; did you mean `%s`?",
		    argv[0], nearest.word);
	return cli_misuse(
	    err, "unknown noun `%s`; see `inlay --help`", argv[0]);
}

int
help_unknown_flag(const struct verb *verb, struct span name, struct err *err)
{
	struct nearest nearest = { NULL, 0 };

	for (const struct flag *at = verb->flags; at && at->name; at++)
		consider(&nearest, name, at->name);
	if (nearest.word)
		return cli_misuse(err,
		    "unknown flag `--%.*s`; did you mean `--%s`?",
		    SPAN_ARG(name), nearest.word);
	return cli_misuse(err,
	    "unknown flag `--%.*s`; see `inlay %s %s --help`", SPAN_ARG(name),
	    verb->noun, verb->name);
}
