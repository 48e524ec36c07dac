/*
 * Any bytes as CSV, as they are and in an encoding that their number picks:
 * rows come or a failure, and never more than was read.
 */
#include <stdlib.h>

#include "tools/input/rows.h"
#include "tools/input/input_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_rows(struct span bytes, const char *encoding)
{
	const struct rows_options options = { .format = ROWS_CSV,
		.encoding = encoding };
	struct input_stream *source;
	struct rows *rows;
	struct row row;

	if (input_stream_open_bytes(bytes, &source, NULL) < 0)
		return;
	if (rows_open(source, &options, &rows, NULL) == 0) {
		while (rows_next(rows, &row, NULL) > 0)
			if (!row.bad && row.count > ROWS_CELLS_MAX)
				abort();
		rows_close(&rows);
	}
	input_stream_close(&source);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const encodings[] = { "windows-1252", "utf-16",
		"utf-16be", "utf-32le", "utf-7", "euc-jp", "iso-2022-jp",
		"macintosh" };
	size_t count = sizeof encodings / sizeof *encodings;

	read_rows(span_of(bytes, len), NULL);
	read_rows(span_of(bytes, len), encodings[len % count]);
	return 0;
}
