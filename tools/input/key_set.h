/*
 * A key set remembers which keys a file has had, by 64 bits of their hash: 16
 * bytes of memory a key at most.
 */
#ifndef INLAY_TOOLS_KEY_SET_H
#define INLAY_TOOLS_KEY_SET_H

#include "store/base/err.h"
#include "store/base/span.h"

/* Begins as zeroes. */
struct key_set {
	uint64_t *slots; /* 0: free */
	size_t size;	 /* a power of two, or 0 */
	size_t used;
};

/* Adds a key. 1 it is new, 0 it was there, -1 with ERR_MEMORY. */
int key_set_add(struct key_set *set, struct span key, struct err *err);

/* Whether a key was added. */
bool key_set_has(const struct key_set *set, struct span key);

/* Frees what it holds; it is empty then. */
void key_set_deinit(struct key_set *set);

#endif
