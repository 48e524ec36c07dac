/*
 * A whole command line of `inlay`: finds the verb in the table, reads its
 * flags, opens what it needs, runs it, and turns a failure into one line and
 * an exit status of sysexits.h.
 */
#ifndef INLAY_TOOLS_COMMAND_H
#define INLAY_TOOLS_COMMAND_H

#include <stdio.h>

/* argv[0] is the program. Returns the exit status; errors went to `errors`. */
int command_run(int argc, char **argv, FILE *in, FILE *out, FILE *errors);

#endif
