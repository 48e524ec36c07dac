#include "milter/liquid/filter/filter_uniq.h"

#include "milter/liquid/filter/filter_input.h"
#include "store/base/hash.h"

/* Data nests only as deep as the host makes it: the recursion stops here, and
 * what is deeper differs. */
enum { DEEPEST = 64 };

static bool same(
    struct value a, struct value b, unsigned depth, struct work *work);

static bool
same_arrays(struct value a, struct value b, unsigned depth, struct work *work)
{
	if (a.len != b.len)
		return false;
	for (uint32_t i = 0; i < a.len; i++)
		if (!same(a.items[i], b.items[i], depth + 1, work))
			return false;
	return true;
}

static bool
same_maps(
    const struct map *a, const struct map *b, unsigned depth, struct work *work)
{
	if (a == b || a->count != b->count)
		return a == b;
	for (uint32_t i = 0; i < a->count; i++) {
		const struct map_entry *entry = &a->entries[i];
		const struct value *other = map_get(
		    b, span_of(entry->key, entry->key_len), entry->hash);

		if (other == NULL ||
		    !same(entry->value, *other, depth + 1, work))
			return false;
	}
	return true;
}

/* Ruby's eql?: as ==, but 1 is not 1.0. */
static bool
same(struct value a, struct value b, unsigned depth, struct work *work)
{
	if (depth >= DEEPEST || !work_take(work, 2))
		return false;
	if (value_is_nil(a) || value_is_nil(b))
		return value_is_nil(a) && value_is_nil(b);
	if (a.kind != b.kind)
		return false;
	if (a.kind == VALUE_ARRAY)
		return same_arrays(a, b, depth, work);
	if (a.kind == VALUE_MAP)
		return same_maps(a.map, b.map, depth, work);
	return value_equal(a, b, work);
}

static uint64_t
hash_bytes(const void *at, size_t len)
{
	return hash_xxh3_seeded(span_of(at, len), hash_secret());
}

/* Values that are the same have the same hash; maps hash by what does not
 * depend on the order of their keys. */
static uint64_t
hash_value(struct value value, unsigned depth, struct work *work)
{
	uint64_t hash = value.kind;

	if (depth >= DEEPEST || !work_take(work, 2))
		return 0;
	switch ((enum value_kind)value.kind) {
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		return 1;
	case VALUE_BOOL:
		return 2 + value.truth;
	case VALUE_INTEGER:
		return hash_bytes(&value.integer, sizeof value.integer);
	case VALUE_FLOAT:
		if (value.real == 0)
			return 4;
		return hash_bytes(&value.real, sizeof value.real);
	case VALUE_BIG:
	case VALUE_STRING:
		return work_scan(work, value.len)
			   ? hash_bytes(value.text, value.len)
			   : 0;
	case VALUE_ARRAY:
		for (uint32_t i = 0; i < value.len && !work_ended(work); i++)
			hash = hash * 31 +
			       hash_value(value.items[i], depth + 1, work);
		return hash;
	case VALUE_RANGE:
		return 6 + range_count(value.range);
	case VALUE_MAP:
		for (uint32_t i = 0; i < value.map->count && !work_ended(work);
		     i++) {
			const struct map_entry *entry = &value.map->entries[i];

			hash += (entry->hash | 1) *
				hash_value(entry->value, depth + 1, work);
		}
		return hash;
	case VALUE_OBJECT:
		return (uint64_t)(uintptr_t)value.object;
	}
	return 0;
}

struct uniq_table {
	uint32_t *slots; /* index + 1 of a kept key; 0 is free */
	uint32_t mask;
	struct value *keys;
};

/* true when the key is new; it then takes the number. */
static bool
table_add(struct uniq_table *table, struct value key, uint32_t number,
    struct work *work)
{
	uint64_t hash = hash_value(key, 0, work);
	uint32_t at = (uint32_t)(hash ^ hash >> 32) & table->mask;

	for (; table->slots[at] != 0; at = (at + 1) & table->mask)
		if (same(table->keys[table->slots[at] - 1], key, 0, work))
			return false;
	table->slots[at] = number + 1;
	table->keys[number] = key;
	return true;
}

static int
table_init(
    const struct filter_call *call, struct uniq_table *table, uint32_t count)
{
	uint64_t slots = 16;

	while (slots < (uint64_t)count * 2)
		slots *= 2;
	if (slots > UINT32_MAX)
		return filter_full(call);
	table->mask = (uint32_t)slots - 1;
	table->slots =
	    arena_calloc(call->arena, (size_t)slots, sizeof *table->slots);
	table->keys = filter_array(call, count);
	if (table->keys == NULL)
		return -1;
	return table->slots == NULL ? filter_full(call) : 0;
}

int
filter_uniq(
    const struct filter_call *call, struct value input, struct value *out)
{
	bool by_property = call->argc != 0 && !value_is_nil(call->args[0]);
	struct value *kept;
	struct uniq_table table = { 0 };
	struct items items;
	uint32_t count = 0;

	if (filter_items(call, input, &items) < 0 ||
	    table_init(call, &table, items.count) < 0)
		return -1;
	/* One item alone is not asked for its property. */
	by_property = by_property && items.count > 1;
	kept = filter_array(call, items.count);
	if (kept == NULL)
		return -1;
	for (uint32_t i = 0; i < items.count; i++) {
		struct value key = items.at[i];

		if (by_property) {
			int has = filter_property(
			    call, items.at[i], call->args[0], &key);

			if (has <= 0) {
				*out = value_nil();
				return has;
			}
		}
		if (table_add(&table, key, count, call->env->work))
			kept[count++] = items.at[i];
	}
	*out = value_array(kept, count);
	return 0;
}
