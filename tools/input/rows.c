#include "tools/input/rows.h"

#include <stdlib.h>

#include "tools/input/rows_format.h"

/* The format for a first byte. */
static const struct rows_class *
rows_class_of(enum rows_format format, char first)
{
	if (format == ROWS_JSON || (format == ROWS_AUTO && first == '{'))
		return &rows_json;
	return &rows_csv;
}

/* The first byte that is neither mark nor blank, or NUL. */
static char
first_byte(struct feed *feed)
{
	struct span ahead =
	    span_of(feed->bytes + feed->at, feed->len - feed->at);

	if (span_starts(ahead, SPAN("\xef\xbb\xbf"))) {
		feed->at += 3;
		ahead = span_from(ahead, 3);
	}
	ahead = span_trim(ahead);
	return ahead.len ? ahead.at[0] : '\0';
}

int
rows_open(struct input_stream *source, enum rows_format format,
    struct rows **rows, struct err *err)
{
	struct rows *made = calloc(1, sizeof(*made));

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	made->feed.source = source;
	made->feed.line = 1;
	made->feed.column = 1;
	made->arena = arena_new(16 * ROWS_BYTES_MAX);
	if (!made->arena) {
		rows_close(&made);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	if (feed_fill(&made->feed, err) < 0) {
		rows_close(&made);
		return -1;
	}
	made->class = rows_class_of(format, first_byte(&made->feed));
	if (made->class->open(made, err) < 0) {
		rows_close(&made);
		return -1;
	}
	*rows = made;
	return 0;
}

void
rows_close(struct rows **rows)
{
	if (!*rows)
		return;
	if ((*rows)->class)
		(*rows)->class->close(*rows);
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

int
rows_next(struct rows *rows, struct row *row, struct err *err)
{
	arena_reset(rows->arena);
	*row = (struct row){ .line = rows->feed.line };
	return rows->class->next(rows, row, err);
}
