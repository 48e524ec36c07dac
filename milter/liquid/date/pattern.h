/*
 * A pattern is a regular expression small enough to read dates with. It
 * works on bytes, backtracks within a budget, and never recurses deeper than
 * the pattern is long.
 *
 * It stays beside the schema's linear engine (store/base/regex.h), which
 * answers only whether a whole value matches: dates need the first place of
 * a match, the text of up to seven parentheses as Ruby's engine, which tries
 * the leftmost way first, would give it, and \b. Threads that carry captures
 * would double that engine and slow every import down. Here backtracking is
 * harmless: the patterns are constants of this folder, never an operator's
 * or a recipient's, texts are a date's 128 bytes, and *steps bounds what one
 * date may cost over all its patterns together.
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
