/*
 * Rows of named values from CSV with a header line, from JSON Lines or from a
 * JSON array of objects, one at a time in flat memory. A bad row is told with
 * its place and the reading goes on after it.
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
	bool not_utf8; /* bad for that; the bad value is in another encoding */
};

enum rows_format { ROWS_AUTO, ROWS_CSV, ROWS_JSON };

/* A column or member that is meant to have another name. */
struct rows_name {
	struct span from, to;
};

/* How a file is to be read; begins as zeroes. */
struct rows_options {
	enum rows_format format;
	const char *encoding; /* as iconv calls it, or NULL: as the file says */
	const struct rows_name *names;
	size_t name_count;
};

struct rows;

/* Reads from the source, which must outlive the rows, as the options must.
 * AUTO tells JSON from CSV by the first bytes, and for CSV the delimiter by a
 * line "sep=;" or by the header line. 0, or -1: no text, no header, two
 * columns of one name, no column that a name is for, ERR_MEMORY. */
int rows_open(struct input_stream *source, const struct rows_options *options,
    struct rows **rows, struct err *err);
void rows_close(struct rows **rows);

/* The header's names; *count is 0 for JSON. */
const struct span *rows_columns(const struct rows *rows, size_t *count);

/* The line that the header stands in; 0 for JSON. */
unsigned rows_header_line(const struct rows *rows);

/* The name of that column, for suggest_nearest. */
bool rows_column_name(const void *rows, size_t index, struct span *name);

/* 1 and the next row, good or bad, valid until the next call; 0 at the end;
 * -1 when the source fails. */
int rows_next(struct rows *rows, struct row *row, struct err *err);

#endif
