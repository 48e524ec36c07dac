/*
 * How a load reads its file: row by row, with progress, bad rows told, and an
 * end where one bad row is too many or somebody interrupts.
 */
#ifndef INLAY_TOOLS_ROW_READING_H
#define INLAY_TOOLS_ROW_READING_H

#include "tools/input/input_stream.h"
#include "tools/input/row_faults.h"
#include "tools/input/rows_flags.h"
#include "tools/progress.h"

struct row_reading {
	struct cli *cli;
	struct input_stream *stream;
	struct row_faults *faults;
	struct progress *progress;
	size_t memory; /* bytes that one row may take */
	bool strict;   /* one bad row, and nothing is read any more */
	/* Looks at the columns before the first row. 0 or -1. */
	int (*plan)(void *context, struct rows *rows, struct err *err);
	/* Takes a row, which lives in the arena until it returns. 1 kept, 0 bad
	 * as row->bad then says, -1. Rows that are bad already are not shown.
	 */
	int (*keep)(void *context, struct row *row, struct arena *arena,
	    struct err *err);
	void *context;
	uint64_t rows; /* read so far, the bad ones too */
};

/* Reads them all, as the command's flags say. 0, or -1: what plan or keep
 * failed with, ERR_INPUT of a file that cannot be read or, if strict, of a bad
 * row, ERR_DEADLINE interrupted, ERR_MEMORY. */
int row_reading_run(struct row_reading *reading, struct err *err);

#endif
