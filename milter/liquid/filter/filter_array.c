#include "milter/liquid/filter/filter.h"

#include "milter/liquid/value/decimal.h"
#include "milter/liquid/filter/filter_input.h"
#include "milter/liquid/filter/filter_number.h"
#include "milter/liquid/filter/filter_sort.h"
#include "milter/liquid/filter/filter_uniq.h"
#include "milter/liquid/value/letters.h"
#include "milter/liquid/value/wording.h"

static int
finish(const struct items *items, struct value *out)
{
	*out = value_array(items->at, items->count);
	return 0;
}

/* The optional first argument; nil counts as not given. */
static bool
has_property(const struct filter_call *call)
{
	return call->argc != 0 && !value_is_nil(call->args[0]);
}

static int
join(const struct filter_call *call, struct value input, struct value *out)
{
	struct span glue = SPAN(" "), text;
	struct items items;
	struct buf joined;

	if (call->argc != 0 && filter_text(call, call->args[0], &glue) < 0)
		return -1;
	if (filter_items(call, input, &items) < 0)
		return -1;
	filter_begin(call, &joined);
	for (uint32_t i = 0; i < items.count && !joined.failed; i++) {
		if (i != 0)
			buf_add(&joined, glue);
		if (filter_charge(call, 4 + glue.len / 16) < 0 ||
		    filter_text(call, items.at[i], &text) < 0)
			return -1;
		buf_add(&joined, text);
	}
	return filter_finish(call, &joined, out);
}

/* "a, b et c": the word before the last is the locale's, or the one given. */
static int
sentence(const struct filter_call *call, struct value input, struct value *out)
{
	const struct locale *locale;
	struct span word, text;
	struct items items;
	struct buf joined;

	if (filter_option(call, "connector", 0, &word) < 0 ||
	    filter_locale(call, 1, &locale) < 0 ||
	    filter_items(call, input, &items) < 0)
		return -1;
	filter_begin(call, &joined);
	for (uint32_t i = 0; i < items.count && !joined.failed; i++) {
		wording_join(locale, i, items.count, word, &joined);
		if (filter_charge(call, 32 + word.len / 16) < 0 ||
		    filter_text(call, items.at[i], &text) < 0)
			return -1;
		buf_add(&joined, text);
	}
	return filter_finish(call, &joined, out);
}

static int
first(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text = value_span(input);
	struct value *pair;

	*out = value_nil();
	if (input.kind == VALUE_ARRAY && input.len != 0) {
		*out = input.items[0];
	} else if (input.kind == VALUE_RANGE) {
		*out = value_integer(input.range->first);
	} else if (input.kind == VALUE_STRING) {
		*out = value_string(span_first(text, letters_bytes(text, 1)));
	} else if (input.kind == VALUE_MAP && input.map->count != 0) {
		const struct map_entry *entry = &input.map->entries[0];

		pair = filter_array(call, 2);
		if (pair == NULL)
			return -1;
		pair[0] = value_string(span_of(entry->key, entry->key_len));
		pair[1] = entry->value;
		*out = value_array(pair, 2);
	}
	return 0;
}

static int
last(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text = value_span(input);
	size_t at = text.len;

	(void)call;
	*out = value_nil();
	if (input.kind == VALUE_ARRAY && input.len != 0) {
		*out = input.items[input.len - 1];
	} else if (input.kind == VALUE_RANGE) {
		*out = value_integer(input.range->last);
	} else if (input.kind == VALUE_STRING) {
		/* Back over at most three bytes that continue a letter. */
		while (at > 0 && text.len - at < 4) {
			at--;
			if (((unsigned char)text.at[at] & 0xC0) != 0x80)
				break;
		}
		*out = value_string(span_from(text, at));
	}
	return 0;
}

