/*
 * How far apart two words are, so that an unknown one can be answered with
 * the one that was probably meant.
 */
#ifndef INLAY_BASE_SUGGEST_H
#define INLAY_BASE_SUGGEST_H

#include "store/base/span.h"

/* Edits (insert, delete, replace, swap of neighbours count 1 each) between
 * the words without regard to case; words over 32 bytes are far apart. */
unsigned suggest_distance(struct span a, struct span b);

/* Whether b is near enough to a to be suggested instead. */
bool suggest_near(struct span a, unsigned distance);

#endif
