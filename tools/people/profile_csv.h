/*
 * Profiles as CSV that `profile load` reads again without a loss: a row for
 * each source and moment, with what it said. Which columns that takes is
 * known when all profiles have been seen once.
 */
#ifndef INLAY_TOOLS_PROFILE_CSV_H
#define INLAY_TOOLS_PROFILE_CSV_H

#include <stdio.h>

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/catalog/schema.h"
#include "store/record/profile.h"
#include "tools/input/rows.h"

struct profile_csv {
	struct arena *arena; /* keeps the names of the columns */
	const struct schema *schema;
	struct span columns[ROWS_CELLS_MAX];
	size_t count;
};

/* Begins with the columns that every file has. 0, or -1: too many. */
int profile_csv_begin(struct profile_csv *csv, struct err *err);

/* Adds the columns that the profile needs; scratch lives during the call.
 * 0, or -1: more than a row may have, or memory. */
int profile_csv_see(struct profile_csv *csv, const struct profile *profile,
    struct arena *scratch, struct err *err);

/* Prints the names of the columns. */
void profile_csv_header(const struct profile_csv *csv, FILE *out);

/* Prints the rows of one profile. 1, 0 where something of it has no column
 * and is left out, -1 memory. */
int profile_csv_rows(const struct profile_csv *csv,
    const struct profile *profile, struct arena *scratch, FILE *out,
    struct err *err);

#endif
