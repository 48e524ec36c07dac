/*
 * A unified diff of two texts, as `diff -u` prints it.
 */
#ifndef INLAY_TOOLS_DIFF_H
#define INLAY_TOOLS_DIFF_H

#include <stdio.h>

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* Prints the hunks, each headed by the title. 1 there are some, 0 the texts
 * are equal, -1 when the arena is full. */
int diff_print(FILE *out, struct span title, struct span old, struct span new,
    struct arena *arena, struct err *err);

#endif
