/*
 * An arena owns everything that lives as long as one message, under a hard
 * limit. Allocation is a pointer bump; nothing is freed one by one.
 */
#ifndef INLAY_BASE_ARENA_H
#define INLAY_BASE_ARENA_H

#include <stdatomic.h>

#include "store/base/span.h"

struct arena;

/* Bytes that several arenas may hold together; of all threads. */
struct arena_budget {
	atomic_size_t limit;
	atomic_size_t held;
};

/* Where an arena stood; see arena_mark. */
struct arena_mark {
	size_t blocks; /* a block may move as it grows */
	size_t used;
};

/* limit: bytes this arena may ever hold at once, block headers included.
 * NULL when memory is out. The caller frees it with arena_free. */
struct arena *arena_new(size_t limit);

/* The same of an arena that also ends where the budget does; NULL is none. */
struct arena *arena_new_within(size_t limit, struct arena_budget *budget);

/* Frees the arena and all it gave out, and clears the caller's pointer. */
void arena_free(struct arena **arena);

/* The same, and nothing of what it held is left in memory. */
void arena_free_secret(struct arena **arena);

/* Forgets all it gave out and keeps the first block for the next use. */
void arena_reset(struct arena *arena);

/* size bytes, uninitialised, aligned for any object; NULL past the limit
 * or when memory is out. Size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);

/* count objects of size bytes, zeroed; NULL on overflow or past the limit. */
void *arena_calloc(struct arena *arena, size_t count, size_t size);

/* Grows what arena_alloc gave from old to size bytes, in place when it was
 * the last allocation, else by copying. NULL past the limit, and then the
 * old bytes stay valid. */
void *arena_grow(struct arena *arena, void *at, size_t old, size_t size);

/* Copies the bytes; *copy is NUL-terminated past its end for convenience.
 * 0, or -1 when the arena is full. */
int arena_dup(struct arena *arena, struct span bytes, struct span *copy);

/* Where the arena stands, for arena_rewind. */
struct arena_mark arena_mark(const struct arena *arena);

/* Gives back all that was allocated since the mark. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Bytes held from the system now. */
size_t arena_held(const struct arena *arena);

/* One zeroed object of the type, or NULL. */
#define ARENA_NEW(arena, type) ((type *)arena_calloc(arena, 1, sizeof(type)))

#endif
