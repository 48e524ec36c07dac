#include "milter/liquid/filter/filter_input.h"

#include "milter/liquid/value/integer.h"
#include "milter/liquid/value/letters.h"

struct value *
filter_array(const struct filter_call *call, uint64_t count)
{
	struct value *items = NULL;

	if (filter_charge(call, count) < 0)
		return NULL;
	if (count <= call->env->text_max / sizeof *items)
		items = arena_alloc(call->arena, count * sizeof *items);
	if (items == NULL)
		filter_full(call);
	return items;
}

/* ---- options ---- */

int
filter_option(const struct filter_call *call, const char *name, uint32_t place,
    struct span *text)
{
	const struct value *value = filter_keyword(call, span_str(name));

	*text = SPAN_NONE;
	if (value == NULL && place < call->argc)
		value = &call->args[place];
	if (value == NULL || value_is_nil(*value))
		return 0;
	return filter_text(call, *value, text);
}

int
filter_locale(const struct filter_call *call, uint32_t place,
    const struct locale **locale)
{
	struct span name;

	if (filter_option(call, "locale", place, &name) < 0)
		return -1;
	*locale = locale_find(name.len ? name : call->env->locale);
	return 0;
}

/* ---- lists ---- */

/* Where the walk stands in one of the nested arrays. */
struct level {
	struct value array;
	uint32_t next;
	struct level *outer;
};

struct items_walk {
	struct level *inner;
	struct level *unused;
};

static int
level_enter(
    const struct filter_call *call, struct items_walk *walk, struct value array)
{
	struct level *level = walk->unused;

	if (filter_charge(call, 2) < 0)
		return -1;
	if (level != NULL)
		walk->unused = level->outer;
	else
		level = arena_alloc(call->arena, sizeof *level);
	if (level == NULL)
		return filter_full(call);
	*level = (struct level){ array, 0, walk->inner };
	walk->inner = level;
	return 0;
}

/* The next item that is no array. 1, 0 at the end, -1. */
static int
walk_next(
    const struct filter_call *call, struct items_walk *walk, struct value *item)
{
	while (walk->inner != NULL) {
		struct level *level = walk->inner;

		if (level->next == level->array.len) {
			walk->inner = level->outer;
			level->outer = walk->unused;
			walk->unused = level;
			continue;
		}
		*item = level->array.items[level->next++];
		if (item->kind != VALUE_ARRAY)
			return 1;
		if (level_enter(call, walk, *item) < 0)
			return -1;
	}
	return 0;
}

static int
flatten(const struct filter_call *call, struct value array, struct items *items)
{
	struct items_walk walk = { 0 };
	struct value item, *at;
	uint64_t count = 0;
	int more;

	if (level_enter(call, &walk, array) < 0)
		return -1;
	while ((more = walk_next(call, &walk, &item)) > 0)
		count++;
	if (more < 0)
		return -1;
	at = filter_array(call, count);
	if (at == NULL || level_enter(call, &walk, array) < 0)
		return -1;
	*items = (struct items){ at, (uint32_t)count };
	while ((more = walk_next(call, &walk, &item)) > 0)
		*at++ = item;
	return more;
}

static bool
is_flat(struct value array)
{
	for (uint32_t i = 0; i < array.len; i++)
		if (array.items[i].kind == VALUE_ARRAY)
			return false;
	return true;
}

static int
spell_out(const struct filter_call *call, const struct range *range,
    struct items *items)
{
	uint64_t count = range_count(range);
	struct value *at = filter_array(call, count);

	if (at == NULL)
		return -1;
	for (uint64_t i = 0; i < count; i++)
		at[i] = value_integer(range->first + (int64_t)i);
	*items = (struct items){ at, (uint32_t)count };
	return 0;
}

static int
one_item(
    const struct filter_call *call, struct value input, struct items *items)
{
	struct value *at = filter_array(call, 1);

	if (at == NULL)
		return -1;
	*at = input;
	*items = (struct items){ at, 1 };
	return 0;
}

int
filter_items(
    const struct filter_call *call, struct value input, struct items *items)
{
	switch ((enum value_kind)input.kind) {
	case VALUE_MISSING:
	case VALUE_NIL:
		*items = (struct items){ 0 };
		return 0;
	case VALUE_ARRAY:
		if (filter_charge(call, input.len) < 0)
			return -1;
		if (!is_flat(input))
			return flatten(call, input, items);
		*items = (struct items){ input.items, input.len };
		return 0;
	case VALUE_RANGE:
		return spell_out(call, input.range, items);
	case VALUE_BOOL:
	case VALUE_INTEGER:
	case VALUE_FLOAT:
	case VALUE_BIG:
	case VALUE_STRING:
	case VALUE_MAP:
	case VALUE_OBJECT:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		return one_item(call, input, items);
	}
	return 0;
}

