#include "store/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#define BLOCK_MIN ((size_t)16 * 1024)
#define ALIGN alignof(max_align_t)

struct block {
	struct block *older;
	size_t size; /* of the whole block, this header included */
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct block *newest;
	size_t used; /* bytes taken of newest->bytes */
	size_t held;
	size_t limit;
};

struct arena *
arena_new(size_t limit)
{
	struct arena *arena = calloc(1, sizeof *arena);

	if (arena != NULL)
		arena->limit = limit;
	return arena;
}

static void
drop_newest(struct arena *arena)
{
	struct block *block = arena->newest;

	arena->newest = block->older;
	arena->held -= block->size;
	free(block);
}

void
arena_free(struct arena **arena)
{
	if (*arena == NULL)
		return;
	while ((*arena)->newest != NULL)
		drop_newest(*arena);
	free(*arena);
	*arena = NULL;
}

void
arena_reset(struct arena *arena)
{
	while (arena->newest != NULL && arena->newest->older != NULL)
		drop_newest(arena);
	arena->used = 0;
}

static size_t
room(const struct arena *arena)
{
	if (arena->newest == NULL)
		return 0;
	return arena->newest->size - sizeof(struct block) - arena->used;
}

/* Doubles block by block, so that a big message costs few of them. */
static int
add_block(struct arena *arena, size_t need)
{
	size_t size = arena->newest ? arena->newest->size * 2 : BLOCK_MIN;
	size_t left = arena->limit - arena->held;
	struct block *block;

	if (need > left || left - need < sizeof *block)
		return -1;
	if (size < need + sizeof *block)
		size = need + sizeof *block;
	if (size > left)
		size = left;
	block = malloc(size);
	if (block == NULL)
		return -1;
	block->older = arena->newest;
	block->size = size;
	arena->newest = block;
	arena->used = 0;
	arena->held += size;
	return 0;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	void *at;

	if (size > SIZE_MAX - ALIGN)
		return NULL;
	size = (size + ALIGN - 1) & ~(ALIGN - 1);
	if ((arena->newest == NULL || room(arena) < size) &&
	    add_block(arena, size) < 0)
		return NULL;
	at = arena->newest->bytes + arena->used;
	arena->used += size;
	return at;
}

void *
arena_calloc(struct arena *arena, size_t count, size_t size)
{
	void *at;

	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	at = arena_alloc(arena, count * size);
	if (at != NULL)
		memset(at, 0, count * size);
	return at;
}

void *
arena_grow(struct arena *arena, void *at, size_t old, size_t size)
{
	size_t was = (old + ALIGN - 1) & ~(ALIGN - 1);
	void *grown;

	assert(size >= old);
	if (size > SIZE_MAX - ALIGN)
		return NULL;
	if (at != NULL && arena->newest != NULL && arena->used >= was &&
	    (char *)at == arena->newest->bytes + arena->used - was) {
		size_t now = (size + ALIGN - 1) & ~(ALIGN - 1);

		if (now - was <= room(arena)) {
			arena->used += now - was;
			return at;
		}
	}
	grown = arena_alloc(arena, size);
	if (grown != NULL && old != 0)
		memcpy(grown, at, old);
	return grown;
}

int
arena_dup(struct arena *arena, struct span bytes, struct span *copy)
{
	char *at;

	if (bytes.len == SIZE_MAX)
		return -1;
	at = arena_alloc(arena, bytes.len + 1);
	if (at == NULL)
		return -1;
	if (bytes.len != 0)
		memcpy(at, bytes.at, bytes.len);
	at[bytes.len] = '\0';
	*copy = span_of(at, bytes.len);
	return 0;
}

struct arena_mark
arena_mark(const struct arena *arena)
{
	return (struct arena_mark){ arena->newest, arena->used };
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
	while (arena->newest != mark.block && arena->newest != NULL) {
		/* A mark of an empty arena keeps the first block. */
		if (mark.block == NULL && arena->newest->older == NULL) {
			arena->used = 0;
			return;
		}
		drop_newest(arena);
	}
	arena->used = mark.used;
}

size_t
arena_held(const struct arena *arena)
{
	return arena->held;
}
