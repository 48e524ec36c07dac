/*
 * JSON Lines by jansson: one object a line. Objects within become dotted
 * names, one level deep: {"consent": {"email": "granted"}}.
 */
#include <stdlib.h>

#include <jansson.h>

#include "store/base/buf.h"
#include "tools/input/rows_format.h"

struct json_lines {
	struct buf line;
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
	cell->name = buf_span(&name);
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

static int
parse_line(
    struct rows *rows, struct row *row, struct span line, struct err *err)
{
	json_error_t error;
	json_t *object =
	    json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES, &error);
	struct span why;
	int status;

	if (!object) {
		if (arena_dup(rows->arena, span_str(error.text), &why) < 0)
			return no_memory(err);
		return bad(row, why.at,
		    error.position > 0 ? (unsigned)error.position : 1);
	}
	if (!json_is_object(object)) {
		json_decref(object);
		return bad(row, "expected an object in braces", 1);
	}
	status = spread(rows, row, object, err);
	json_decref(object);
	return status < 0 ? -1 : 1;
}

static int
next(struct rows *rows, struct row *row, struct err *err)
{
	struct json_lines *state = rows->state;
	int more;

	do {
		row->line = rows->feed.line;
		more = read_line(rows, &state->line, err);
		if (more <= 0)
			return more;
		if (state->line.failed)
			return bad(row, "the line is too long", 1);
	} while (span_trim(buf_span(&state->line)).len == 0);
	return parse_line(rows, row, buf_span(&state->line), err);
}

static int
open_json(struct rows *rows, struct err *err)
{
	struct json_lines *state = calloc(1, sizeof(*state));

	if (!state)
		return no_memory(err);
	buf_init_heap(&state->line, ROWS_BYTES_MAX);
	rows->state = state;
	return 0;
}

static void
close_json(struct rows *rows)
{
	struct json_lines *state = rows->state;

	if (!state)
		return;
	buf_deinit(&state->line);
	free(state);
}

const struct rows_class rows_json = { open_json, next, close_json };