/* ---- integers ---- */

int
filter_integer(
    const struct filter_call *call, struct value value, int64_t *integer)
{
	struct span text;

	if (filter_charge(call, value_span(value).len / 4) < 0)
		return -1;
	if (strict_integer(value, integer))
		return 0;
	if (value.kind == VALUE_STRING)
		return filter_fail(call, "invalid integer");
	if (filter_text(call, value, &text) < 0 ||
	    filter_charge(call, text.len / 4) < 0)
		return -1;
	if (!integer_parse(text, integer))
		return filter_fail(call, "invalid integer");
	return 0;
}

/* ---- properties ---- */

static int
bad_property(const struct filter_call *call, struct value property)
{
	struct span text;

	if (filter_text(call, property, &text) < 0)
		return -1;
	filter_fail(call, "cannot select the property '%.*s'",
	    SPAN_ARG(span_first(text, 200)));
	return err_quotes(call->err);
}

/* Ruby takes a float for an index, cut to an integer. */
static bool
index_of(struct value property, int64_t *index)
{
	*index = property.integer;
	if (property.kind == VALUE_INTEGER)
		return true;
	if (property.kind != VALUE_FLOAT || !(property.real > -9e15) ||
	    !(property.real < 9e15))
		return false;
	*index = (int64_t)property.real;
	return true;
}

/* "text"["ex"] is "ex"; "text"[1] is "e". */
static int
string_property(const struct filter_call *call, struct value string,
    struct value property, struct value *out)
{
	struct span text = value_span(string), part;
	int64_t at;
	size_t from;

	*out = value_nil();
	if (filter_charge(call,
		property.kind == VALUE_STRING ? text.len / 8 : text.len / 2) <
	    0)
		return -1;
	if (property.kind == VALUE_STRING) {
		part = value_span(property);
		if (part.len <= text.len &&
		    (part.len == 0 || span_search(text, part) < text.len))
			*out = value_string(part);
		return 1;
	}
	if (!index_of(property, &at))
		return bad_property(call, property);
	if (at < 0)
		at += (int64_t)letters_count(text);
	if (at < 0 || (size_t)at >= text.len)
		return 1;
	from = letters_bytes(text, (size_t)at);
	text = span_from(text, from);
	if (text.len != 0)
		*out = value_string(span_first(text, letters_bytes(text, 1)));
	return 1;
}

/* A bit of the number; Ruby can. */
static int
integer_property(const struct filter_call *call, int64_t number,
    struct value property, struct value *out)
{
	int64_t bit;

	if (!index_of(property, &bit))
		return bad_property(call, property);
	if (bit < 0)
		*out = value_integer(0);
	else if (bit > 62)
		*out = value_integer(number < 0);
	else
		*out = value_integer((int64_t)((uint64_t)number >> bit & 1));
	return 1;
}

static int
object_property(const struct filter_call *call, struct value object,
    struct value property, struct value *out)
{
	struct span key;
	int found;

	*out = value_nil();
	if (property.kind != VALUE_STRING)
		return 1;
	key = value_span(property);
	found = object.object->type->get(
	    object.object, key, value_hash(key), call->arena, out, call->err);
	if (found == 0)
		*out = value_nil();
	return found < 0 ? -1 : 1;
}

int
filter_property(const struct filter_call *call, struct value item,
    struct value property, struct value *out)
{
	const struct value *found;
	struct span key;

	/* The key is hashed or compared once an item. */
	if (filter_charge(call, 4 + value_span(property).len / 8) < 0)
		return -1;
	switch ((enum value_kind)item.kind) {
	case VALUE_MAP:
		*out = value_nil();
		if (property.kind != VALUE_STRING)
			return 1;
		key = value_span(property);
		found = map_get(item.map, key, value_hash(key));
		if (found != NULL)
			*out = *found;
		return 1;
	case VALUE_STRING:
		return string_property(call, item, property, out);
	case VALUE_INTEGER:
		return integer_property(call, item.integer, property, out);
	case VALUE_BIG:
		return bad_property(call, property);
	case VALUE_OBJECT:
		return object_property(call, item, property, out);
	case VALUE_ARRAY:
		if (property.kind != VALUE_INTEGER)
			return bad_property(call, property);
		return value_index(item, property, call->arena, call->env->work,
			   out, call->err) < 0
			   ? -1
			   : 1;
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_BOOL:
	case VALUE_FLOAT:
	case VALUE_RANGE:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		*out = value_nil();
		return 0;
	}
	return 0;
}

struct value
filter_string(struct span text, uint8_t flags)
{
	struct value value = value_string(text);

	value.flags = flags;
	return value;
}
