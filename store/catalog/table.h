/*
 * A reference table maps a key to a row of named values for ref.TABLE[key];
 * the catalog holds its head, the rows are read from the engine by key.
 */
#ifndef INLAY_STORE_TABLE_H
#define INLAY_STORE_TABLE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

#define TABLE_KEY_MAX 300

struct buf;
struct engine;

struct table {
	struct span name;
	struct span tenant;   /* whose campaigns may read it; "" for all */
	struct span key;      /* name of the key's column */
	struct span *columns; /* the others, in the order of the file */
	size_t column_count;
	uint64_t rows;
	uint64_t edition; /* rows of an earlier load are not seen */
};

/* The document that heads a table. 0, or -1 with line and column. */
int table_parse(struct span text, const char *file, struct arena *arena,
    struct table **table, struct err *err);

/* Appends the catalog name of a row. 0, or -1 when the buf is full. */
int table_row_name(
    struct span table, uint64_t edition, struct span key, struct buf *name);

/* The row as JSON object text in the arena. 1, 0: no such row, -1. */
int table_row(struct engine *engine, const struct table *table, struct span key,
    struct arena *arena, struct span *json, struct err *err);

/* Deletes the rows of a table, except those of one edition (0: all go).
 * 0, or -1 as the engine failed. */
int table_sweep(
    struct engine *engine, struct span table, uint64_t keep, struct err *err);

#endif
