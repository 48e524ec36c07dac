#include "tools/command.h"

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
		} else if (flags && strcmp(argv[i], "-h") == 0) {
			cli->given[cli->given_count++] =
			    (struct given){ &help_global_flags[0], "" };
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

static int
set_up(struct cli *cli, struct err *err)
{
	struct engine_options options;

	if (settings_load(
		cli->conf ? cli->conf : SETTINGS_FILE, &cli->settings, err) < 0)
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

	if (cli->argc < verb->least)
		return cli_misuse(err,
		    "%s %s: an argument is missing; usage: inlay %s %s %s",
		    verb->noun, verb->name, verb->noun, verb->name,
		    verb->arguments);
	if (verb->most >= 0 && cli->argc > verb->most)
		return cli_misuse(err, "%s %s: unexpected argument `%s`",
		    verb->noun, verb->name, cli->argv[verb->most]);
	return 0;
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
	if (strcmp(argv[at], "--version") == 0) {
		fprintf(cli->out, "inlay %s\n", INLAY_VERSION);
		return EX_OK;
	}
	if (argv[at][0] == '-' || strcmp(argv[at], "help") == 0) {
		help_all(cli->out);
		return EX_OK;
	}
	words = verb_find(argc - at, argv + at, &cli->verb);
	if (words == 0)
		return help_unknown_verb(argc - at, argv + at, cli->out, err);
	return run_verb(cli, argc - at - words, argv + at + words, err);
}

/* One line that names the failure; of misuse, without the place. */
static void
say(const struct cli *cli, struct err *err)
{
	if (cli_status(err) == EX_USAGE)
		err->where[0] = '\0';
	out_failure(cli->errors, err);
}

int
command_run(int argc, char **argv, FILE *in, FILE *out, FILE *errors)
{
	struct cli cli = { .in = in, .out = out, .errors = errors };
	struct err err = ERR_INIT;
	int status = find_and_run(&cli, argc, argv, &err);

	if (status >= 0 && (fflush(out) != 0 || ferror(out)))
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
