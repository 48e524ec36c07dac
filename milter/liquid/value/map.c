#include "milter/liquid/value/value.h"

#include "store/base/hash.h"

/* Up to this many keys a scan over the hashes beats an index. */
enum { SCANNED = 8 };

uint64_t
value_hash_begin(void)
{
	return hash_secret();
}

/* The factor is secret, too: by a known one the last bytes of two keys could
 * be chosen to undo what the first made different. */
uint64_t
value_hash_more(uint64_t state, struct span piece)
{
	uint64_t factor = hash_secret();

	for (size_t i = 0; i < piece.len; i++)
		state = (state ^ (unsigned char)piece.at[i]) * factor;
	return state;
}

uint32_t
value_hash(struct span key)
{
	return value_hash_end(value_hash_more(value_hash_begin(), key));
}

struct map *
map_new(struct arena *arena, uint32_t size)
{
	struct map *map = ARENA_NEW(arena, struct map);

	if (map == NULL)
		return NULL;
	if (size == 0)
		size = 1;
	map->entries = arena_alloc(arena, size * sizeof *map->entries);
	map->size = size;
	return map->entries != NULL ? map : NULL;
}

static void
index_add(struct map *map, uint32_t entry)
{
	uint32_t at = map->entries[entry].hash & map->mask;

	while (map->index[at] != 0)
		at = (at + 1) & map->mask;
	map->index[at] = entry + 1;
}

/* Makes the index at least twice as large as the entries, zero is free. */
static int
reindex(struct arena *arena, struct map *map)
{
	uint32_t slots = 32;

	while (slots < map->size * 2)
		slots *= 2;
	map->index = arena_calloc(arena, slots, sizeof *map->index);
	if (map->index == NULL)
		return -1;
	map->mask = slots - 1;
	for (uint32_t i = 0; i < map->count; i++)
		index_add(map, i);
	return 0;
}

static int
grow(struct arena *arena, struct map *map)
{
	uint32_t size = map->size * 2;
	struct map_entry *entries;

	if (map->size > UINT32_MAX / 8)
		return -1;
	entries = arena_grow(arena, map->entries, map->size * sizeof *entries,
	    size * sizeof *entries);
	if (entries == NULL)
		return -1;
	map->entries = entries;
	map->size = size;
	return map->index != NULL ? reindex(arena, map) : 0;
}

static struct map_entry *
find(const struct map *map, struct span key, uint32_t hash)
{
	if (map->index != NULL) {
		uint32_t at = hash & map->mask;

		for (; map->index[at] != 0; at = (at + 1) & map->mask) {
			struct map_entry *entry =
			    &map->entries[map->index[at] - 1];

			if (entry->hash == hash && entry->key_len == key.len &&
			    memcmp(entry->key, key.at, key.len) == 0)
				return entry;
		}
		return NULL;
	}
	for (uint32_t i = 0; i < map->count; i++) {
		struct map_entry *entry = &map->entries[i];

		if (entry->hash == hash && entry->key_len == key.len &&
		    memcmp(entry->key, key.at, key.len) == 0)
			return entry;
	}
	return NULL;
}

int
map_put(
    struct arena *arena, struct map *map, struct span key, struct value value)
{
	uint32_t hash = value_hash(key);
	struct map_entry *entry = find(map, key, hash);

	if (entry != NULL) {
		entry->value = value;
		return 0;
	}
	if (key.len >= UINT32_MAX ||
	    (map->count == map->size && grow(arena, map) < 0))
		return -1;
	entry = &map->entries[map->count];
	*entry = (struct map_entry){ key.len ? key.at : "", (uint32_t)key.len,
		hash, value };
	map->count++;
	if (map->index != NULL)
		index_add(map, map->count - 1);
	else if (map->count > SCANNED)
		return reindex(arena, map);
	return 0;
}

bool
map_clear(struct map *map)
{
	if (map->index != NULL)
		return false;
	map->count = 0;
	return true;
}

const struct value *
map_get(const struct map *map, struct span key, uint32_t hash)
{
	const struct map_entry *entry = find(map, key, hash);

	return entry != NULL ? &entry->value : NULL;
}
