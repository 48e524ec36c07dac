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

static void inspect(
    struct buf *out, struct value value, unsigned depth, struct work *work);

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

/* Steps that a scalar among many costs to print. */
static uint64_t
price(struct value value)
{
	if (value.kind == VALUE_FLOAT)
		return 80;
	return value.kind == VALUE_INTEGER || value.kind == VALUE_OBJECT
		   ? 8
		   : 1 + (uint64_t)value_span(value).len / 32;
}

static void
write(struct buf *out, struct value value, unsigned depth, struct work *work)
{
	if (value.kind == VALUE_MAP) {
		inspect(out, value, depth, work);
	} else if (value.kind == VALUE_ARRAY) {
		for (uint32_t i = 0; i < value.len && depth < DEEPEST; i++)
			if (work_take(work, price(value.items[i])))
				write(out, value.items[i], depth + 1, work);
	} else if (value.kind != VALUE_FLOAT || work_take(work, 80)) {
		write_scalar(out, value);
	}
}

void
value_write(struct buf *out, struct value value, struct work *work)
{
	write(out, value, 0, work);
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
inspect_string(struct buf *out, struct span text, struct work *work)
{
	char scratch[8];

	if (!work_take(work, 1 + text.len / 2))
		return;
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
inspect_map(
    struct buf *out, const struct map *map, unsigned depth, struct work *work)
{
	buf_byte(out, '{');
	for (uint32_t i = 0; i < map->count && !work_ended(work); i++) {
		if (i != 0)
			buf_add(out, SPAN(", "));
		inspect_string(out,
		    span_of(map->entries[i].key, map->entries[i].key_len),
		    work);
		buf_add(out, SPAN("=>"));
		inspect(out, map->entries[i].value, depth + 1, work);
	}
	buf_byte(out, '}');
}

static void
inspect(struct buf *out, struct value value, unsigned depth, struct work *work)
{
	if (depth >= DEEPEST || !work_take(work, price(value)))
		return;
	if (value_is_nil(value)) {
		buf_add(out, SPAN("nil"));
	} else if (value.kind == VALUE_STRING) {
		inspect_string(out, value_span(value), work);
	} else if (value.kind == VALUE_MAP) {
		inspect_map(out, value.map, depth, work);
	} else if (value.kind == VALUE_ARRAY) {
		buf_byte(out, '[');
		for (uint32_t i = 0; i < value.len && !work_ended(work); i++) {
			if (i != 0)
				buf_add(out, SPAN(", "));
			inspect(out, value.items[i], depth + 1, work);
		}
		buf_byte(out, ']');
	} else {
		write_scalar(out, value);
	}
}

void
value_inspect(struct buf *out, struct value value, struct work *work)
{
	inspect(out, value, 0, work);
}

static int
text_of(struct value value, struct arena *arena, struct work *work,
    void (*print)(struct buf *, struct value, struct work *), struct span *text)
{
	struct buf out;

	if (value.kind == VALUE_STRING || value.kind == VALUE_BIG) {
		*text = value_span(value);
		return 0;
	}
	buf_init(&out, arena, UINT32_MAX - 1);
	print(&out, value, work);
	*text = buf_span(&out);
	return out.failed ? -1 : 0;
}

int
value_text(struct value value, struct arena *arena, struct work *work,
    struct span *text)
{
	return text_of(value, arena, work, value_write, text);
}

static void
write_to_s(struct buf *out, struct value value, struct work *work)
{
	if (value.kind == VALUE_ARRAY)
		value_inspect(out, value, work);
	else
		value_write(out, value, work);
}

int
value_to_s(struct value value, struct arena *arena, struct work *work,
    struct span *text)
{
	return text_of(value, arena, work, write_to_s, text);
}
