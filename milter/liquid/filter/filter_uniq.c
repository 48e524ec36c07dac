#include "milter/liquid/filter/filter_uniq.h"

#include "milter/liquid/filter/filter_input.h"
#include "store/base/hash.h"

static bool
same(struct value a, struct value b)
{
	if (value_is_nil(a) || value_is_nil(b))
		return value_is_nil(a) && value_is_nil(b);
	return a.kind == b.kind && value_equal(a, b);
}

/* Equal values have equal hashes. Maps hash by what does not depend on the
 * order of their keys, with their plain values only: the recursion is one
 * level deep. */
static uint64_t
hash_value(struct value value)
{
	switch ((enum value_kind)value.kind) {
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		return 1;
	case VALUE_BOOL:
		return 2 + value.truth;
	case VALUE_INTEGER:
		return hash_xxh3(span_of(&value.integer, sizeof value.integer));
	case VALUE_FLOAT:
		if (value.real == 0)
			return 4;
		return hash_xxh3(span_of(&value.real, sizeof value.real));
	case VALUE_BIG:
	case VALUE_STRING:
		return hash_xxh3(span_of(value.text, value.len));
	case VALUE_ARRAY:
		return 5 + (uint64_t)value.len;
	case VALUE_RANGE:
		return 6 + range_count(value.range);
	case VALUE_MAP: {
		uint64_t hash = value.map->count;

		for (uint32_t i = 0; i < value.map->count; i++) {
			const struct map_entry *entry = &value.map->entries[i];

			hash += entry->hash;
			if (entry->value.kind >= VALUE_BOOL &&
			    entry->value.kind <= VALUE_STRING)
				hash += hash_value(entry->value) ^ entry->hash;
		}
		return hash;
	}
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
table_add(struct uniq_table *table, struct value key, uint32_t number)
{
	uint32_t at = (uint32_t)hash_value(key) & table->mask;

	for (; table->slots[at] != 0; at = (at + 1) & table->mask)
		if (same(table->keys[table->slots[at] - 1], key))
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
		if (table_add(&table, key, count))
			kept[count++] = items.at[i];
	}
	*out = value_array(kept, count);
	return 0;
}
