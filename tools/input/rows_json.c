/*
 * JSON by jansson: one object a line, or an array of objects. Objects within
 * become dotted names, one level deep: {"consent": {"email": "granted"}}.
 */
#include <stdlib.h>

#include <jansson.h>

#include "store/base/buf.h"
#include "store/base/unicode.h"
#include "tools/input/rows_format.h"

struct json {
	struct buf text; /* of one object */
	bool ended;	 /* the array */
};

static int
no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

static int
bad(struct row *row, const char *why, unsigned column)
{
	row->bad = why;
	row->bad_line = row->line;
	row->bad_column = column;
	return 1;
}

/* One line without its end. 1, 0 at the end, -1; a line that is too long
 * leaves the buf failed. */
static int
read_line(struct rows *rows, struct buf *line, struct err *err)
{
	struct feed *feed = &rows->feed;
	bool ended = false, any = false;
	int more = 1;

	buf_clear(line);
	while (!ended) {
		const char *end;
		size_t len;

		more = feed_fill(feed, err);
		if (more <= 0)
			break;
		any = true;
		end =
		    memchr(feed->bytes + feed->at, '\n', feed->len - feed->at);
		ended = end != NULL;
		len = end ? (size_t)(end - feed->bytes) - feed->at
			  : feed->len - feed->at;
		buf_add(line, span_of(feed->bytes + feed->at, len));
		feed->at += len + ended;
		feed->line += ended;
	}
	return more < 0 ? -1 : any;
}

/* The value's text and kind. 0, or -1 memory. */
static int
set_value(
    struct rows *rows, json_t *value, struct row_cell *cell, struct err *err)
{
	size_t flags = JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15);
	char *text;
	struct span from;
	int status;

	if (json_is_null(value)) {
		cell->kind = CELL_NULL;
		return 0;
	}
	if (json_is_string(value)) {
		from = span_of(
		    json_string_value(value), json_string_length(value));
		return arena_dup(rows->arena, from, &cell->value) < 0
			   ? no_memory(err)
			   : 0;
	}
	cell->kind = json_is_number(value)    ? CELL_NUMBER
		     : json_is_boolean(value) ? CELL_BOOLEAN
					      : CELL_JSON;
	text = json_dumps(value, flags);
	if (!text)
		return no_memory(err);
	status = arena_dup(rows->arena, span_str(text), &cell->value);
	free(text);
	return status < 0 ? no_memory(err) : 0;
}

static int
set_name(struct rows *rows, const char *outer, const char *inner,
    struct row_cell *cell, struct err *err)
{
	struct buf name;

	buf_init(&name, rows->arena, 4096);
	if (outer) {
		buf_str(&name, outer);
		buf_byte(&name, '.');
	}
	buf_str(&name, inner);
	cell->name = rows_rename(rows, buf_span(&name));
	return name.failed ? no_memory(err) : 0;
}

/* Whether members of this object become cells of their own; other objects
 * are values of fields. */
static bool
is_group(const char *name, const json_t *value)
{
	return json_is_object(value) && strncmp(name, "consent", 7) == 0 &&
	       (name[7] == '\0' || name[7] == '.');
}

static int
add_cell(struct rows *rows, struct row *row, const char *outer,
    const char *name, json_t *value, struct err *err)
{
	struct row_cell *cell = &row->cells[row->count];

	if (row->count == ROWS_CELLS_MAX) {
		bad(row, "too many values", 1);
		return 0;
	}
	*cell = (struct row_cell){ .line = row->line };
	if (set_name(rows, outer, name, cell, err) < 0 ||
	    set_value(rows, value, cell, err) < 0)
		return -1;
	row->count++;
	return 0;
}

/* {"consent": {"email": {"status": ..., "at": ...}}}: two levels. */
static int
add_group(struct rows *rows, struct row *row, const char *group, json_t *object,
    struct err *err)
{
	const char *name, *part;
	json_t *value, *member;
	char outer[256];

