#include "tools/command.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "milter/settings.h"
#include "store/engine/engine.h"
#include "store/engine/lmdb.h"
#include "tools/cli.h"
#include "tools/help.h"
#include "tools/out.h"
#include "tools/verbs.h"

#define COMMAND_MEMORY ((size_t)2 << 30)

/* The flag of the verb, or of every verb, by its name without dashes. */
static const struct flag *
flag_find(const struct verb *verb, struct span name)
{
	for (const struct flag *at = verb->flags; at && at->name; at++)
		if (span_eq(name, span_str(at->name)))
			return at;
	for (const struct flag *at = help_global_flags; at->name; at++)
		if (span_eq(name, span_str(at->name)))
			return at;
	return NULL;
}

/* Reads the flag at argv[*at] and its value. 0 or -1. */
static int
take_flag(struct cli *cli, int argc, char **argv, int *at, struct err *err)
{
	struct span name = span_str(argv[*at] + 2), value = SPAN_NONE;
	size_t equals = span_find(name, '=');
	const struct flag *flag;
	struct given *given = &cli->given[cli->given_count];

	if (equals < name.len) {
		value = span_from(name, equals + 1);
		name = span_first(name, equals);
	}
	flag = flag_find(cli->verb, name);
	if (!flag)
		return help_unknown_flag(cli->verb, name, err);
	if (cli->given_count == CLI_FLAGS_MAX)
		return cli_misuse(err, "too many flags");
	if (!flag->value && value.at)
		return cli_misuse(err, "--%s takes no value", flag->name);
	if (flag->value && !value.at && ++*at >= argc)
		return cli_misuse(
		    err, "--%s needs a %s", flag->name, flag->value);
	*given = (struct given){ flag, "" };
	if (flag->value)
		given->value = value.at ? value.at : argv[*at];
	cli->given_count++;
	return 0;
}

/* Sorts what follows the verb into flags and arguments, in place. */
static int
take_arguments(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool flags = true;

	cli->argv = argv;
	for (int i = 0; i < argc; i++) {
		if (flags && strcmp(argv[i], "--") == 0) {
			flags = false;
		} else if (flags && (strcmp(argv[i], "-h") == 0 ||
					strcmp(argv[i], "-V") == 0)) {
			cli->given[cli->given_count++] = (struct given){
				&help_global_flags[argv[i][1] == 'V'], ""
			};
		} else if (flags && strncmp(argv[i], "--", 2) == 0) {
			if (take_flag(cli, argc, argv, &i, err) < 0)
				return -1;
		} else if (flags && argv[i][0] == '-' && argv[i][1] != '\0') {
			return cli_misuse(err, "unknown flag `%s`", argv[i]);
		} else {
			cli->argv[cli->argc++] = argv[i];
		}
		if (cli->given_count == CLI_FLAGS_MAX)
			return cli_misuse(err, "too many flags");
	}
	cli->json = cli_flag(cli, "json") != NULL || cli->json;
	return 0;
}

static const char *
conf_of(const struct cli *cli)
{
	return cli->conf ? cli->conf : SETTINGS_FILE;
}

static int
set_up(struct cli *cli, struct err *err)
{
	struct engine_options options;

	if (settings_load(conf_of(cli), &cli->settings, err) < 0)
		return -1;
	cli->tenant = span_str(cli_flag(cli, "tenant") ? cli_flag(cli, "tenant")
						       : cli->settings->tenant);
	options = cli_store(cli);
	if (cli->verb->need == NEED_SETTINGS)
		return 0;
	if (cli->verb->need == NEED_READ)
		return lmdb_open_readonly(&options, &cli->engine, err);
	return lmdb_open(&options, &cli->engine, err);
}

static int
check_count(const struct cli *cli, struct err *err)
{
	const struct verb *verb = cli->verb;
	const char *blank = *verb->name ? " " : "";

	if (cli->argc < verb->least)
		return cli_misuse(err,
		    "%s%s%s: an argument is missing; usage: inlay %s%s%s %s",
		    verb->noun, blank, verb->name, verb->noun, blank,
		    verb->name, verb->arguments);
	if (verb->most >= 0 && cli->argc > verb->most)
		return cli_misuse(err, "%s%s%s: unexpected argument `%s`",
		    verb->noun, blank, verb->name, cli->argv[verb->most]);
	return 0;
}

static int
tell_version(const struct cli *cli)
{
	fprintf(cli->out, "inlay %s\n", INLAY_VERSION);
	return EX_OK;
}

