/*
 * Rows of named values from CSV with a header line or from JSON Lines, one
 * at a time in flat memory. A bad row is told with its place and the reading
 * goes on after it.
 */
#ifndef INLAY_TOOLS_ROWS_H
#define INLAY_TOOLS_ROWS_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct input_stream;

#define ROWS_BYTES_MAX ((size_t)1 << 20) /* of one row */
#define ROWS_CELLS_MAX 1000		 /* of one row */

enum cell_kind { /* CSV has texts only */
	CELL_TEXT,
	CELL_NUMBER,
	CELL_BOOLEAN,
	CELL_JSON, /* a list or an object, as JSON */
	CELL_NULL
};

struct row_cell {
	struct span name; /* of a nested value: "consent.email" */
	struct span value;
	enum cell_kind kind;
	unsigned column; /* in bytes from 1; 0: nobody knows */
	unsigned line;
};

struct row {
	unsigned line; /* where it begins */
	struct row_cell *cells;
	size_t count;
	const char *bad;       /* what is wrong with the row, or NULL */
	struct span bad_name;  /* of the column, or "" */
	struct span bad_value; /* what stands there, or "" */
	unsigned bad_line, bad_column;
};

enum rows_format { ROWS_AUTO, ROWS_CSV, ROWS_JSON };

struct rows;

/* Reads from the source, which must outlive the rows. AUTO tells JSON from
 * CSV by the first byte, and for CSV the delimiter by the header line.
 * 0, or -1: no header, two columns of one name, ERR_MEMORY. */
int rows_open(struct input_stream *source, enum rows_format format,
    struct rows **rows, struct err *err);
void rows_close(struct rows **rows);

/* The header's names; *count is 0 for JSON. */
const struct span *rows_columns(const struct rows *rows, size_t *count);

/* 1 and the next row, good or bad, valid until the next call; 0 at the end;
 * -1 when the source fails. */
int rows_next(struct rows *rows, struct row *row, struct err *err);

#endif
