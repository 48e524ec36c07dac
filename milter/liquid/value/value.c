#include "milter/liquid/value/value.h"

#include "milter/liquid/value/decimal.h"
#include "milter/liquid/value/number.h"

int
value_string_copy(struct arena *arena, struct span bytes, struct value *out)
{
	struct span copy;

	if (bytes.len >= UINT32_MAX || arena_dup(arena, bytes, &copy) < 0)
		return -1;
	*out = value_string(copy);
	return 0;
}

int
value_range(struct arena *arena, int64_t first, int64_t last, struct value *out)
{
	struct range *range = ARENA_NEW(arena, struct range);

	if (range == NULL)
		return -1;
	range->first = first;
	range->last = last;
	*out = (struct value){ .kind = VALUE_RANGE, .range = range };
	return 0;
}

int
value_parse_integer(struct arena *arena, struct span text, struct value *out)
{
	size_t sign = text.len != 0 && text.at[0] == '-';
	struct span digits = span_from(text, sign);
	int64_t small;
	char *copy;

	if (number_parse_integer(text, &small)) {
		*out = value_integer(small);
		return 1;
	}
	for (size_t i = 0; i < digits.len; i++)
		if (digits.at[i] < '0' || digits.at[i] > '9')
			return 0;
	while (digits.len != 0 && digits.at[0] == '0')
		digits = span_from(digits, 1);
	if (digits.len == 0 || digits.len >= UINT32_MAX)
		return 0;
	copy = arena_alloc(arena, digits.len + sign);
	if (copy == NULL)
		return -1;
	copy[0] = '-';
	memcpy(copy + sign, digits.at, digits.len);
	*out = value_big(span_of(copy, digits.len + sign));
	return 1;
}

uint64_t
range_count(const struct range *range)
{
	uint64_t steps;

	if (range->last < range->first)
		return 0;
	steps = (uint64_t)range->last - (uint64_t)range->first;
	return steps == UINT64_MAX ? steps : steps + 1;
}

const char *
value_class(struct value value)
{
	static const char *const names[] = {
		[VALUE_MISSING] = "NilClass",
		[VALUE_NIL] = "NilClass",
		[VALUE_INTEGER] = "Integer",
		[VALUE_FLOAT] = "Float",
		[VALUE_BIG] = "Integer",
		[VALUE_STRING] = "String",
		[VALUE_ARRAY] = "Array",
		[VALUE_RANGE] = "Range",
		[VALUE_MAP] = "Hash",
		[VALUE_EMPTY] = "Liquid::Expression::MethodLiteral",
		[VALUE_BLANK] = "Liquid::Expression::MethodLiteral",
	};

	if (value.kind == VALUE_BOOL)
		return value.truth ? "TrueClass" : "FalseClass";
	if (value.kind == VALUE_OBJECT)
		return value.object->type->name;
	return names[value.kind];
}

/* Whether the byte continues a UTF-8 character. */
static bool
continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Characters of UTF-8 text: bytes that do not continue one. */
static int64_t
count_characters(struct span text)
{
	int64_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += !continues(text.at[i]);
	return count;
}

/* The first or last character of a string; "" of an empty one. */
static struct value
edge_character(struct span text, bool last)
{
	size_t from = 0, to = text.len;

	if (text.len == 0)
		return value_string(SPAN(""));
	if (last) {
		from = text.len - 1;
		while (from > 0 && continues(text.at[from]))
			from--;
	} else {
		to = 1;
		while (to < text.len && continues(text.at[to]))
			to++;
	}
	return value_string(span_of(text.at + from, to - from));
}

/* The first entry as the pair [key, value]. 1, 0 empty, -1 full. */
static int
first_pair(const struct map *map, struct arena *arena, struct value *out)
{
	struct value *pair;

	if (map->count == 0)
		return 0;
	pair = arena_alloc(arena, 2 * sizeof *pair);
	if (pair == NULL)
		return -1;
	pair[0] =
	    value_string(span_of(map->entries[0].key, map->entries[0].key_len));
	pair[1] = map->entries[0].value;
	*out = value_array(pair, 2);
	return 1;
}