static int
run_verb(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (take_arguments(cli, argc, argv, err) < 0)
		return -1;
	if (cli_flag(cli, "help")) {
		help_verb(cli->verb, cli->out);
		return EX_OK;
	}
	if (cli_flag(cli, "version"))
		return tell_version(cli);
	if (cli_flag(cli, "config"))
		cli->conf = cli_flag(cli, "config");
	if (check_count(cli, err) < 0)
		return -1;
	cli->arena = arena_new(COMMAND_MEMORY);
	if (!cli->arena)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (cli->verb->need != NEED_NOTHING && set_up(cli, err) < 0)
		return -1;
	return cli->verb->run(cli, err);
}

/* The words before the verb. Returns how many, or -1. */
static int
take_globals(struct cli *cli, int argc, char **argv, struct err *err)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--json") == 0) {
			cli->json = true;
		} else if (strcmp(argv[i], "-c") == 0 ||
			   strcmp(argv[i], "--config") == 0) {
			if (++i == argc)
				return cli_misuse(err, "-c needs a FILE");
			cli->conf = argv[i];
		} else if (strcmp(argv[i], "--help") == 0 ||
			   strcmp(argv[i], "-h") == 0 ||
			   strcmp(argv[i], "-V") == 0 ||
			   strcmp(argv[i], "--version") == 0) {
			return i;
		} else {
			return cli_misuse(err, "unknown flag `%s`", argv[i]);
		}
	}
	return i;
}

static int
find_and_run(struct cli *cli, int argc, char **argv, struct err *err)
{
	int at = take_globals(cli, argc, argv, err), words;

	if (at < 0)
		return -1;
	if (at == argc) {
		help_all(cli->errors);
		return EX_USAGE;
	}
	if (strcmp(argv[at], "--version") == 0 || strcmp(argv[at], "-V") == 0)
		return tell_version(cli);
	if (argv[at][0] == '-' || strcmp(argv[at], "help") == 0) {
		help_all(cli->out);
		return EX_OK;
	}
	words = verb_find(argc - at, argv + at, &cli->verb);
	if (words == 0)
		return help_unknown_verb(argc - at, argv + at, cli->out, err);
	return run_verb(cli, argc - at - words, argv + at + words, err);
}

/* Who may, where the system said no: the group of the file, or root. */
static void
add_permission(struct err *err, const char *path)
{
	size_t len = strlen(err->text);
	const char *no = strerror(EACCES);
	struct group *group;
	struct stat status;

	if (path == NULL || len < strlen(no) ||
	    strcmp(err->text + len - strlen(no), no) != 0)
		return;
	group = stat(path, &status) == 0 ? getgrgid(status.st_gid) : NULL;
	snprintf(err->text + len, sizeof err->text - len,
	    "; run it with sudo%s%s",
	    group ? ", or as a member of the group " : "",
	    group ? group->gr_name : "");
}

/* One line that names the failure; of misuse, without the place. */
static void
say(const struct cli *cli, struct err *err)
{
	int status = cli_status(err);

	if (status == EX_USAGE)
		err->where[0] = '\0';
	add_permission(
	    err, cli->settings ? cli->settings->store : conf_of(cli));
	if (cli->json)
		out_failure_json(cli->errors, err,
		    status == EX_USAGE ? "usage" : err_word(err->code), status);
	else
		out_failure(cli->errors, err);
}

/* Whether --json stands among the flags, wherever the failure comes. */
static bool
asks_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

/* Whether nobody reads what is printed any more. */
static bool
is_unread(FILE *out)
{
	struct pollfd pipe = { .fd = fileno(out), .events = POLLOUT };

	return pipe.fd >= 0 && poll(&pipe, 1, 0) == 1 &&
	       (pipe.revents & POLLERR) != 0;
}

int
command_run(int argc, char **argv, FILE *in, FILE *out, FILE *errors)
{
	struct cli cli = { .in = in,
		.out = out,
		.errors = errors,
		.verbs = verbs,
		.global_flags = help_global_flags,
		.json = asks_json(argc, argv) };
	struct err err = ERR_INIT;
	int status = find_and_run(&cli, argc, argv, &err);

	/* A reader who has seen enough is no failure. */
	if (status >= 0 && (fflush(out) != 0 || ferror(out)) && !is_unread(out))
		status = err_set(&err, ERR_SYSTEM, "cannot write the output");
	if (status < 0) {
		status = cli_status(&err);
		say(&cli, &err);
	}
	if (cli.engine)
		engine_close(&cli.engine);
	if (cli.settings)
		settings_free(&cli.settings);
	arena_free(&cli.arena);
	return status;
}
