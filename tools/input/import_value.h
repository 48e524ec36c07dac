/*
 * What one cell of a file says of a field: the value as it is stored, how it
 * is to be read, and whether the schema allows it. A column FIELD.type says
 * in CSV what JSON says by itself.
 */
#ifndef INLAY_TOOLS_IMPORT_VALUE_H
#define INLAY_TOOLS_IMPORT_VALUE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/catalog/field_text.h"
#include "store/catalog/schema.h"
#include "store/record/profile.h"
#include "tools/input/rows.h"

struct value_question {
	const struct field *field; /* NULL where there is no schema */
	const struct row_cell *cell;
	struct span text; /* the cell's, trimmed */
	struct span type; /* what stands in the column FIELD.type, or "" */
	const struct date_formats *formats; /* of the file, or NULL */
};

/* Fills the observation's type, value and retraction, in the arena; *fault is
 * a word of field_fault(), or NULL. 1; 0 the cell is not of the type that it
 * is said to have; -1 memory. */
int import_value(const struct value_question *question, struct arena *arena,
    struct observation *seen, const char **fault, struct err *err);

/* What a column FIELD.type says of an observation. */
const char *import_type_word(const struct observation *seen);

/* "true", "yes", "1", "oui", "ja" and their opposites, capitals or not.
 * 1 read, 0 neither. */
int import_switch(struct span text, bool *value);

#endif