/* Ruby's Integer#size: bytes. */
static int
size_of_big(
    struct value big, struct arena *arena, struct work *work, struct value *out)
{
	const struct decimal *number =
	    work_read(work, big.len) ? decimal_parse(arena, value_span(big))
				     : NULL;

	if (number == NULL)
		return work_ended(work) ? 0 : -1;
	if (work_take(work, (uint64_t)number->count * number->count / 2))
		*out = value_integer(decimal_bytes(number));
	return 1;
}

static int
size_of(struct value value, struct arena *arena, struct work *work,
    struct value *out)
{
	uint64_t count;

	switch ((enum value_kind)value.kind) {
	case VALUE_STRING:
		if (!work_read(work, value.len))
			return 0;
		*out = value_integer(count_characters(value_span(value)));
		return 1;
	case VALUE_ARRAY:
		*out = value_integer(value.len);
		return 1;
	case VALUE_MAP:
		*out = value_integer(value.map->count);
		return 1;
	case VALUE_RANGE:
		count = range_count(value.range);
		*out = value_integer(
		    count > INT64_MAX ? INT64_MAX : (int64_t)count);
		return 1;
	case VALUE_INTEGER:
		*out = value_integer(sizeof value.integer);
		return 1;
	case VALUE_BIG:
		return size_of_big(value, arena, work, out);
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_BOOL:
	case VALUE_FLOAT:
	case VALUE_OBJECT:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		return 0;
	}
	return 0;
}

static int
edge_of(struct value value, bool last, struct arena *arena, struct value *out)
{
	if (value.kind == VALUE_ARRAY && value.len != 0) {
		*out = value.items[last ? value.len - 1 : 0];
		return 1;
	}
	if (value.kind == VALUE_RANGE) {
		*out = value_integer(
		    last ? value.range->last : value.range->first);
		return 1;
	}
	if (value.kind == VALUE_STRING) {
		*out = edge_character(value_span(value), last);
		return 1;
	}
	if (value.kind == VALUE_MAP && !last)
		return first_pair(value.map, arena, out);
	return 0;
}

static int
command(struct value value, struct span key, struct arena *arena,
    struct work *work, struct value *out)
{
	if (span_eq(key, SPAN("size")))
		return size_of(value, arena, work, out);
	if (span_eq(key, SPAN("first")))
		return edge_of(value, false, arena, out);
	if (span_eq(key, SPAN("last")))
		return edge_of(value, true, arena, out);
	return 0;
}

static int
full(struct err *err)
{
	return err_set(err, ERR_LIMIT, "the rendering needs too much memory");
}

int
value_get(struct value value, struct span key, uint32_t hash,
    struct arena *arena, struct work *work, struct value *out, struct err *err)
{
	int found;

	*out = value_missing();
	if (value.kind == VALUE_MAP) {
		const struct value *entry = map_get(value.map, key, hash);

		if (entry != NULL) {
			*out = *entry;
			return 1;
		}
	}
	if (value.kind == VALUE_OBJECT)
		return value.object->type->get(
		    value.object, key, hash, arena, out, err);
	if (value.kind <= VALUE_BOOL)
		return 0;
	found = command(value, key, arena, work, out);
	return found < 0 ? full(err) : found;
}

int
value_index(struct value value, struct value key, struct arena *arena,
    struct work *work, struct value *out, struct err *err)
{
	struct span text = value_span(key);

	*out = value_missing();
	if (value.kind == VALUE_ARRAY && key.kind == VALUE_INTEGER) {
		int64_t at = key.integer;

		if (at < 0)
			at += value.len;
		if (at < 0 || at >= value.len)
			return 0;
		*out = value.items[at];
		return 1;
	}
	if (key.kind != VALUE_STRING || !work_read(work, key.len))
		return 0;
	if (value.kind == VALUE_MAP) {
		const struct value *entry =
		    map_get(value.map, text, value_hash(text));

		if (entry == NULL)
			return 0;
		*out = *entry;
		return 1;
	}
	if (value.kind == VALUE_OBJECT)
		return value.object->type->get(
		    value.object, text, value_hash(text), arena, out, err);
	return 0;
}
