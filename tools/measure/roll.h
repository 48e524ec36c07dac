/*
 * A roll keeps a value for each key that it was asked for: both of a fixed
 * size, plain bytes, in the order of first sight. Its memory grows with the
 * keys, not with how often they are asked for.
 */
#ifndef INLAY_TOOLS_ROLL_H
#define INLAY_TOOLS_ROLL_H

#include <stddef.h>
#include <stdint.h>

struct roll {
	size_t key, value; /* bytes of each; multiples of 8 */
	size_t count, room;
	unsigned char *items; /* key, then value */
	uint32_t *index;      /* item + 1; 0: free */
	size_t mask;
};

void roll_init(struct roll *roll, size_t key, size_t value);
void roll_deinit(struct roll *roll);

/* The value of that key, zeroed where it is new; good until the next key is
 * added. NULL: memory. */
void *roll_at(struct roll *roll, const void *key);

/* The same of a key that is there; NULL where it is not. */
void *roll_find(const struct roll *roll, const void *key);

static inline const void *
roll_key(const struct roll *roll, size_t nth)
{
	return roll->items + nth * (roll->key + roll->value);
}

static inline void *
roll_value(const struct roll *roll, size_t nth)
{
	return roll->items + nth * (roll->key + roll->value) + roll->key;
}

#endif
