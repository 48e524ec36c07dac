/*
 * A pattern is a regular expression small enough to read dates with. It
 * works on bytes, backtracks within a budget, and never recurses deeper than
 * the pattern is long.
 */
#ifndef INLAY_LIQUID_PATTERN_H
#define INLAY_LIQUID_PATTERN_H

#include "store/base/span.h"

/* Group 0 is the whole match, 1.. the parentheses in order. */
enum { PATTERN_GROUPS = 8 };

/*
 * Finds the first place where the pattern matches. Understood: literal bytes,
 * . \d \D \s \S \b ^ $ [a-z] [^...] (...) (?:...) | and the greedy ? * + {n}
 * {n,m} behind one byte or class; behind a group only ?. Bytes above 127
 * count as letters. A group that took no part has at == NULL.
 * *steps is what may still be spent and shrinks. 1 found, 0 not or *steps is
 * down to 0.
 */
int pattern_find(const char *pattern, struct span text,
    struct span groups[PATTERN_GROUPS], unsigned *steps);

#endif
