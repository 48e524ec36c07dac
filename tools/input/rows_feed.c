/* What the formats of rows have in common. */
#include "store/base/unicode.h"
#include "tools/input/rows_format.h"
#include "tools/input/text_stream.h"

int
feed_fill(struct feed *feed, struct err *err)
{
	ssize_t got;

	if (feed->at < feed->len)
		return 1;
	feed->at = 0;
	feed->len = 0;
	got =
	    text_stream_read(feed->text, feed->bytes, sizeof(feed->bytes), err);
	if (got < 0)
		return -1;
	feed->len = (size_t)got;
	return got > 0;
}

void
rows_set_not_text(const struct rows *rows, struct row *row, struct span name,
    struct span text, unsigned line, unsigned column)
{
	row->bad = span_find(text, '\0') < text.len
		       ? "a NUL byte stands in the text"
		       : rows->not_text;
	row->bad_name = name;
	row->bad_value = text;
	row->bad_line = line;
	row->bad_column = column;
	row->not_utf8 = rows->utf8 && !unicode_valid(text);
}

struct span
rows_rename(const struct rows *rows, struct span name)
{
	for (size_t i = 0; i < rows->options->name_count; i++)
		if (span_eq(rows->options->names[i].from, name))
			return rows->options->names[i].to;
	return name;
}

bool
rows_column_name(const void *rows, size_t index, struct span *name)
{
	const struct rows *known = rows;

	if (index < known->column_count)
		*name = known->columns[index];
	return index < known->column_count;
}
