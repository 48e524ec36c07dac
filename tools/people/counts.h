/*
 * Counts by name, in the order of first sight: arms, missing fields, blocks
 * that ran out.
 */
#ifndef INLAY_TOOLS_COUNTS_H
#define INLAY_TOOLS_COUNTS_H

#include <stdio.h>

#include <jansson.h>

#include "store/base/arena.h"
#include "store/base/span.h"

#define COUNTS_MAX 500 /* names; what comes later counts as "..." */

struct count {
	struct span name;
	uint64_t number;
};

struct counts {
	struct arena *arena; /* keeps the names */
	struct count list[COUNTS_MAX + 1];
	size_t used;
};

/* Adds to the name's number; memory that is out shows as "...". */
void counts_add(struct counts *counts, struct span name, uint64_t number);

/* Adds all of one to another. */
void counts_merge(struct counts *into, const struct counts *from);

/* The largest first. */
void counts_sort(struct counts *counts);

/* "label  a 12 (60.0 %), b 8 (40.0 %)"; nothing where nothing was counted.
 * The shares are of `of`. */
void counts_print(
    const struct counts *counts, FILE *out, const char *label, uint64_t of);

json_t *counts_json(const struct counts *counts);

#endif
