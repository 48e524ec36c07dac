#include "milter/liquid/filter/filter_sort.h"

#include "milter/liquid/filter/filter_input.h"
#include "store/base/ascii.h"

/* An item and what it is sorted by. */
struct ranked {
	struct value item;
	struct value key;
};

/* How keys compare: 0 and *order, or -1 with the error set. */
struct ordering {
	int (*compare)(const struct filter_call *call, struct value a,
	    struct value b, int *order);
	bool as_text;
};

static int
compare_values(
    const struct filter_call *call, struct value a, struct value b, int *order)
{
	bool a_nil = value_is_nil(a), b_nil = value_is_nil(b);

	*order = 0;
	if (a_nil || b_nil) {
		*order = a_nil - b_nil;
		return 0;
	}
	if (value_order(a, b, call->env->work, order))
		return filter_charge(call, 0);
	if (value_equal(a, b, call->env->work))
		return 0;
	return filter_fail(call, "cannot sort values of incompatible types");
}

static int
compare_texts(
    const struct filter_call *call, struct value a, struct value b, int *order)
{
	struct span x = value_span(a), y = value_span(b);
	size_t n = x.len < y.len ? x.len : y.len, i;

	*order = value_is_nil(a) - value_is_nil(b);
	if (*order != 0 || value_is_nil(a))
		return 0;
	for (i = 0; i < n && *order == 0; i++) {
		unsigned char c = (unsigned char)ascii_lower(x.at[i]);
		unsigned char d = (unsigned char)ascii_lower(y.at[i]);

		*order = (c > d) - (c < d);
	}
	if (*order == 0)
		*order = x.len < y.len ? -1 : x.len > y.len;
	return filter_charge(call, i / 4);
}

static int
merge(const struct filter_call *call, const struct ordering *by,
    const struct ranked *from, uint32_t middle, uint32_t count,
    struct ranked *to)
{
	uint32_t left = 0, right = middle;
	int order;

	for (uint32_t i = 0; i < count; i++) {
		if (left == middle) {
			to[i] = from[right++];
			continue;
		}
		order = 0;
		if (right < count && by->compare(call, from[left].key,
					 from[right].key, &order) < 0)
			return -1;
		to[i] =
		    right < count && order > 0 ? from[right++] : from[left++];
	}
	return 0;
}

/* Merges runs of 1, 2, 4, ... items; the result is in *items. */
static int
merge_sort(const struct filter_call *call, const struct ordering *by,
    struct ranked **items, struct ranked *spare, uint32_t count)
{
	struct ranked *from = *items, *to = spare, *swap;

	for (uint64_t run = 1; run < count; run *= 2) {
		if (filter_charge(call, (uint64_t)count * 3) < 0)
			return -1;
		for (uint64_t at = 0; at < count; at += 2 * run) {
			uint64_t left = count - at;
			uint64_t both = left < 2 * run ? left : 2 * run;
			uint64_t middle = left < run ? left : run;

			if (merge(call, by, from + at, (uint32_t)middle,
				(uint32_t)both, to + at) < 0)
				return -1;
		}
		swap = from;
		from = to;
		to = swap;
	}
	*items = from;
	return 0;
}

static bool
has_properties(struct value item)
{
	return item.kind == VALUE_INTEGER || item.kind == VALUE_BIG ||
	       item.kind == VALUE_STRING || item.kind == VALUE_MAP ||
	       item.kind == VALUE_OBJECT;
}

/* The keys: each item itself or its property, as text where asked. 1, 0 when
 * an item has no properties, -1. */
static int
rank(const struct filter_call *call, const struct items *items, bool as_text,
    struct ranked *ranked)
{
	bool by_property = call->argc != 0 && !value_is_nil(call->args[0]);
	struct span text;

	for (uint32_t i = 0; by_property && i < items->count; i++)
		if (!has_properties(items->at[i]))
			return 0;
	for (uint32_t i = 0; i < items->count; i++) {
		struct value key = items->at[i];

		if (by_property) {
			int has = filter_property(
			    call, items->at[i], call->args[0], &key);

			/* One item alone is never compared. */
			if (has < 0 && items->count == 1)
				err_clear(call->err);
			else if (has <= 0)
				return has;
		}
		if (as_text && !value_is_nil(key)) {
			if (filter_text(call, key, &text) < 0)
				return -1;
			key = value_string(text);
		}
		ranked[i] = (struct ranked){ items->at[i], key };
	}
	return 1;
}

static int
sort(const struct filter_call *call, struct value input,
    const struct ordering *by, struct value *out)
{
	struct ranked *ranked, *spare;
	struct value *sorted;
	struct items items;
	int can;

	if (filter_items(call, input, &items) < 0)
		return -1;
	sorted = filter_array(call, items.count);
	ranked = arena_calloc(call->arena, items.count, sizeof *ranked);
	spare = arena_calloc(call->arena, items.count, sizeof *spare);
	if (sorted == NULL)
		return -1;
	if (ranked == NULL || spare == NULL)
		return filter_full(call);
	can = rank(call, &items, by->as_text, ranked);
	if (can <= 0) {
		*out = value_nil();
		return can;
	}
	if (merge_sort(call, by, &ranked, spare, items.count) < 0)
		return -1;
	for (uint32_t i = 0; i < items.count; i++)
		sorted[i] = ranked[i].item;
	*out = value_array(sorted, items.count);
	return 0;
}

static const struct ordering by_value = { compare_values, false };
static const struct ordering by_text = { compare_texts, true };

int
filter_sort(
    const struct filter_call *call, struct value input, struct value *out)
{
	return sort(call, input, &by_value, out);
}

int
filter_sort_natural(
    const struct filter_call *call, struct value input, struct value *out)
{
	return sort(call, input, &by_text, out);
}
