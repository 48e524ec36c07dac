/*
 * What a verb of `inlay` gets: its flags and arguments, read, and the store
 * and settings that it needs, open; and how it fails.
 */
#ifndef INLAY_TOOLS_CLI_H
#define INLAY_TOOLS_CLI_H

#include <stdio.h>

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/base/zone.h"

struct catalog;
struct engine;
struct engine_options;
struct settings;

#define CLI_FLAGS_MAX 64 /* flags on one command line */

/* A flag of a verb: "--name" or "--name VALUE". */
struct flag {
	const char *name;
	const char *value; /* what the value is called, NULL for none */
	const char *help;
};

enum need {
	NEED_NOTHING,
	NEED_SETTINGS, /* no store, or one too damaged to be opened */
	NEED_READ,
	NEED_WRITE
};

struct cli;

/* One row per verb. */
struct verb {
	const char *noun;
	const char *name; /* "" where the noun is the verb */
	/* Exit status, or -1 and err. */
	int (*run)(struct cli *cli, struct err *err);
	enum need need;
	int least, most;	  /* arguments that are no flags */
	const char *arguments;	  /* as the usage line shows them, or NULL */
	const struct flag *flags; /* ends with a NULL name, or NULL */
	const char *help;
	const char *example;
};

struct given {
	const struct flag *flag;
	const char *value;
};

struct cli {
	const struct verb *verb;
	const struct verb *verbs; /* all there are, for what is about them */
	const struct flag *global_flags; /* that every verb takes */
	const char *conf;		 /* -c FILE, or NULL */
	bool json;
	int argc; /* arguments that are no flags */
	char **argv;
	struct given given[CLI_FLAGS_MAX];
	size_t given_count;
	FILE *in, *out, *errors;
	struct settings *settings; /* where the verb needs the store */
	struct engine *engine;
	struct span tenant;
	struct arena *arena; /* lives as long as the command */
};

/* The value of a flag, "" for one that takes none, NULL where not given. */
const char *cli_flag(const struct cli *cli, const char *name);

/* The nth value of a flag that may be repeated, from 0; NULL past them. */
const char *cli_flag_nth(const struct cli *cli, const char *name, size_t nth);

/* A flag's value as a moment, a span of time, a number; *value is left alone
 * where the flag is not given. 1 given, 0 not, -1 it is none. */
int cli_when(
    const struct cli *cli, const char *name, int64_t *value, struct err *err);
/* The same; a moment without a zone is what clocks there show. */
int cli_when_in(const struct cli *cli, const char *name,
    const struct zone *clocks, int64_t *value, struct err *err);
/* The same with the clocks of that stored campaign, UTC where there is none. */
int cli_when_of(struct cli *cli, const char *name, struct span campaign,
    int64_t *value, struct err *err);
int cli_lapse(
    const struct cli *cli, const char *name, int64_t *value, struct err *err);
int cli_number(const struct cli *cli, const char *name, int64_t least,
    int64_t most, int64_t *value, struct err *err);

/* Tells a failure that ends the command with that status and is no err: a line,
 * or with --json as out_failure_json; the code is a stable word. Returns the
 * status. */
int cli_fail(const struct cli *cli, int status, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The argument as a normalised address in the command's arena. 0 or -1. */
int cli_address(
    struct cli *cli, const char *text, struct span *address, struct err *err);

/* From now on the people are those that a campaign's mail would reach: its
 * tenant's where it names one. The name must outlive the command. */
void cli_serve(struct cli *cli, struct span tenant);

/* How the settings say that the store is opened. */
struct engine_options cli_store(struct cli *cli);

/* Loads the catalog of the command's engine. 0 or -1. */
int cli_catalog(struct cli *cli, struct catalog **catalog, struct err *err);

/* Fails for a reason that lies with the command line. Returns -1. */
int cli_misuse(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The exit status of an error. */
int cli_status(const struct err *err);

/* Seconds since the epoch. */
int64_t cli_now(void);

#endif
