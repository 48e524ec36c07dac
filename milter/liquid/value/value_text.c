#include "milter/liquid/value/number.h"
#include "milter/liquid/value/value.h"

#include <stdio.h>

/* Arrays nest only as deep as the host's data; the recursion stops here, and
 * deeper is cut off. */
enum { DEEPEST = 64 };

static void
write_number(struct buf *out, struct value value)
{
	char text[NUMBER_TEXT];
	size_t len = value.kind == VALUE_FLOAT
			 ? number_float_text(value.real, text)
			 : number_integer_text(value.integer, text);

	buf_add(out, span_of(text, len));
}

static void
write_range(struct buf *out, const struct range *range)
{
	write_number(out, value_integer(range->first));
	buf_add(out, SPAN(".."));
	write_number(out, value_integer(range->last));
}

static void
write_object(struct buf *out, const struct object *object)
{
	if (object->type->text == NULL)
		buf_str(out, object->type->name);
	else if (object->type->text(object, out) < 0)
		out->failed = true;
}

static void inspect(struct buf *out, struct value value, unsigned depth);

/* The scalar kinds, alike in write and inspect. */
static void
write_scalar(struct buf *out, struct value value)
{
	switch ((enum value_kind)value.kind) {
	case VALUE_BOOL:
		buf_add(out, value.truth ? SPAN("true") : SPAN("false"));
		break;
	case VALUE_INTEGER:
	case VALUE_FLOAT:
		write_number(out, value);
		break;
	case VALUE_BIG:
	case VALUE_STRING:
		buf_add(out, value_span(value));
		break;
	case VALUE_RANGE:
		write_range(out, value.range);
		break;
	case VALUE_OBJECT:
		write_object(out, value.object);
		break;
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_EMPTY:
	case VALUE_BLANK:
	case VALUE_ARRAY:
	case VALUE_MAP:
		break;
	}
}

static void
write(struct buf *out, struct value value, unsigned depth)
{
	if (value.kind == VALUE_MAP) {
		inspect(out, value, depth);
	} else if (value.kind == VALUE_ARRAY) {
		for (uint32_t i = 0; i < value.len && depth < DEEPEST; i++)
			write(out, value.items[i], depth + 1);
	} else {
		write_scalar(out, value);
	}
}

void
value_write(struct buf *out, struct value value)
{
	write(out, value, 0);
}

/* One byte of a string as inspect shows it where it may not stand itself;
 * NULL where it may. */
static const char *
escape_of(unsigned char c, unsigned char next, char scratch[8])
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '\f':
		return "\\f";
	case '\v':
		return "\\v";
	case '\b':
		return "\\b";
	case '\a':
		return "\\a";
	case 0x1b:
		return "\\e";
	case '#':
		return next == '{' || next == '$' || next == '@' ? "\\#" : NULL;
	default:
		break;
	}
	if (c >= 0x20 && c != 0x7f)
		return NULL;
	snprintf(scratch, 8, c == 0x7f ? "\\x%02X" : "\\u%04X", (unsigned)c);
	return scratch;
}

static void
inspect_string(struct buf *out, struct span text)
{
	char scratch[8];

	buf_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char next =
		    i + 1 < text.len ? (unsigned char)text.at[i + 1] : 0;
		const char *escaped =
		    escape_of((unsigned char)text.at[i], next, scratch);

		if (escaped != NULL)
			buf_str(out, escaped);
		else
			buf_byte(out, text.at[i]);
	}
	buf_byte(out, '"');
}

static void
inspect_map(struct buf *out, const struct map *map, unsigned depth)
{
	buf_byte(out, '{');
	for (uint32_t i = 0; i < map->count; i++) {
		if (i != 0)
			buf_add(out, SPAN(", "));
		inspect_string(
		    out, span_of(map->entries[i].key, map->entries[i].key_len));
		buf_add(out, SPAN("=>"));
		inspect(out, map->entries[i].value, depth + 1);
	}
	buf_byte(out, '}');
}

static void
inspect(struct buf *out, struct value value, unsigned depth)
{
	if (depth >= DEEPEST)
		return;
	if (value_is_nil(value)) {
		buf_add(out, SPAN("nil"));
	} else if (value.kind == VALUE_STRING) {
		inspect_string(out, value_span(value));
	} else if (value.kind == VALUE_MAP) {
		inspect_map(out, value.map, depth);
	} else if (value.kind == VALUE_ARRAY) {
		buf_byte(out, '[');
		for (uint32_t i = 0; i < value.len; i++) {
			if (i != 0)
				buf_add(out, SPAN(", "));
			inspect(out, value.items[i], depth + 1);
		}
		buf_byte(out, ']');
	} else {
		write_scalar(out, value);
	}
}

void
value_inspect(struct buf *out, struct value value)
{
	inspect(out, value, 0);
}

static int
text_of(struct value value, struct arena *arena,
    void (*print)(struct buf *, struct value), struct span *text)
{
	struct buf out;

	if (value.kind == VALUE_STRING || value.kind == VALUE_BIG) {
		*text = value_span(value);
		return 0;
	}
	buf_init(&out, arena, UINT32_MAX - 1);
	print(&out, value);
	*text = buf_span(&out);
	return out.failed ? -1 : 0;
}

int
value_text(struct value value, struct arena *arena, struct span *text)
{
	return text_of(value, arena, value_write, text);
}

static void
write_to_s(struct buf *out, struct value value)
{
	if (value.kind == VALUE_ARRAY)
		value_inspect(out, value);
	else
		value_write(out, value);
}

int
value_to_s(struct value value, struct arena *arena, struct span *text)
{
	return text_of(value, arena, write_to_s, text);
}
