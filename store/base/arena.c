/*
 * Under AddressSanitizer only what was handed out may be touched:
 *
 * 1. A byte of a block is poisoned unless it lies in a piece that lives, and
 *    a piece is as long as was asked for, not as it was rounded.
 * 2. Behind each piece is a gap, so that running out of one piece does not
 *    end in the next.
 * 3. A piece that grew by moving is dead where it was.
 */
#define _DEFAULT_SOURCE /* explicit_bzero */

#include "store/base/arena.h"

#include "store/base/poison.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#define BLOCK_MIN ((size_t)16 * 1024)
#define ALIGN alignof(max_align_t)

#ifdef INLAY_SEES_POISON
#define GAP (2 * ALIGN)
#else
#define GAP ((size_t)0)
#endif

#define PIECE_MAX (SIZE_MAX - ALIGN - GAP)

struct arena_block {
	struct arena_block *older;
	size_t size; /* of the whole block, this header included */
	alignas(max_align_t) char bytes[];
};

struct arena {
	struct arena_block *newest;
	size_t blocks;
	size_t used; /* bytes taken of newest->bytes */
	size_t held;
	size_t limit;
	struct arena_budget *budget; /* or NULL */
};

struct arena *
arena_new(size_t limit)
{
	return arena_new_within(limit, NULL);
}

struct arena *
arena_new_within(size_t limit, struct arena_budget *budget)
{
	struct arena *arena = calloc(1, sizeof *arena);

	if (arena == NULL)
		return NULL;
	arena->limit = limit;
	arena->budget = budget;
	return arena;
}

/* Takes so many bytes of both limits. 0, or -1 and nothing is taken. */
static int
hold(struct arena *arena, size_t size)
{
	struct arena_budget *budget = arena->budget;

	if (size > arena->limit - arena->held)
		return -1;
	if (budget != NULL && atomic_fetch_add(&budget->held, size) + size >
				  atomic_load(&budget->limit)) {
		atomic_fetch_sub(&budget->held, size);
		return -1;
	}
	arena->held += size;
	return 0;
}

static void
let_go(struct arena *arena, size_t size)
{
	arena->held -= size;
	if (arena->budget != NULL)
		atomic_fetch_sub(&arena->budget->held, size);
}

static void
drop_newest(struct arena *arena)
{
	struct arena_block *block = arena->newest;

	arena->newest = block->older;
	arena->blocks--;
	let_go(arena, block->size);
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
arena_free_secret(struct arena **arena)
{
	struct arena_block *block = *arena ? (*arena)->newest : NULL;

	for (; block != NULL; block = block->older) {
		size_t size = block->size - sizeof *block;

		poison_lift(block->bytes, size);
		explicit_bzero(block->bytes, size);
	}
	arena_free(arena);
}

/* Nothing behind the first used bytes of the newest block lives. */
static void
cut(struct arena *arena, size_t used)
{
	struct arena_block *block = arena->newest;

	arena->used = used;
	if (block != NULL)
		poison_lay(
		    block->bytes + used, block->size - sizeof *block - used);
}

void
arena_reset(struct arena *arena)
{
	while (arena->newest != NULL && arena->newest->older != NULL)
		drop_newest(arena);
	cut(arena, 0);
}

static size_t
room(const struct arena *arena)
{
	if (arena->newest == NULL)
		return 0;
	return arena->newest->size - sizeof(struct arena_block) - arena->used;
}

/* Each block is half as big again, so that a big message costs few of them. */
static int
add_block(struct arena *arena, size_t need)
{
	size_t size = BLOCK_MIN, left = arena->limit - arena->held;
	struct arena_block *block;

	if (need > left || left - need < sizeof *block)
		return -1;
	need += sizeof *block;
	if (arena->newest != NULL)
		size = arena->newest->size + arena->newest->size / 2;
	if (size < need)
		size = need;
	if (size > left)
		size = left;
	if (hold(arena, size) < 0) {
		size = need;
		if (hold(arena, size) < 0)
			return -1;
	}
	block = malloc(size);
	if (block == NULL) {
		let_go(arena, size);
		return -1;
	}
	block->older = arena->newest;
	block->size = size;
	arena->newest = block;
	arena->blocks++;
	cut(arena, 0);
	return 0;
}

/* What a piece takes of its block. */
static size_t
footprint(size_t size)
{
	return ((size + ALIGN - 1) & ~(ALIGN - 1)) + GAP;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	size_t need;
	void *at;

	if (size > PIECE_MAX)
		return NULL;
	need = footprint(size);
	if ((arena->newest == NULL || room(arena) < need) &&
	    add_block(arena, need) < 0)
		return NULL;
	at = arena->newest->bytes + arena->used;
	arena->used += need;
	poison_lift(at, size);
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

/* Whether the last piece, of old bytes at `at`, could grow where it is. */
static bool
grow_in_place(struct arena *arena, char *at, size_t old, size_t size)
{
	size_t was = footprint(old), now = footprint(size);

	if (arena->newest == NULL || arena->used < was ||
	    at != arena->newest->bytes + arena->used - was ||
	    now - was > room(arena))
		return false;
	arena->used += now - was;
	poison_lift(at, size);
	return true;
}

/* A piece that has the newest block to itself takes the block along, so that
 * a text that grows and grows leaves nothing behind. Whether it could. */
static bool
grow_block(struct arena *arena, char **at, size_t old, size_t size)
{
	struct arena_block *block = arena->newest;
	size_t now = footprint(size), more;

	if (block == NULL || *at != block->bytes ||
	    arena->used != footprint(old) || now > SIZE_MAX - sizeof *block ||
	    sizeof *block + now <= block->size)
		return false;
	more = sizeof *block + now - block->size;
	if (hold(arena, more) < 0)
		return false;
	poison_lift(block->bytes, block->size - sizeof *block);
	block = realloc(block, block->size + more);
	if (block == NULL) {
		let_go(arena, more);
		cut(arena, arena->used);
		return false;
	}
	block->size += more;
	arena->newest = block;
	cut(arena, 0);
	arena->used = now;
	poison_lift(block->bytes, size);
	*at = block->bytes;
	return true;
}

void *
arena_grow(struct arena *arena, void *at, size_t old, size_t size)
{
	char *piece = at;
	void *grown;

	assert(size >= old);
	if (size > PIECE_MAX)
		return NULL;
	if (at != NULL && grow_in_place(arena, at, old, size))
		return at;
	if (at != NULL && grow_block(arena, &piece, old, size))
		return piece;
	grown = arena_alloc(arena, size);
	if (grown == NULL || old == 0)
		return grown;
	memcpy(grown, at, old);
	poison_lay(at, old);
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
	return (struct arena_mark){ arena->blocks, arena->used };
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
	/* A mark of an empty arena keeps the first block. */
	while (arena->blocks > mark.blocks && arena->blocks > 1)
		drop_newest(arena);
	cut(arena, mark.used);
}

size_t
arena_held(const struct arena *arena)
{
	return arena->held;
}
