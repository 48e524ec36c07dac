/*
 * CSV (RFC 4180) by libcsv. It is fed up to each byte that may end a field,
 * so that every field's place in the file is known.
 */
#include <stdlib.h>

#include <csv.h>

#include "store/base/buf.h"
#include "tools/input/rows_format.h"
#include "tools/input/input_stream.h"

struct csv {
	struct csv_parser parser;
	unsigned char delimiter;
	struct buf text; /* the values of the row, one after the other */
	struct {
		size_t at, len;
		unsigned line, column;
	} fields[ROWS_CELLS_MAX];
	size_t count;
	size_t bytes;	       /* of the row so far, as in the file */
	unsigned line, column; /* where the current field begins */
	bool field_ended, row_ended, too_many;
	bool skipping; /* to the end of a broken line */
	bool ended;
};

static void
on_field(void *value, size_t len, void *context)
{
	struct csv *csv = context;

	csv->field_ended = true;
	if (csv->count == ROWS_CELLS_MAX) {
		csv->too_many = true;
		return;
	}
	csv->fields[csv->count].at = csv->text.len;
	csv->fields[csv->count].len = len;
	csv->fields[csv->count].line = csv->line;
	csv->fields[csv->count].column = csv->column;
	csv->count++;
	buf_add(&csv->text, span_of(value, len));
}

static void
on_row(int end, void *context)
{
	struct csv *csv = context;

	(void)end;
	csv->row_ended = true;
}

static int
start(struct csv *csv, struct err *err)
{
	if (csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	csv_set_delim(&csv->parser, csv->delimiter);
	return 0;
}

/* The bytes up to and with the next that may end a field. */
static size_t
piece(const struct csv *csv, const struct feed *feed)
{
	size_t at = feed->at;

	while (at < feed->len) {
		unsigned char c = (unsigned char)feed->bytes[at++];

		if (c == csv->delimiter || c == '\n' || c == '\r')
			break;
	}
	return at - feed->at;
}

static void
row_begin(struct csv *csv, const struct feed *feed, struct row *row)
{
	buf_clear(&csv->text);
	csv->count = 0;
	csv->bytes = 0;
	csv->row_ended = csv->too_many = csv->field_ended = false;
	csv->line = row->line = feed->line;
	csv->column = feed->column;
}

/* Moves past bytes of which only the last may be a line end. */
static void
advance(struct csv *csv, struct feed *feed, size_t len)
{
	bool line_end = feed->bytes[feed->at + len - 1] == '\n';

	feed->at += len;
	feed->column = line_end ? 1 : feed->column + (unsigned)len;
	feed->line += line_end;
	csv->bytes += len;
	if (csv->field_ended) {
		csv->line = feed->line;
		csv->column = feed->column;
		csv->field_ended = false;
	}
}

static void
row_bad(struct row *row, const struct feed *feed, const char *why)
{
	row->bad = why;
	row->bad_line = feed->line;
	row->bad_column = feed->column;
}

/* Gives the row up here and begins again with the next line. 1 or -1. */
static int
give_up(struct csv *csv, const struct feed *feed, struct row *row,
    const char *why, struct err *err)
{
	row_bad(row, feed, why);
	csv_free(&csv->parser);
	csv->skipping = true;
	return start(csv, err) < 0 ? -1 : 1;
}

/* Throws away the rest of a broken line. 1, 0 at the end, -1. */
static int
skip_line(struct csv *csv, struct feed *feed, struct err *err)
{
	while (csv->skipping) {
		int more = feed_fill(feed, err);
		const char *end;

		if (more <= 0)
			return more;
		end =
		    memchr(feed->bytes + feed->at, '\n', feed->len - feed->at);
		csv->skipping = end == NULL;
		advance(csv, feed,
		    end ? (size_t)(end - feed->bytes) + 1 - feed->at
			: feed->len - feed->at);
	}
	return 1;
}

/* The last row may have no line end. 1 there was one, 0 not. */
static int
finish(struct csv *csv, const struct feed *feed, struct row *row)
{
	if (csv->ended)
		return 0;
	csv->ended = true;
	if (csv_fini(&csv->parser, on_field, on_row, csv) != 0) {
		row_bad(row, feed, "the file ends within quotes");
		return 1;
	}
	return csv->row_ended;
}

/* Feeds one piece. 1 go on, 0 the row was given up, -1. */
static int
step(struct csv *csv, struct feed *feed, struct row *row, struct err *err)
{
	size_t len, done;

	/* Empty lines are no rows; so is the LF of a CRLF. */
	if (csv->bytes == 0 &&
	    (feed->bytes[feed->at] == '\n' || feed->bytes[feed->at] == '\r')) {
		advance(csv, feed, 1);
		row_begin(csv, feed, row);
		return 1;
	}
	len = piece(csv, feed);
	done = csv_parse(
	    &csv->parser, feed->bytes + feed->at, len, on_field, on_row, csv);
	if (done != len) {
		feed->at += done;
		feed->column += (unsigned)done;
		return give_up(csv, feed, row, "a quote stands where none may",
			   err) < 0
			   ? -1
			   : 0;
	}
	advance(csv, feed, len);
	if (csv->bytes <= ROWS_BYTES_MAX && !csv->text.failed)
		return 1;
	return give_up(csv, feed, row,
		   "the row is too long; is a quote left open?", err) < 0
		   ? -1
		   : 0;
}

/* Parses one row into csv. 1, 0 at the end, -1. */
static int
parse(struct rows *rows, struct row *row, struct err *err)
{
	struct csv *csv = rows->state;
	int more = skip_line(csv, &rows->feed, err);

	row_begin(csv, &rows->feed, row);
	while (more > 0 && !csv->row_ended && !row->bad) {
		more = feed_fill(&rows->feed, err);
		if (more == 0)
			return finish(csv, &rows->feed, row);
		if (more > 0 && step(csv, &rows->feed, row, err) < 0)
			more = -1;
	}
	return more;
}

static struct span
field(const struct csv *csv, size_t i)
{
	return span_of(csv->text.at + csv->fields[i].at, csv->fields[i].len);
}

/* The row's values under the header's names. 0, or -1 memory. */
static int
name_cells(struct rows *rows, struct row *row, struct err *err)
{
	const struct csv *csv = rows->state;

	row->cells =
	    arena_calloc(rows->arena, csv->count + 1, sizeof(*row->cells));
	if (!row->cells)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < csv->count; i++) {
		struct row_cell *cell = &row->cells[i];

		cell->name = rows->columns[i];
		cell->value = field(csv, i);
		cell->line = csv->fields[i].line;
		cell->column = csv->fields[i].column;
		if (!row->bad && rows_text_fault(cell->value)) {
			row->bad = "the text is not UTF-8";
			row->bad_name = cell->name;
			row->bad_value = cell->value;
			row->bad_line = cell->line;
			row->bad_column = cell->column;
		}
	}
	row->count = csv->count;
	return 0;
}

