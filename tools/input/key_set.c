#include "tools/input/key_set.h"

#include <stdlib.h>

#include "store/base/hash.h"

#define SIZE_MIN ((size_t)1024)

/* The slot that the hash is in or would be put into. */
static size_t
find(const uint64_t *slots, size_t size, uint64_t hash)
{
	size_t at = hash & (size - 1);

	while (slots[at] != 0 && slots[at] != hash)
		at = (at + 1) & (size - 1);
	return at;
}

/* 0 stands for no hash. */
static uint64_t
hash_of(struct span key)
{
	uint64_t hash = hash_xxh3(key);

	return hash ? hash : 1;
}

/* Puts a hash that is not there into a free slot, or says that it is there:
 * 1, 0. */
static int
put(uint64_t *slots, size_t size, uint64_t hash)
{
	size_t at = find(slots, size, hash);

	if (slots[at] == hash)
		return 0;
	slots[at] = hash;
	return 1;
}

/* Half of the slots stay free, so that a search is short. */
static int
grow(struct key_set *set, struct err *err)
{
	size_t size = set->size ? set->size * 2 : SIZE_MIN;
	uint64_t *slots;

	if (set->used < set->size / 2)
		return 0;
	slots = calloc(size, sizeof *slots);
	if (slots == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < set->size; i++)
		if (set->slots[i] != 0)
			put(slots, size, set->slots[i]);
	free(set->slots);
	set->slots = slots;
	set->size = size;
	return 0;
}

int
key_set_add(struct key_set *set, struct span key, struct err *err)
{
	int added;

	if (grow(set, err) < 0)
		return -1;
	added = put(set->slots, set->size, hash_of(key));
	set->used += (size_t)added;
	return added;
}

bool
key_set_has(const struct key_set *set, struct span key)
{
	uint64_t hash = hash_of(key);

	return set->used != 0 &&
	       set->slots[find(set->slots, set->size, hash)] == hash;
}

void
key_set_deinit(struct key_set *set)
{
	free(set->slots);
	*set = (struct key_set){ NULL, 0, 0 };
}
