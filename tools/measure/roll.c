#include "tools/measure/roll.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/base/hash.h"

#define ROOM 64 /* at first; a power of two */

void
roll_init(struct roll *roll, size_t key, size_t value)
{
	assert(key % 8 == 0 && value % 8 == 0);
	*roll = (struct roll){ .key = key, .value = value };
}

void
roll_deinit(struct roll *roll)
{
	free(roll->items);
	free(roll->index);
	*roll = (struct roll){ .key = roll->key, .value = roll->value };
}

/* Where the key stands in the index, or the free place for it. */
static size_t
place_of(const struct roll *roll, const void *key)
{
	struct span bytes = { key, roll->key };
	size_t at = hash_xxh3_seeded(bytes, hash_secret()) & roll->mask;

	while (roll->index[at] != 0 &&
	       memcmp(roll_key(roll, roll->index[at] - 1), key, roll->key) != 0)
		at = (at + 1) & roll->mask;
	return at;
}

/* Twice as many items, in an index that stays half empty. 0 or -1. */
static int
grow(struct roll *roll)
{
	size_t room = roll->room ? 2 * roll->room : ROOM;
	unsigned char *items =
	    realloc(roll->items, room * (roll->key + roll->value));
	uint32_t *index;

	if (!items)
		return -1;
	roll->items = items;
	index = calloc(2 * room, sizeof(*index));
	if (!index)
		return -1;
	free(roll->index);
	roll->index = index;
	roll->room = room;
	roll->mask = 2 * room - 1;
	for (size_t i = 0; i < roll->count; i++)
		index[place_of(roll, roll_key(roll, i))] = (uint32_t)i + 1;
	return 0;
}

void *
roll_find(const struct roll *roll, const void *key)
{
	size_t at;

	if (roll->count == 0)
		return NULL;
	at = roll->index[place_of(roll, key)];
	return at ? roll_value(roll, at - 1) : NULL;
}

void *
roll_at(struct roll *roll, const void *key)
{
	void *value = roll_find(roll, key);
	unsigned char *item;

	if (value)
		return value;
	if (roll->count == roll->room && grow(roll) < 0)
		return NULL;
	item = roll->items + roll->count * (roll->key + roll->value);
	memcpy(item, key, roll->key);
	memset(item + roll->key, 0, roll->value);
	roll->index[place_of(roll, key)] = (uint32_t)++roll->count;
	return item + roll->key;
}