static int
size(const struct filter_call *call, struct value input, struct value *out)
{
	uint64_t count = 0;

	switch ((enum value_kind)input.kind) {
	case VALUE_INTEGER:
	case VALUE_BIG:
		return value_get(input, SPAN("size"), 0, call->arena,
			   call->env->work, out, call->err) < 0
			   ? -1
			   : 0;
	case VALUE_STRING:
		if (filter_charge(call, input.len / 2) < 0)
			return -1;
		count = letters_count(value_span(input));
		break;
	case VALUE_ARRAY:
		count = input.len;
		break;
	case VALUE_RANGE:
		count = range_count(input.range);
		break;
	case VALUE_MAP:
		count = input.map->count;
		break;
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_BOOL:
	case VALUE_FLOAT:
	case VALUE_OBJECT:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		break;
	}
	*out = value_integer(count > INT64_MAX ? INT64_MAX : (int64_t)count);
	return 0;
}

static int
concat(const struct filter_call *call, struct value input, struct value *out)
{
	struct value other = call->args[0], *joined;
	struct items items;

	if (other.kind != VALUE_ARRAY)
		return filter_fail(
		    call, "concat filter requires an array argument");
	if (filter_items(call, input, &items) < 0)
		return -1;
	joined = filter_array(call, (uint64_t)items.count + other.len);
	if (joined == NULL)
		return -1;
	if (items.count != 0)
		memcpy(joined, items.at, items.count * sizeof *joined);
	if (other.len != 0)
		memcpy(joined + items.count, other.items,
		    other.len * sizeof *joined);
	*out = value_array(joined, items.count + other.len);
	return 0;
}

static int
reverse(const struct filter_call *call, struct value input, struct value *out)
{
	struct items items;
	struct value *turned;

	if (filter_items(call, input, &items) < 0)
		return -1;
	turned = filter_array(call, items.count);
	if (turned == NULL)
		return -1;
	for (uint32_t i = 0; i < items.count; i++)
		turned[i] = items.at[items.count - 1 - i];
	*out = value_array(turned, items.count);
	return 0;
}

static int
map_items(const struct filter_call *call, struct value input, struct value *out)
{
	struct value property = call->args[0], *made;
	struct items items;

	if (filter_items(call, input, &items) < 0)
		return -1;
	if (span_eq(value_span(property), SPAN("to_liquid")))
		return finish(&items, out);
	made = filter_array(call, items.count);
	if (made == NULL)
		return -1;
	for (uint32_t i = 0; i < items.count; i++)
		if (filter_property(call, items.at[i], property, &made[i]) < 0)
			return -1;
	*out = value_array(made, items.count);
	return 0;
}

/* ---- selecting ---- */

enum { TAKES, LEAVES, HAS_NONE };

/* What block of `where` says of the item: TAKES where its property is the
 * wanted one, or true where none is wanted. -1 failed. */
static int
judge(const struct filter_call *call, struct value item)
{
	struct value found;
	bool wanted = call->argc > 1 && !value_is_nil(call->args[1]);
	int has = filter_property(call, item, call->args[0], &found);

	if (has < 0)
		return -1;
	if (has == 0)
		return HAS_NONE;
	if (wanted ? value_equal(found, call->args[1], call->env->work)
		   : value_truthy(found))
		return TAKES;
	return LEAVES;
}

/* An item without properties makes the whole nil, as in Ruby. */
static int
select_items(const struct filter_call *call, struct value input, int verdict,
    struct value *out)
{
	struct items items;
	struct value *kept;
	uint32_t count = 0;

	if (filter_items(call, input, &items) < 0)
		return -1;
	kept = filter_array(call, items.count);
	if (kept == NULL)
		return -1;
	for (uint32_t i = 0; i < items.count; i++) {
		int judged = judge(call, items.at[i]);

		if (judged < 0)
			return -1;
		if (judged == HAS_NONE) {
			*out = value_nil();
			return 0;
		}
		if (judged == verdict)
			kept[count++] = items.at[i];
	}
	*out = value_array(kept, count);
	return 0;
}

static int
where(const struct filter_call *call, struct value input, struct value *out)
{
	return select_items(call, input, TAKES, out);
}

static int
reject(const struct filter_call *call, struct value input, struct value *out)
{
	return select_items(call, input, LEAVES, out);
}

/* 1 and where it stands, 0 for none, HAS_NONE where an item before has no
 * properties, -1. */
