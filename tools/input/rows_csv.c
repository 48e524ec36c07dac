/*
 * CSV (RFC 4180) by libcsv. It is fed up to each byte that may end a field,
 * so that every field's place in the file is known. What spreadsheets add is
 * understood: a first line "sep=;" names the delimiter, and columns at the end
 * that have neither name nor values are none.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <csv.h>

#include "store/base/buf.h"
#include "store/base/unicode.h"
#include "store/base/suggest.h"
#include "tools/input/encoding_guess.h"
#include "tools/input/rows_format.h"

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
	size_t width;	       /* values of a row: as many as the header's */
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

/* A row, what is wrong with it, and where. */
struct complaint {
	struct rows *rows;
	struct row *row;
	struct err *err;
	unsigned line, column;
};

/* 0, or -1 memory. */
static int row_bad(const struct complaint *complaint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
row_bad(const struct complaint *complaint, const char *format, ...)
{
	struct row *row = complaint->row;
	char text[200];
	struct span kept;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (arena_dup(complaint->rows->arena, span_str(text), &kept) < 0)
		return err_set(complaint->err, ERR_MEMORY, "out of memory");
	row->bad = kept.at;
	row->bad_line = complaint->line;
	row->bad_column = complaint->column;
	return 0;
}

/* A quote was opened where the current field begins. 0 or -1. */
static int
quote_open(struct rows *rows, struct row *row, struct err *err)
{
	const struct csv *csv = rows->state;
	unsigned last = rows->feed.line - (rows->feed.column == 1);
	const struct complaint here = { rows, row, err, csv->line,
		csv->column };

	if (last <= csv->line)
		return row_bad(&here, "a quote opens here and is never closed");
	return row_bad(&here,
	    "a quote opens here and is not closed: lines %u to %u are left "
	    "out",
	    csv->line, last);
}

/* A quote within a value, which a quote on an earlier line may have begun. */
static int
quote_within(struct rows *rows, struct row *row, struct err *err)
{
	const struct csv *csv = rows->state;
	const struct feed *feed = &rows->feed;
	const struct complaint here = { rows, row, err, feed->line,
		feed->column };

	if (csv->line == feed->line)
		return row_bad(&here, "a quote stands where none may");
	return row_bad(&here,
	    "a quote stands where none may; one opens in line %u, column %u: "
	    "lines %u to %u are left out",
	    csv->line, csv->column, row->line, feed->line);
}

static int
too_long(struct rows *rows, struct row *row, struct err *err)
{
	const struct csv *csv = rows->state;
	const struct complaint here = { rows, row, err, row->line, 1 };

	if (csv->parser.quoted)
		return quote_open(rows, row, err);
	return row_bad(&here, "the row is longer than 1 MB");
}

/* Gives a row up that has been told of, and begins again with the next line.
 * 0 or -1. */
static int
give_up(struct csv *csv, struct err *err)
{
	csv_free(&csv->parser);
	csv->skipping = true;
	return start(csv, err);
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

/* The last row may have no line end. 1 there was one, 0 not, -1. */
static int
finish(struct rows *rows, struct row *row, struct err *err)
{
	struct csv *csv = rows->state;

	if (csv->ended)
		return 0;
	csv->ended = true;
	if (csv_fini(&csv->parser, on_field, on_row, csv) != 0)
		return quote_open(rows, row, err) < 0 ? -1 : 1;
	return csv->row_ended;
}

/* Feeds one piece. 0, also where the row was given up, or -1. */
static int
step(struct rows *rows, struct row *row, struct err *err)
{
	struct csv *csv = rows->state;
	struct feed *feed = &rows->feed;
	size_t len, done;

	/* Empty lines are no rows; so is the LF of a CRLF. */
	if (csv->bytes == 0 &&
	    (feed->bytes[feed->at] == '\n' || feed->bytes[feed->at] == '\r')) {
		advance(csv, feed, 1);
		row_begin(csv, feed, row);
		return 0;
	}
	len = piece(csv, feed);
	done = csv_parse(
	    &csv->parser, feed->bytes + feed->at, len, on_field, on_row, csv);
	if (done != len) {
		feed->at += done;
		feed->column += (unsigned)done;
		return quote_within(rows, row, err) < 0 ? -1
							: give_up(csv, err);
	}
	advance(csv, feed, len);
	if (csv->bytes <= ROWS_BYTES_MAX && !csv->text.failed)
		return 0;
	return too_long(rows, row, err) < 0 ? -1 : give_up(csv, err);
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
			return finish(rows, row, err);
		if (more > 0 && step(rows, row, err) < 0)
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

	row->cells = arena_calloc(
	    rows->arena, rows->column_count + 1, sizeof(*row->cells));
	if (!row->cells)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < rows->column_count; i++) {
		struct row_cell *cell = &row->cells[i];

		cell->name = rows->columns[i];
		cell->value = field(csv, i);
		cell->line = csv->fields[i].line;
		cell->column = csv->fields[i].column;
		if (!row->bad && unicode_fault(cell->value) < cell->value.len)
			rows_set_not_text(rows, row, cell->name, cell->value,
			    cell->line, cell->column);
	}
	row->count = rows->column_count;
	return 0;
}

/* A row must have as many values as the header has columns, blank ones at the
 * end not counted, and none under a column without a name. 0 or -1. */
static int
check_width(struct rows *rows, struct row *row, struct err *err)
{
	struct csv *csv = rows->state;
	struct complaint here = { rows, row, err, row->line, 1 };
	size_t odd = rows->column_count; /* the first that may not be there */

	while (!csv->too_many && csv->count > csv->width &&
	       span_trim(field(csv, csv->count - 1)).len == 0)
		csv->count--;
	while (odd < csv->count && odd < csv->width &&
	       span_trim(field(csv, odd)).len == 0)
		odd++;
	if (odd < csv->count) {
		here.line = csv->fields[odd].line;
		here.column = csv->fields[odd].column;
	}
	if (csv->count != csv->width || csv->too_many)
		return row_bad(&here, "%zu values%s, the header names %zu",
		    csv->count, csv->too_many ? " or more" : "", csv->width);
	if (odd < csv->count)
		return row_bad(&here, "a value under a column without a name");
	return 0;
}

static int
next(struct rows *rows, struct row *row, struct err *err)
{
	int more = parse(rows, row, err);

	if (more <= 0 || row->bad)
		return more;
	if (check_width(rows, row, err) < 0)
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

/* Takes a first line "sep=;" for the delimiter. False where there is none. */
static bool
take_separator_line(struct csv *csv, struct feed *feed)
{
	struct span head =
	    span_of(feed->bytes + feed->at, feed->len - feed->at);
	struct span line = span_first(head, span_find(head, '\n'));
	struct span word = line;

	if (span_ends(word, SPAN("\r")))
		word.len--;
	if (word.len == 7 && word.at[0] == '"' && word.at[6] == '"')
		word = span_of(word.at + 1, 5);
	if (word.len != 5 || line.len == head.len ||
	    !span_caseeq(span_first(word, 4), SPAN("sep=")) ||
	    word.at[4] == '"')
		return false;
	csv->delimiter = (unsigned char)word.at[4];
	feed->at += line.len + 1;
	feed->line++;
	return true;
}

static int
header_fault(const struct rows *rows, const struct row *row, struct err *err,
    const char *why, struct span name)
{
	return err_at(err, ERR_INPUT, rows->file,
	    row->bad ? row->bad_line : row->line,
	    row->bad ? row->bad_column : 1, "%s%s%.*s%s", why,
	    name.len ? " `" : "", SPAN_ARG(name), name.len ? "`" : "");
}

/* The header is in another encoding than the one it was read in. */
static int
header_not_text(
    const struct rows *rows, unsigned line, struct span text, struct err *err)
{
	struct encoding_guess guess = { .texts = 0 };
	const char *best;

	encoding_guess_add(&guess, text);
	best = encoding_guess_best(&guess);
	if (!rows->utf8 || !best)
		return err_at(err, ERR_INPUT, rows->file, line, 1,
		    "%s; --encoding says what it is", rows->not_text);
	return err_at(err, ERR_INPUT, rows->file, line, 1,
	    "%s; it looks like %s: --encoding %s reads it", rows->not_text,
	    best, best);
}

/* Keeps the name of one column. 0, or -1: there is one of that name. */
static int
add_column(
    struct rows *rows, const struct row *row, struct span name, struct err *err)
{
	size_t count = rows->column_count;
	char *copy;

	name = rows_rename(rows, name);
	for (size_t i = 0; i < count; i++)
		if (span_eq(rows->columns[i], name))
			return header_fault(rows, row, err,
			    name.len ? "two columns are called"
				     : "two columns have no name",
			    name);
	copy = malloc(name.len + 1);
	if (!copy)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (name.len != 0)
		memcpy(copy, name.at, name.len);
	rows->columns[count] = span_of(copy, name.len);
	rows->column_count++;
	return 0;
}

/* Each name that is to be another must be there. 0 or -1. */
static int
check_names(const struct rows *rows, const struct row *row, struct err *err)
{
	for (size_t i = 0; i < rows->options->name_count; i++) {
		const struct rows_name *name = &rows->options->names[i];
		struct span column, nearest;
		bool found = false;

		for (size_t j = 0; rows_column_name(rows, j, &column); j++)
			found |= span_eq(column, name->to);
		if (found)
			continue;
		nearest = suggest_nearest(name->from, rows_column_name, rows);
		return err_at(err, ERR_INPUT, rows->file, row->line, 0,
		    "there is no column `%.*s`%s%.*s%s", SPAN_ARG(name->from),
		    nearest.len ? "; did you mean `" : "", SPAN_ARG(nearest),
		    nearest.len ? "`?" : "");
	}
	return 0;
}

/* The columns' names; those at the end that are blank name none. 0 or -1. */
static int
name_columns(struct rows *rows, const struct row *row, struct err *err)
{
	struct csv *csv = rows->state;
	struct span all = buf_span(&csv->text);
	size_t named = csv->count;

	if (csv->too_many)
		return header_fault(
		    rows, row, err, "more than 1000 columns", SPAN_NONE);
	if (unicode_fault(all) < all.len)
		return header_not_text(rows, row->line, all, err);
	while (named > 0 && span_trim(field(csv, named - 1)).len == 0)
		named--;
	rows->columns = calloc(named + 1, sizeof(*rows->columns));
	if (!rows->columns)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < named; i++)
		if (add_column(rows, row, span_trim(field(csv, i)), err) < 0)
			return -1;
	csv->width = csv->count;
	rows->header_line = row->line;
	return check_names(rows, row, err);
}

static int
read_header(struct rows *rows, struct err *err)
{
	struct row row = { .line = 1 };
	int more = parse(rows, &row, err);

	if (more < 0)
		return -1;
	if (more == 0)
		return header_fault(
		    rows, &row, err, "there is no header line", SPAN_NONE);
	if (row.bad)
		return header_fault(rows, &row, err, row.bad, SPAN_NONE);
	return name_columns(rows, &row, err);
}

static int
open_csv(struct rows *rows, struct err *err)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (!csv)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (!take_separator_line(csv, &rows->feed))
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
