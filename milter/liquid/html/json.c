#include "milter/liquid/html/json.h"

#include <math.h>

#include "milter/liquid/html/escape_table.h"
#include "store/base/ascii.h"

/* A byte as \u00XX; formatting it by printf would take most of the time of a
 * text that is full of them. */
static void
put_hex(unsigned char c, struct buf *out)
{
	const char text[] = { '\\', 'u', '0', '0', hex_digit(c >> 4),
		hex_digit(c) };

	buf_add(out, span_of(text, sizeof text));
}

void
json_escape(struct span text, struct buf *out)
{
	for (;;) {
		unsigned char c;

		byte_move(&text, byte_run(text, BYTE_JSON, true), out);
		if (text.len == 0)
			return;
		c = (unsigned char)*text.at;
		if (span_starts(text, SPAN("\xe2\x80\xa8")) ||
		    span_starts(text, SPAN("\xe2\x80\xa9"))) {
			/* Line ends to a script, though not to JSON. */
			buf_str(
			    out, text.at[2] == '\xa8' ? "\\u2028" : "\\u2029");
			text = span_from(text, 3);
			continue;
		}
		if (c == '"' || c == '\\')
			buf_add(out, span_of((char[]){ '\\', (char)c }, 2));
		else if (c == '\n')
			buf_str(out, "\\n");
		else if (c == '\r')
			buf_str(out, "\\r");
		else if (c == '\t')
			buf_str(out, "\\t");
		else if (c == 0xe2)
			buf_byte(out, (char)c);
		else
			put_hex(c, out);
		text = span_from(text, 1);
	}
}

static void put(
    struct value value, unsigned depth, struct work *work, struct buf *out);

static void
put_string(struct span text, struct work *work, struct buf *out)
{
	if (!work_take(work, 2 + text.len))
		return;
	buf_byte(out, '"');
	json_escape(text, out);
	buf_byte(out, '"');
}

static void
put_array(
    struct value array, unsigned depth, struct work *work, struct buf *out)
{
	buf_byte(out, '[');
	for (uint32_t i = 0; i < array.len && !out->failed && !work_ended(work);
	     i++) {
		if (i != 0)
			buf_byte(out, ',');
		put(array.items[i], depth + 1, work, out);
	}
	buf_byte(out, ']');
}

static void
put_map(
    const struct map *map, unsigned depth, struct work *work, struct buf *out)
{
	buf_byte(out, '{');
	for (uint32_t i = 0;
	     i < map->count && !out->failed && !work_ended(work); i++) {
		const struct map_entry *entry = &map->entries[i];

		if (i != 0)
			buf_byte(out, ',');
		put_string(span_of(entry->key, entry->key_len), work, out);
		buf_byte(out, ':');
		put(entry->value, depth + 1, work, out);
	}
	buf_byte(out, '}');
}

/* The host's objects and ranges become strings: their text is written at the
 * end, made a string behind it, and that moved to its place. */
static void
put_text(struct value value, struct work *work, struct buf *out)
{
	const size_t longest = sizeof "\\u0000" - 1;
	size_t before = out->len, len;

	value_write(out, value, work);
	len = out->len - before;
	/* With room for all of it the bytes below stay where they are. */
	if (out->failed || len > out->max / longest ||
	    buf_reserve(out, len * longest + 2) < 0) {
		out->failed = true;
		return;
	}
	put_string(span_of(out->at + before, len), work, out);
	out->len -= len;
	memmove(out->at + before, out->at + before + len, out->len - before);
}

/* Recursion is bounded by JSON_DEPTH. */
static void
put(struct value value, unsigned depth, struct work *work, struct buf *out)
{
	if (!work_take(work, value.kind == VALUE_FLOAT ? 80 : 4))
		return;
	switch ((enum value_kind)value.kind) {
	case VALUE_MISSING:
	case VALUE_NIL:
		buf_str(out, "null");
		return;
	case VALUE_FLOAT:
		if (isfinite(value.real))
			value_write(out, value, work);
		else
			buf_str(out, "null");
		return;
	case VALUE_BOOL:
	case VALUE_INTEGER:
	case VALUE_BIG:
		value_write(out, value, work);
		return;
	case VALUE_STRING:
		put_string(value_span(value), work, out);
		return;
	case VALUE_ARRAY:
		if (depth < JSON_DEPTH)
			put_array(value, depth, work, out);
		else
			buf_str(out, "null");
		return;
	case VALUE_MAP:
		if (depth < JSON_DEPTH)
			put_map(value.map, depth, work, out);
		else
			buf_str(out, "null");
		return;
	case VALUE_RANGE:
	case VALUE_OBJECT:
		put_text(value, work, out);
		return;
	case VALUE_EMPTY:
	case VALUE_BLANK:
		buf_str(out, "\"\"");
		return;
	}
}

void
json_write(struct value value, struct work *work, struct buf *out)
{
	put(value, 0, work, out);
}
