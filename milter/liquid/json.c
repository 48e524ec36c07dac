#include "milter/liquid/json.h"

#include <math.h>

#include "milter/liquid/escape.h"

static void put(struct value value, unsigned depth, struct buf *out);

static void
put_string(struct span text, struct buf *out)
{
	buf_byte(out, '"');
	escape_json(text, out);
	buf_byte(out, '"');
}

static void
put_array(struct value array, unsigned depth, struct buf *out)
{
	buf_byte(out, '[');
	for (uint32_t i = 0; i < array.len && !out->failed; i++) {
		if (i != 0)
			buf_byte(out, ',');
		put(array.items[i], depth + 1, out);
	}
	buf_byte(out, ']');
}

static void
put_map(const struct map *map, unsigned depth, struct buf *out)
{
	buf_byte(out, '{');
	for (uint32_t i = 0; i < map->count && !out->failed; i++) {
		const struct map_entry *entry = &map->entries[i];

		if (i != 0)
			buf_byte(out, ',');
		put_string(span_of(entry->key, entry->key_len), out);
		buf_byte(out, ':');
		put(entry->value, depth + 1, out);
	}
	buf_byte(out, '}');
}

/* The host's objects and ranges become strings; only objects need memory of
 * their own, and they write straight into out. */
static void
put_text(struct value value, struct buf *out)
{
	size_t before = out->len;
	struct span text;
	char copy[512];

	value_write(out, value);
	if (out->failed)
		return;
	text = span_of(out->at + before, out->len - before);
	if (text.len > sizeof copy)
		text.len = sizeof copy;
	memcpy(copy, text.at, text.len);
	out->len = before;
	put_string(span_of(copy, text.len), out);
}

/* Recursion is bounded by JSON_DEPTH. */
static void
put(struct value value, unsigned depth, struct buf *out)
{
	switch ((enum value_kind)value.kind) {
	case VALUE_MISSING:
	case VALUE_NIL:
		buf_str(out, "null");
		return;
	case VALUE_FLOAT:
		if (isfinite(value.real))
			value_write(out, value);
		else
			buf_str(out, "null");
		return;
	case VALUE_BOOL:
	case VALUE_INTEGER:
	case VALUE_BIG:
		value_write(out, value);
		return;
	case VALUE_STRING:
		put_string(value_span(value), out);
		return;
	case VALUE_ARRAY:
		if (depth < JSON_DEPTH)
			put_array(value, depth, out);
		else
			buf_str(out, "null");
		return;
	case VALUE_MAP:
		if (depth < JSON_DEPTH)
			put_map(value.map, depth, out);
		else
			buf_str(out, "null");
		return;
	case VALUE_RANGE:
	case VALUE_OBJECT:
		put_text(value, out);
		return;
	case VALUE_EMPTY:
	case VALUE_BLANK:
		buf_str(out, "\"\"");
		return;
	}
}

int
json_write(struct value value, struct buf *out)
{
	put(value, 0, out);
	return 0;
}
