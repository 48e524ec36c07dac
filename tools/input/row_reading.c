#include "tools/input/row_reading.h"

#include "tools/interrupt.h"

/* Between two looks at the clock and at whether somebody interrupts. */
#define LOOK_EVERY 1024

static int
read_row(struct row_reading *reading, struct row *row, struct arena *arena,
    struct err *err)
{
	int kept =
	    row->bad ? 0 : reading->keep(reading->context, row, arena, err);

	if (kept < 0)
		return -1;
	if (kept == 0)
		row_faults_add_row(reading->faults, row);
	if (kept == 0 && reading->strict)
		return err_at(err, ERR_INPUT,
		    input_stream_name(reading->stream), row->bad_line,
		    row->bad_column, "%s; nothing was loaded", row->bad);
	reading->rows++;
	return 0;
}

static int
read_rows(struct row_reading *reading, struct rows *rows, struct arena *arena,
    struct err *err)
{
	uint64_t done, total;
	struct row row;
	int more;

	while ((more = rows_next(rows, &row, err)) > 0) {
		arena_reset(arena);
		if (read_row(reading, &row, arena, err) < 0)
			return -1;
		if (reading->rows % LOOK_EVERY != 0)
			continue;
		if (interrupt_seen())
			return err_set(err, ERR_DEADLINE,
			    "interrupted while reading; nothing was loaded");
		input_stream_progress(reading->stream, &done, &total);
		progress_at(reading->progress, reading->rows, done, total);
	}
	return more;
}

int
row_reading_run(struct row_reading *reading, struct err *err)
{
	struct arena *arena = arena_new(reading->memory);
	struct rows_options options;
	struct rows *rows = NULL;
	int status = -1;

	if (!arena)
		err_set(err, ERR_MEMORY, "out of memory");
	else if (rows_flags(reading->cli, &options, err) == 0 &&
		 rows_open(reading->stream, &options, &rows, err) == 0 &&
		 reading->plan(reading->context, rows, err) == 0)
		status = read_rows(reading, rows, arena, err);
	rows_close(&rows);
	arena_free(&arena);
	return status;
}
