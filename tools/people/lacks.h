/*
 * Who lacks what: for each name and segment how many people, and the first
 * few of them by address, so that somebody can look.
 */
#ifndef INLAY_TOOLS_LACKS_H
#define INLAY_TOOLS_LACKS_H

#include <stdio.h>

#include <jansson.h>

#include "store/base/arena.h"
#include "store/base/span.h"

#define LACKS_MAX 500 /* what comes later counts as "..." */
#define LACK_NAMED 3

/* One of the people, the nth of the audience. */
struct lacking {
	struct span address;
	uint64_t nth;
};

struct lack {
	struct span name;
	struct span segment; /* "" where there are none */
	uint64_t people;
	struct lacking first[LACK_NAMED];
	size_t named;
};

struct lacks {
	struct arena *arena; /* keeps the texts */
	struct lack list[LACKS_MAX + 1];
	size_t used;
};

/* Counts one person; of a later nth than those before. */
void lacks_add(struct lacks *lacks, struct span name, struct span segment,
    const struct lacking *who);

/* Adds all of one to another. */
void lacks_merge(struct lacks *into, const struct lacks *from);

/* The largest first. */
void lacks_sort(struct lacks *lacks);

/* All segments of a name together. */
uint64_t lacks_people(const struct lacks *lacks, struct span name);

/* A line for each: "label  name, segment: 12 (60.0 %): a@x, b@y, …" */
void lacks_print(
    const struct lacks *lacks, FILE *out, const char *label, uint64_t of);

json_t *lacks_json(const struct lacks *lacks);

#endif