/* A row must have as many values as the header has names. */
static int
count_check(struct rows *rows, struct row *row, struct err *err)
{
	const struct csv *csv = rows->state;
	struct buf text;

	if (csv->count == rows->column_count && !csv->too_many)
		return 0;
	buf_init(&text, rows->arena, 100);
	buf_printf(&text, "%zu values%s, the header names %zu", csv->count,
	    csv->too_many ? " or more" : "", rows->column_count);
	row->bad = buf_cstr(&text);
	row->bad_line = row->line;
	row->bad_column = 1;
	if (csv->count > rows->column_count) {
		row->bad_line = csv->fields[rows->column_count].line;
		row->bad_column = csv->fields[rows->column_count].column;
	}
	return text.failed ? err_set(err, ERR_MEMORY, "out of memory") : 0;
}

static int
next(struct rows *rows, struct row *row, struct err *err)
{
	int more = parse(rows, row, err);

	if (more <= 0 || row->bad)
		return more;
	if (count_check(rows, row, err) < 0)
		return -1;
	if (!row->bad && name_cells(rows, row, err) < 0)
		return -1;
	return 1;
}

/* The delimiter that the header line has most of. */
static unsigned char
find_delimiter(const struct feed *feed)
{
	static const char choices[] = ",;\t|";
	size_t counts[sizeof(choices)] = { 0 }, best = 0;
	bool quoted = false;

	for (size_t i = feed->at; i < feed->len; i++) {
		char c = feed->bytes[i];
		const char *choice;

		if (c == '"')
			quoted = !quoted;
		if (!quoted && (c == '\n' || c == '\r'))
			break;
		choice = c ? strchr(choices, c) : NULL;
		if (!quoted && choice)
			counts[choice - choices]++;
	}
	for (size_t i = 1; i < sizeof(choices) - 1; i++)
		if (counts[i] > counts[best])
			best = i;
	return (unsigned char)choices[best];
}

static int
header_fault(const struct rows *rows, const struct row *row, const char *why,
    struct span name, struct err *err)
{
	return err_at(err, ERR_INPUT, input_stream_name(rows->feed.source),
	    row->bad ? row->bad_line : row->line,
	    row->bad ? row->bad_column : 1, "%s%s%.*s%s", why,
	    name.len ? " `" : "", SPAN_ARG(name), name.len ? "`" : "");
}

static int
read_header(struct rows *rows, struct err *err)
{
	const struct csv *csv = rows->state;
	struct row row = { .line = 1 };
	int more = parse(rows, &row, err);

	if (more < 0)
		return -1;
	if (more == 0)
		return header_fault(
		    rows, &row, "there is no header line", SPAN_NONE, err);
	if (row.bad)
		return header_fault(rows, &row, row.bad, SPAN_NONE, err);
	rows->columns = calloc(csv->count + 1, sizeof(*rows->columns));
	if (!rows->columns)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < csv->count; i++) {
		struct span name = span_trim(field(csv, i));
		char *copy = malloc(name.len + 1);

		if (!copy)
			return err_set(err, ERR_MEMORY, "out of memory");
		if (name.len != 0)
			memcpy(copy, name.at, name.len);
		rows->columns[i] = span_of(copy, name.len);
		rows->column_count = i + 1;
		for (size_t j = 0; j < i; j++)
			if (span_eq(rows->columns[j], rows->columns[i]))
				return header_fault(rows, &row,
				    "two columns are called", name, err);
	}
	return 0;
}

static int
open_csv(struct rows *rows, struct err *err)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (!csv)
		return err_set(err, ERR_MEMORY, "out of memory");
	csv->delimiter = find_delimiter(&rows->feed);
	buf_init_heap(&csv->text, 2 * ROWS_BYTES_MAX);
	if (start(csv, err) < 0) {
		free(csv);
		return -1;
	}
	rows->state = csv;
	return read_header(rows, err);
}

static void
close_csv(struct rows *rows)
{
	struct csv *csv = rows->state;

	for (size_t i = 0; i < rows->column_count; i++)
		free((void *)(uintptr_t)rows->columns[i].at);
	free(rows->columns);
	if (!csv)
		return;
	csv_free(&csv->parser);
	buf_deinit(&csv->text);
	free(csv);
}

const struct rows_class rows_csv = { open_csv, next, close_csv };
