/*
 * What the formats of rows have in common; only rows*.c include this.
 */
#ifndef INLAY_TOOLS_ROWS_FORMAT_H
#define INLAY_TOOLS_ROWS_FORMAT_H

#include "milter/mail/charset.h"
#include "tools/input/rows.h"

struct text_stream;

/* Bytes read ahead, and where in the text they are. */
struct feed {
	struct text_stream *text;
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
	const char *file; /* for errors */
	const struct rows_options *options;
	char not_text[CHARSET_NAME_SIZE + 20]; /* "the text is not UTF-8" */
	bool utf8;			       /* it is not converted */
	struct arena *arena;		       /* of one row */
	struct span *columns;
	size_t column_count;
	unsigned header_line;
	void *state; /* the format's own */
	struct feed feed;
};

extern const struct rows_class rows_csv, rows_json, rows_array;

/* Marks the row bad because of such a text. */
void rows_set_not_text(const struct rows *rows, struct row *row,
    struct span name, struct span text, unsigned line, unsigned column);

/* The name that a column or member is meant to have. */
struct span rows_rename(const struct rows *rows, struct span name);

#endif
