/*
 * Any bytes as CSV: rows come or a failure, and never more than was read.
 */
#include <stdlib.h>

#include "tools/input/rows.h"
#include "tools/input/input_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct input_stream *source;
	struct rows *rows;
	struct row row;

	if (input_stream_open_bytes(span_of(bytes, len), &source, NULL) < 0)
		return 0;
	if (rows_open(source, ROWS_CSV, &rows, NULL) == 0) {
		while (rows_next(rows, &row, NULL) > 0)
			if (!row.bad && row.count > ROWS_CELLS_MAX)
				abort();
		rows_close(&rows);
	}
	input_stream_close(&source);
	return 0;
}
