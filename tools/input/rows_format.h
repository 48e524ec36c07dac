/*
 * What the formats of rows have in common; only rows*.c include this.
 */
#ifndef INLAY_TOOLS_ROWS_FORMAT_H
#define INLAY_TOOLS_ROWS_FORMAT_H

#include "tools/input/rows.h"

/* Bytes read ahead, and where in the text they are. */
struct feed {
	struct input_stream *source;
	size_t at, len;
	unsigned line, column; /* of bytes[at], from 1 */
	char bytes[64 * 1024];
};

/* 1 there are bytes ahead, 0 the end, -1. */
int feed_fill(struct feed *feed, struct err *err);

struct rows_class {
	int (*open)(struct rows *rows, struct err *err);
	int (*next)(struct rows *rows, struct row *row, struct err *err);
	void (*close)(struct rows *rows);
};

struct rows {
	const struct rows_class *class;
	struct arena *arena; /* of one row */
	struct span *columns;
	size_t column_count;
	void *state; /* the format's own */
	struct feed feed;
};

extern const struct rows_class rows_csv, rows_json;

/* Whether the text holds what is no UTF-8, or a NUL. */
bool rows_text_fault(struct span text);

#endif
