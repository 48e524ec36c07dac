#include "milter/liquid/value/value.h"

/* Data nests only as deep as the host makes it; the recursion stops here and
 * deeper counts as unequal. */
enum { DEEPEST = 64 };

static bool
is_number(struct value value)
{
	return value.kind == VALUE_INTEGER || value.kind == VALUE_FLOAT ||
	       value.kind == VALUE_BIG;
}

static int
big_sign(struct value big)
{
	return big.text[0] == '-' ? -1 : 1;
}

/* Orders two integers of which at least one is beyond 64 bits. */
static int
order_big(struct value a, struct value b)
{
	int order;

	if (a.kind != VALUE_BIG)
		return -big_sign(b);
	if (b.kind != VALUE_BIG)
		return big_sign(a);
	if (big_sign(a) != big_sign(b))
		return big_sign(a);
	order = a.len != b.len ? (a.len < b.len ? -1 : 1)
			       : memcmp(a.text, b.text, a.len);
	return big_sign(a) * order;
}

static int
order_doubles(double a, double b, int *order)
{
	if (a != a || b != b)
		return 0;
	*order = a < b ? -1 : a > b;
	return 1;
}

/* An integer against a double without losing the integer's low bits. */
static int
order_mixed(int64_t a, double b, int *order)
{
	int64_t whole;

	if (b != b)
		return 0;
	if (b >= 9223372036854775808.0 || b < -9223372036854775808.0) {
		*order = b > 0 ? -1 : 1;
		return 1;
	}
	whole = (int64_t)b;
	if (a != whole)
		*order = a < whole ? -1 : 1;
	else
		*order = (double)whole < b ? -1 : (double)whole > b;
	return 1;
}

/* A big is beyond every integer; against a double its sign and length tell
 * nearly always, and equality cannot be. */
static int
order_big_double(struct value big, double real, int *order)
{
	if (real != real)
		return 0;
	*order = big_sign(big);
	if (big_sign(big) > 0 ? real > 1e300 : real < -1e300)
		*order = -*order;
	return 1;
}

static int
order_numbers(struct value a, struct value b, int *order)
{
	int known;

	if (a.kind == VALUE_INTEGER && b.kind == VALUE_INTEGER) {
		*order = a.integer < b.integer ? -1 : a.integer > b.integer;
		return 1;
	}
	if (a.kind == VALUE_FLOAT && b.kind == VALUE_FLOAT)
		return order_doubles(a.real, b.real, order);
	if (a.kind == VALUE_FLOAT) {
		known = order_numbers(b, a, order);
		*order = -*order;
		return known;
	}
	if (b.kind == VALUE_FLOAT)
		return a.kind == VALUE_BIG
			   ? order_big_double(a, b.real, order)
			   : order_mixed(a.integer, b.real, order);
	*order = order_big(a, b);
	return 1;
}

int
value_order(struct value a, struct value b, struct work *work, int *order)
{
	*order = 0;
	if (is_number(a) && is_number(b))
		return order_numbers(a, b, order);
	if (a.kind != VALUE_STRING || b.kind != VALUE_STRING)
		return 0;
	work_scan(work, a.len < b.len ? a.len : b.len);
	*order = span_cmp(value_span(a), value_span(b));
	return 1;
}

bool
value_is_empty(struct value value)
{
	switch ((enum value_kind)value.kind) {
	case VALUE_STRING:
	case VALUE_ARRAY:
		return value.len == 0;
	case VALUE_MAP:
		return value.map->count == 0;
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_BOOL:
	case VALUE_INTEGER:
	case VALUE_FLOAT:
	case VALUE_BIG:
	case VALUE_RANGE:
	case VALUE_OBJECT:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		return false;
	}
	return false;
}

bool
value_is_blank(struct value value, struct work *work)
{
	if (value.kind <= VALUE_BOOL)
		return !value_truthy(value);
	if (value.kind == VALUE_STRING)
		return work_read(work, value.len) &&
		       span_trim(value_span(value)).len == 0;
	return value_is_empty(value);
}

static bool equal(
    struct value a, struct value b, unsigned depth, struct work *work);

static bool
equal_maps(
    const struct map *a, const struct map *b, unsigned depth, struct work *work)
{
	if (a->count != b->count)
		return false;
	for (uint32_t i = 0; i < a->count; i++) {
		const struct map_entry *entry = &a->entries[i];
		const struct value *other;

		if (!work_take(work, 2) || !work_scan(work, entry->key_len))
			return false;
		other = map_get(
		    b, span_of(entry->key, entry->key_len), entry->hash);
		if (other == NULL ||
		    !equal(entry->value, *other, depth + 1, work))
			return false;
	}
	return true;
}

static bool
equal_arrays(struct value a, struct value b, unsigned depth, struct work *work)
{
	if (a.len != b.len)
		return false;
	for (uint32_t i = 0; i < a.len; i++)
		if (!work_take(work, 1) ||
		    !equal(a.items[i], b.items[i], depth + 1, work))
			return false;
	return true;
}

/* empty and blank ask the other side; two such literals are never equal. */
static bool
equal_literal(struct value literal, struct value other, struct work *work)
{
	if (other.kind == VALUE_EMPTY || other.kind == VALUE_BLANK)
		return false;
	return literal.kind == VALUE_EMPTY ? value_is_empty(other)
					   : value_is_blank(other, work);
}

static bool
equal_same_kind(
    struct value a, struct value b, unsigned depth, struct work *work)
{
	switch ((enum value_kind)a.kind) {
	case VALUE_BOOL:
		return a.truth == b.truth;
	case VALUE_STRING:
		return a.len == b.len && work_scan(work, a.len) &&
		       span_eq(value_span(a), value_span(b));
	case VALUE_ARRAY:
		return equal_arrays(a, b, depth, work);
	case VALUE_RANGE:
		return a.range->first == b.range->first &&
		       a.range->last == b.range->last;
	case VALUE_MAP:
		return a.map == b.map || equal_maps(a.map, b.map, depth, work);
	case VALUE_OBJECT:
		return a.object == b.object;
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_INTEGER:
	case VALUE_FLOAT:
	case VALUE_BIG:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		return true;
	}
	return false;
}

static bool
equal(struct value a, struct value b, unsigned depth, struct work *work)
{
	int order;

	if (depth >= DEEPEST)
		return false;
	if (is_number(a) && is_number(b))
		return order_numbers(a, b, &order) && order == 0;
	if (a.kind == VALUE_EMPTY || a.kind == VALUE_BLANK)
		return equal_literal(a, b, work);
	if (b.kind == VALUE_EMPTY || b.kind == VALUE_BLANK)
		return equal_literal(b, a, work);
	if (value_is_nil(a) || value_is_nil(b))
		return value_is_nil(a) && value_is_nil(b);
	return a.kind == b.kind && equal_same_kind(a, b, depth, work);
}

bool
value_equal(struct value a, struct value b, struct work *work)
{
	return equal(a, b, 0, work);
}