	json_object_foreach(object, name, value)
	{
		if (!json_is_object(value)) {
			if (add_cell(rows, row, group, name, value, err) < 0)
				return -1;
			continue;
		}
		snprintf(outer, sizeof(outer), "%s.%s", group, name);
		json_object_foreach(value, part, member)
		{
			bool status = strcmp(part, "status") == 0;

			if (add_cell(rows, row, status ? group : outer,
				status ? name : part, member, err) < 0)
				return -1;
		}
	}
	return 0;
}

static int
spread(struct rows *rows, struct row *row, json_t *object, struct err *err)
{
	const char *name;
	json_t *value;

	row->cells =
	    arena_alloc(rows->arena, ROWS_CELLS_MAX * sizeof(*row->cells));
	if (!row->cells)
		return no_memory(err);
	json_object_foreach(object, name, value)
	{
		int status = is_group(name, value)
				 ? add_group(rows, row, name, value, err)
				 : add_cell(rows, row, NULL, name, value, err);

		if (status < 0)
			return -1;
	}
	return 0;
}

/* Marks the row bad for what stands in its text. The row's own column is
 * where the text begins. Returns 1. */
static int
bad_at(struct row *row, const char *why, struct span text, size_t at,
    unsigned column)
{
	row->bad = why;
	row->bad_line = row->line;
	row->bad_column = column + (unsigned)at;
	for (size_t i = 0; i < at && i < text.len; i++)
		if (text.at[i] == '\n') {
			row->bad_line++;
			row->bad_column = (unsigned)(at - i);
		}
	return 1;
}

/* The text in quotes around the first byte that is no UTF-8. */
static struct span
foreign_text(struct span text, size_t *at)
{
	size_t begin = unicode_fault(text), end = begin;

	*at = begin;
	while (begin > 0 && text.at[begin - 1] != '"')
		begin--;
	while (end < text.len && text.at[end] != '"')
		end++;
	return span_of(text.at + begin, end - begin);
}

static int
not_text(struct rows *rows, struct row *row, struct span text, unsigned column)
{
	size_t at;
	struct span found = foreign_text(text, &at), kept;

	bad_at(row, rows->not_text, text, at, column);
	if (arena_dup(rows->arena, found, &kept) < 0)
		kept = SPAN_NONE;
	rows_set_not_text(
	    rows, row, SPAN_NONE, kept, row->bad_line, row->bad_column);
	return 1;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static size_t
leading_blanks(struct span text)
{
	size_t blanks = 0;

	while (blanks < text.len && is_blank(text.at[blanks]))
		blanks++;
	return blanks;
}

/* The cells of one object, which begins in that column of the row's line. */
static int
parse_object(struct rows *rows, struct row *row, struct span text,
    unsigned column, struct err *err)
{
	size_t blanks = leading_blanks(text);
	json_error_t error;
	json_t *object;
	struct span why;
	int status;

	if (!span_starts(span_from(text, blanks), SPAN("{")))
		return bad_at(
		    row, "expected an object in braces", text, blanks, column);
	object = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &error);
	if (!object && unicode_fault(text) < text.len)
		return not_text(rows, row, text, column);
	if (!object) {
		if (arena_dup(rows->arena, span_str(error.text), &why) < 0)
			return no_memory(err);
		return bad_at(row, why.at, text,
		    error.position > 0 ? (size_t)error.position - 1 : 0,
		    column);
	}
	status = spread(rows, row, object, err);
	json_decref(object);
	return status < 0 ? -1 : 1;
}

static int
next_line(struct rows *rows, struct row *row, struct err *err)
{
	struct json *state = rows->state;
	int more;

	do {
		row->line = rows->feed.line;
		more = read_line(rows, &state->text, err);
		if (more <= 0)
			return more;
		if (state->text.failed)
			return bad(row, "the line is too long", 1);
	} while (span_trim(buf_span(&state->text)).len == 0);
	return parse_object(rows, row, buf_span(&state->text), 1, err);
}

/* Moves past the byte ahead. */
static void
take(struct feed *feed)
{
	bool line_end = feed->bytes[feed->at++] == '\n';

	feed->column = line_end ? 1 : feed->column + 1;
	feed->line += line_end;
}

