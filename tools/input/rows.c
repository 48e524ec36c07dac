#include "tools/input/rows.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/input/input_stream.h"
#include "tools/input/rows_format.h"
#include "tools/input/text_stream.h"

/* The format by the first bytes: an array holds objects, or nothing. */
static const struct rows_class *
rows_class_of(enum rows_format format, const struct feed *feed)
{
	struct span ahead =
	    span_trim(span_of(feed->bytes + feed->at, feed->len - feed->at));
	char first = ahead.len ? ahead.at[0] : '\0', second;

	if (format == ROWS_CSV)
		return &rows_csv;
	if (first == '[') {
		ahead = span_trim(span_from(ahead, 1));
		second = ahead.len ? ahead.at[0] : '\0';
		if (format == ROWS_JSON || second == '{' || second == ']')
			return &rows_array;
	}
	return format == ROWS_JSON || first == '{' ? &rows_json : &rows_csv;
}

/* Reads the first bytes and finds out how to read the others. 0 or -1. */
static int
begin(struct rows *rows, struct input_stream *source, struct err *err)
{
	const char *encoding;

	rows->file = input_stream_name(source);
	if (text_stream_open(
		source, rows->options->encoding, &rows->feed.text, err) < 0 ||
	    feed_fill(&rows->feed, err) < 0)
		return -1;
	encoding = text_stream_encoding(rows->feed.text);
	rows->utf8 = strcasecmp(encoding, "UTF-8") == 0;
	snprintf(rows->not_text, sizeof rows->not_text, "the text is not %s",
	    rows->utf8 ? "UTF-8" : encoding);
	rows->class = rows_class_of(rows->options->format, &rows->feed);
	return rows->class->open(rows, err);
}

int
rows_open(struct input_stream *source, const struct rows_options *options,
    struct rows **rows, struct err *err)
{
	struct rows *made = calloc(1, sizeof(*made));

	*rows = NULL;
	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	made->options = options;
	made->feed.line = 1;
	made->feed.column = 1;
	made->arena = arena_new(16 * ROWS_BYTES_MAX);
	if (!made->arena)
		err_set(err, ERR_MEMORY, "out of memory");
	else if (begin(made, source, err) == 0)
		*rows = made;
	if (!*rows)
		rows_close(&made);
	return *rows ? 0 : -1;
}

void
rows_close(struct rows **rows)
{
	if (!*rows)
		return;
	if ((*rows)->class)
		(*rows)->class->close(*rows);
	text_stream_close(&(*rows)->feed.text);
	arena_free(&(*rows)->arena);
	free(*rows);
	*rows = NULL;
}

const struct span *
rows_columns(const struct rows *rows, size_t *count)
{
	*count = rows->column_count;
	return rows->columns;
}

unsigned
rows_header_line(const struct rows *rows)
{
	return rows->header_line;
}

int
rows_next(struct rows *rows, struct row *row, struct err *err)
{
	arena_reset(rows->arena);
	*row = (struct row){ .line = rows->feed.line };
	return rows->class->next(rows, row, err);
}
