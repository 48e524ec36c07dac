/*
 * What `inlay` says about itself, all of it from the table of verbs.
 */
#ifndef INLAY_TOOLS_HELP_H
#define INLAY_TOOLS_HELP_H

#include "tools/cli.h"

/* Flags that every verb takes; the first are --help
 * and --version. Ends with a NULL name. */
extern const struct flag help_global_flags[];

/* What the shell is told; ends with a NULL text. */
struct exit_status {
	int status;
	const char *text;
};
extern const struct exit_status help_statuses[];

/* All verbs, a line each, and the exit statuses. */
void help_all(FILE *out);

/* One verb: usage, flags, an example. */
void help_verb(const struct verb *verb, FILE *out);

/* Answers words that are no verb: help on a noun alone (exit status), or
 * else -1 with a suggestion. */
int help_unknown_verb(int argc, char **argv, FILE *out, struct err *err);

/* -1 with a suggestion. */
int help_unknown_flag(
    const struct verb *verb, struct span name, struct err *err);

#endif