/* The next byte that is no blank and not this one; it is not taken. 1, 0
 * at the end, -1. */
static int
skip_to(struct feed *feed, char also, char *byte, struct err *err)
{
	int more;

	while ((more = feed_fill(feed, err)) > 0) {
		*byte = feed->bytes[feed->at];
		if (!is_blank(*byte) && *byte != also)
			return 1;
		take(feed);
	}
	return more;
}

/* How far a JSON value is read. */
struct extent {
	unsigned depth;
	bool quoted, escaped, any;
};

/* Whether the value ends before the byte. */
static bool
ends_before(const struct extent *extent, char byte)
{
	return extent->depth == 0 && !extent->quoted && extent->any &&
	       (byte == ',' || byte == ']' || byte == '\n');
}

/* Takes one byte into account. True: the value ends with it. */
static bool
ends_with(struct extent *extent, char byte)
{
	extent->any = true;
	if (extent->quoted) {
		if (!extent->escaped && byte == '"')
			extent->quoted = false;
		extent->escaped = !extent->escaped && byte == '\\';
		return false;
	}
	if (byte == '"')
		extent->quoted = true;
	if (byte == '{' || byte == '[')
		extent->depth++;
	else if ((byte == '}' || byte == ']') && extent->depth > 0)
		return --extent->depth == 0;
	return false;
}

/* One value of an array as text, which fails where it is too long. 1, 0 the
 * file ends within, -1. */
static int
read_value(struct feed *feed, struct buf *text, struct err *err)
{
	struct extent extent = { .depth = 0 };
	int more;

	buf_clear(text);
	while ((more = feed_fill(feed, err)) > 0) {
		char byte = feed->bytes[feed->at];

		if (ends_before(&extent, byte))
			return 1;
		take(feed);
		buf_byte(text, byte);
		if (ends_with(&extent, byte))
			return 1;
	}
	return more;
}

/* Tells once what is wrong with the end of an array. 1, or 0. */
static int
end_array(struct rows *rows, struct row *row, const char *why)
{
	struct json *state = rows->state;
	bool told = state->ended;

	state->ended = true;
	if (!why || told)
		return 0;
	row->line = rows->feed.line;
	return bad(row, why, rows->feed.column);
}

static int
next_element(struct rows *rows, struct row *row, struct err *err)
{
	struct json *state = rows->state;
	struct feed *feed = &rows->feed;
	unsigned column;
	char byte = '\0';
	int more = state->ended ? 0 : skip_to(feed, ',', &byte, err);

	if (more < 0 || state->ended)
		return more;
	if (more == 0)
		return end_array(rows, row, "the array is never closed");
	if (byte == ']') {
		take(feed);
		more = skip_to(feed, ' ', &byte, err);
		return more < 0 ? -1
				: end_array(rows, row,
				      more ? "text after the array" : NULL);
	}
	row->line = feed->line;
	column = feed->column;
	more = read_value(feed, &state->text, err);
	if (more < 0)
		return -1;
	state->ended = more == 0;
	if (state->text.failed)
		return bad(row,
		    "the object that begins here is longer than 1 MB", column);
	if (more == 0)
		return bad(row, "what begins here is never closed", column);
	return parse_object(rows, row, buf_span(&state->text), column, err);
}

static int
open_json(struct rows *rows, struct err *err)
{
	struct json *state = calloc(1, sizeof(*state));

	if (!state)
		return no_memory(err);
	buf_init_heap(&state->text, ROWS_BYTES_MAX);
	rows->state = state;
	return 0;
}

static int
open_array(struct rows *rows, struct err *err)
{
	char byte;

	if (open_json(rows, err) < 0 ||
	    skip_to(&rows->feed, ' ', &byte, err) < 0)
		return -1;
	take(&rows->feed); /* the bracket */
	return 0;
}

static void
close_json(struct rows *rows)
{
	struct json *state = rows->state;

	if (!state)
		return;
	buf_deinit(&state->text);
	free(state);
}

const struct rows_class rows_json = { open_json, next_line, close_json };
const struct rows_class rows_array = { open_array, next_element, close_json };
