/*
 * What changed between two texts, line by line, for people to read.
 */
#ifndef INLAY_TOOLS_DIFF_H
#define INLAY_TOOLS_DIFF_H

#include <stdio.h>

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

#define DIFF_LINES_MAX 3000 /* of either text */

/* Prints lines of a with "-", lines of b with "+", and " " for up to three
 * common ones around them; nothing where the texts are the same. Line ends
 * do not count. 0, or -1: too long, or memory. */
int diff_print(FILE *out, struct span a, struct span b, struct arena *arena,
    struct err *err);

#endif
