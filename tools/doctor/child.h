/*
 * What another process says: a program, or a function in a process of its own
 * that may become somebody else. It gets five seconds.
 */
#ifndef INLAY_TOOLS_CHILD_H
#define INLAY_TOOLS_CHILD_H

#include <stdio.h>

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

#define CHILD_SECONDS 5

/* Runs the program with those arguments, NULL-terminated, found on the PATH;
 * its output goes into the arena, its complaints nowhere. Its exit status; 127
 * where it cannot be run; -1 ERR_SYSTEM or ERR_DEADLINE. */
int child_program(const char *const *argv, struct arena *arena,
    struct span *output, struct err *err);

/* The same for a function, whose result is the exit status. */
int child_function(int (*run)(void *context, FILE *out), void *context,
    struct arena *arena, struct span *output, struct err *err);

#endif
