/*
 * JSON text as Liquid values, for the suite, the bench and the tests. Integers
 * of any size are kept, strings may hold NUL.
 */
#ifndef INLAY_TESTS_KIT_JSON_H
#define INLAY_TESTS_KIT_JSON_H

#include "milter/liquid/value/number.h"
#include "milter/liquid/value/value.h"

#include <stdlib.h>

struct kit_json {
	const char *at, *end;
	struct arena *arena;
	unsigned depth;
	bool failed;
};

static struct value kit_json_value(struct kit_json *j);

static inline void
kit_json_blanks(struct kit_json *j)
{
	while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' ||
				     *j->at == '\r' || *j->at == '\t'))
		j->at++;
}

static inline bool
kit_json_take(struct kit_json *j, char byte)
{
	kit_json_blanks(j);
	if (j->at >= j->end || *j->at != byte)
		return false;
	j->at++;
	return true;
}

static inline unsigned
kit_json_hex(struct kit_json *j)
{
	char digits[5] = "";

	if (j->end - j->at < 4) {
		j->failed = true;
		return 0;
	}
	memcpy(digits, j->at, 4);
	j->at += 4;
	return (unsigned)strtoul(digits, NULL, 16);
}

static inline void
kit_json_utf8(struct buf *out, unsigned c)
{
	if (c < 0x80) {
		buf_byte(out, (char)c);
	} else if (c < 0x800) {
		buf_byte(out, (char)(0xc0 | c >> 6));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_byte(out, (char)(0xe0 | c >> 12));
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_byte(out, (char)(0xf0 | c >> 18));
		buf_byte(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	}
}

static inline void
kit_json_escape(struct kit_json *j, struct buf *out)
{
	static const char plain[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *found;
	unsigned c, low;

	if (j->at >= j->end)
		return;
	if (*j->at != 'u') {
		found = strchr(plain, *j->at++);
		buf_byte(out, found ? means[found - plain] : '?');
		return;
	}
	j->at++;
	c = kit_json_hex(j);
	if (c >= 0xd800 && c < 0xdc00 && j->end - j->at > 6 &&
	    j->at[0] == '\\' && j->at[1] == 'u') {
		j->at += 2;
		low = kit_json_hex(j);
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	kit_json_utf8(out, c);
}

static inline struct span
kit_json_string(struct kit_json *j)
{
	struct buf out;

	buf_init(&out, j->arena, 1u << 30);
	while (j->at < j->end && *j->at != '"') {
		if (*j->at == '\\') {
			j->at++;
			kit_json_escape(j, &out);
		} else {
			const char *from = j->at;

			while (
			    j->at < j->end && *j->at != '"' && *j->at != '\\')
				j->at++;
			buf_add(&out, span_of(from, (size_t)(j->at - from)));
		}
	}
	if (j->at < j->end)
		j->at++;
	else
		j->failed = true;
	return out.at ? buf_span(&out) : SPAN("");
}

static inline struct value
kit_json_array(struct kit_json *j)
{
	struct value *items = NULL;
	size_t count = 0, size = 0;

	if (kit_json_take(j, ']'))
		return value_array(NULL, 0);
	do {
		if (count == size) {
			size_t more = size ? size * 2 : 4;

			items = arena_grow(j->arena, items,
			    size * sizeof *items, more * sizeof *items);
			if (items == NULL)
				abort();
			size = more;
		}
		items[count++] = kit_json_value(j);
	} while (!j->failed && kit_json_take(j, ','));
	if (!kit_json_take(j, ']'))
		j->failed = true;
	return value_array(items, (uint32_t)count);
}

static inline struct value
kit_json_map(struct kit_json *j)
{
	struct map *map = map_new(j->arena, 1);

	if (map == NULL)
		abort();
	if (kit_json_take(j, '}'))
		return value_map(map);
	do {
		struct span key;

		if (!kit_json_take(j, '"'))
			break;
		key = kit_json_string(j);
		if (!kit_json_take(j, ':'))
			break;
		map_put(j->arena, map, key, kit_json_value(j));
	} while (!j->failed && kit_json_take(j, ','));
	if (!kit_json_take(j, '}'))
		j->failed = true;
	return value_map(map);
}

static inline struct value
kit_json_number(struct kit_json *j)
{
	const char *from = j->at;
	struct value value = value_nil();
	struct span text;
	double real;

	while (j->at < j->end && strchr("+-.eE0123456789", *j->at) && *j->at)
		j->at++;
	text = span_of(from, (size_t)(j->at - from));
	if (value_parse_integer(j->arena, text, &value) > 0)
		return value;
	if (!number_parse_float(text, &real)) {
		j->failed = true;
		return value;
	}
	return value_float(real);
}

static inline bool
kit_json_word(struct kit_json *j, struct span word)
{
	if (!span_starts(span_of(j->at, (size_t)(j->end - j->at)), word))
		return false;
	j->at += word.len;
	return true;
}

static struct value
kit_json_value(struct kit_json *j)
{
	struct value value = value_nil();

	if (++j->depth > 200)
		j->failed = true;
	kit_json_blanks(j);
	if (j->failed || j->at >= j->end)
		j->failed = true;
	else if (kit_json_take(j, '{'))
		value = kit_json_map(j);
	else if (kit_json_take(j, '['))
		value = kit_json_array(j);
	else if (kit_json_take(j, '"'))
		value = value_string(kit_json_string(j));
	else if (kit_json_word(j, SPAN("true")))
		value = value_bool(true);
	else if (kit_json_word(j, SPAN("false")))
		value = value_bool(false);
	else if (!kit_json_word(j, SPAN("null")))
		value = kit_json_number(j);
	j->depth--;
	return value;
}

/* 1 and *value in the arena, or 0 for text that is not JSON. */
static inline int
kit_json_parse(struct span text, struct arena *arena, struct value *value)
{
	struct kit_json j = { text.at, text.at + text.len, arena, 0, false };

	*value = kit_json_value(&j);
	kit_json_blanks(&j);
	return !j.failed && j.at == j.end;
}

/* map[key], or nil. */
static inline struct value
kit_json_get(struct value map, const char *key)
{
	const struct value *found = NULL;

	if (map.kind == VALUE_MAP)
		found =
		    map_get(map.map, span_str(key), value_hash(span_str(key)));
	return found ? *found : value_nil();
}

#endif