static int
find_first(const struct filter_call *call, struct value input,
    struct items *items, uint32_t *index)
{
	if (filter_items(call, input, items) < 0)
		return -1;
	for (*index = 0; *index < items->count; (*index)++) {
		int judged = judge(call, items->at[*index]);

		if (judged == TAKES)
			return 1;
		if (judged != LEAVES)
			return judged;
	}
	return 0;
}

static int
find(const struct filter_call *call, struct value input, struct value *out)
{
	struct items items;
	uint32_t index;
	int found = find_first(call, input, &items, &index);

	*out = found == 1 ? items.at[index] : value_nil();
	return found < 0 ? -1 : 0;
}

static int
find_index(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct items items;
	uint32_t index;
	int found = find_first(call, input, &items, &index);

	*out = found == 1 ? value_integer(index) : value_nil();
	return found < 0 ? -1 : 0;
}

static int
has(const struct filter_call *call, struct value input, struct value *out)
{
	struct items items;
	uint32_t index;
	int found = find_first(call, input, &items, &index);

	*out = found == HAS_NONE ? value_nil() : value_bool(found == 1);
	return found < 0 ? -1 : 0;
}

static int
compact(const struct filter_call *call, struct value input, struct value *out)
{
	struct items items;
	struct value *kept, found;
	uint32_t count = 0;

	if (filter_items(call, input, &items) < 0)
		return -1;
	kept = filter_array(call, items.count);
	if (kept == NULL)
		return -1;
	for (uint32_t i = 0; i < items.count; i++) {
		found = items.at[i];
		if (has_property(call)) {
			int judged = filter_property(
			    call, items.at[i], call->args[0], &found);

			if (judged < 0)
				return -1;
			if (judged == 0) {
				*out = value_nil();
				return 0;
			}
		}
		if (!value_is_nil(found))
			kept[count++] = items.at[i];
	}
	*out = value_array(kept, count);
	return 0;
}

static int
sum(const struct filter_call *call, struct value input, struct value *out)
{
	struct number total = { 0 }, number, before;
	struct value *found, list;
	struct items items;

	if (filter_items(call, input, &items) < 0)
		return -1;
	if (has_property(call)) {
		found = filter_array(call, items.count);
		if (found == NULL)
			return -1;
		for (uint32_t i = 0; i < items.count; i++)
			if (filter_property(call, items.at[i], call->args[0],
				&found[i]) < 0)
				return -1;
		list = value_array(found, items.count);
		if (filter_items(call, list, &items) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < items.count; i++) {
		before = total;
		if (number_of(call, items.at[i], &number) < 0 ||
		    number_add(call, &before, &number, &total) < 0)
			return -1;
	}
	return number_value(call, &total, out);
}

static const struct filter rows[] = {
	{ "array_to_sentence_string", sentence, 0, 2,
	    FILTER_PURE | FILTER_KEYWORDS },
	{ "compact", compact, 0, 1, FILTER_PURE },
	{ "concat", concat, 1, 1, FILTER_PURE },
	{ "find", find, 1, 2, FILTER_PURE },
	{ "find_index", find_index, 1, 2, FILTER_PURE },
	{ "first", first, 0, 0, FILTER_PURE },
	{ "has", has, 1, 2, FILTER_PURE },
	{ "join", join, 0, 1, FILTER_PURE },
	{ "last", last, 0, 0, FILTER_PURE },
	{ "map", map_items, 1, 1, FILTER_PURE },
	{ "reject", reject, 1, 2, FILTER_PURE },
	{ "reverse", reverse, 0, 0, FILTER_PURE },
	{ "size", size, 0, 0, FILTER_PURE },
	{ "sort", filter_sort, 0, 1, FILTER_PURE },
	{ "sort_natural", filter_sort_natural, 0, 1, FILTER_PURE },
	{ "sum", sum, 0, 1, FILTER_PURE },
	{ "uniq", filter_uniq, 0, 1, FILTER_PURE },
	{ "where", where, 1, 2, FILTER_PURE },
};

const struct filter_set filters_array = { rows, sizeof rows / sizeof rows[0] };
