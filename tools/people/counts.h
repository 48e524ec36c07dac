/*
 * Counts by name, in the order of first sight: arms, missing fields, blocks
 * that ran out. Where it is people who are counted, also by segment, and the
 * first few of them by address, so that somebody can look.
 */
#ifndef INLAY_TOOLS_COUNTS_H
#define INLAY_TOOLS_COUNTS_H

#include <stdio.h>

#include <jansson.h>

#include "store/base/arena.h"
#include "store/base/span.h"

#define COUNTS_MAX 500 /* names; what comes later counts as "..." */
#define COUNT_NAMED 3

/* One of the people, the nth of the audience. */
struct counted {
	struct span address;
	uint64_t nth;
};

struct count {
	struct span name;
	struct span segment; /* "" where there are none */
	uint64_t number;
	struct counted first[COUNT_NAMED];
	size_t named;
};

struct counts {
	struct arena *arena; /* keeps the texts */
	struct count list[COUNTS_MAX + 1];
	size_t used;
};

/* Adds to the name's number; memory that is out shows as "...". */
void counts_add(struct counts *counts, struct span name, uint64_t number);

/* Counts one person. */
void counts_add_person(struct counts *counts, struct span name,
    struct span segment, const struct counted *who);

/* Adds all of one to another. */
void counts_merge(struct counts *into, const struct counts *from);

/* The largest first. */
void counts_sort(struct counts *counts);

/* All segments of a name together. */
uint64_t counts_of(const struct counts *counts, struct span name);

/* {name: number, …}, and a list with segments and people. */
json_t *counts_json(const struct counts *counts);
json_t *counts_json_each(const struct counts *counts);

#endif
