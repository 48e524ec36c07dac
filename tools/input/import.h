/*
 * An import turns rows of named values into updates of profiles: "email" is
 * whom the row is about, "source" and "observed_at" say who says so and when,
 * "consent.PURPOSE", "object_profiling" and the like are themselves,
 * "FIELD.type" tells in CSV how a value is to be read, and all else are fields
 * of the schema.
 */
#ifndef INLAY_TOOLS_IMPORT_H
#define INLAY_TOOLS_IMPORT_H

#include "store/catalog/field_text.h"
#include "store/record/profile.h"
#include "store/catalog/schema.h"
#include "tools/input/rows.h"

/* Names that no field of the schema can have in a file: bounces, and the day
 * up to which they are forgiven. */
#define IMPORT_BOUNCES "bounces"
#define IMPORT_FORGIVEN "bounces_forgiven"

struct column_plan;
struct row_faults;

struct import {
	const struct schema *schema;
	struct span source;	     /* where a row names none */
	int64_t observed_at;	     /* where a row names none */
	struct date_formats formats; /* of the file's dates */
	bool ignore_unknown;	     /* columns that are no field are skipped */
	struct row_faults *faults;   /* told of values that are not valid */
	struct column_plan *plan;    /* of a CSV file's columns */
	size_t plan_count;
	bool respelled; /* the last row's address is written otherwise */
};

/* Checks the header's names and remembers what they mean; file names the
 * source in errors. The plan lives in the arena. 0, or -1: unknown column
 * (with a suggestion), no column for the address. */
int import_plan(struct import *import, const struct rows *rows,
    const char *file, struct arena *arena, struct err *err);

/* Makes an update from a row, in the arena; the address is normalised. A
 * flag that the row sets to false is left out. 1; 0 the row is bad and says
 * why; -1 memory. */
int import_row(struct import *import, struct row *row, struct arena *arena,
    struct profile *update, struct err *err);

/* The flags that a row may set, by name: the member of the profile, or NULL
 * for another name. */
bool *import_flag(struct profile *profile, struct span name);

#endif
