#include "milter/seen.h"

/*
 * Identities share prefixes and are looked up a thousand times a message:
 * length and both ends tell them apart well enough, and cheaply.
 */
static uint64_t
identity_hash(struct span identity)
{
	uint64_t first = 0, last = 0, hash;
	size_t len = identity.len;

	if (len >= 8) {
		memcpy(&first, identity.at, 8);
		memcpy(&last, identity.at + len - 8, 8);
	} else if (len != 0) {
		memcpy(&first, identity.at, len);
	}
	hash = (first ^ len) * 0x9e3779b97f4a7c15u;
	hash ^= (last ^ hash >> 32) * 0xc2b2ae3d27d4eb4fu;
	return hash ^ hash >> 29;
}

int
seen_init(
    struct seen *seen, unsigned room, struct arena *arena, struct err *err)
{
	unsigned slots = 16;

	while (slots < room * 2 && slots < 1u << 30)
		slots *= 2;
	*seen =
	    (struct seen){ .room = room, .slot_count = slots, .arena = arena };
	seen->counts = arena_calloc(arena, room, sizeof *seen->counts);
	seen->slots = arena_calloc(arena, slots, sizeof *seen->slots);
	if (seen->counts == NULL || seen->slots == NULL)
		return err_set(err, ERR_MEMORY, "no memory for what was seen");
	return 0;
}

static struct seen_count *
count_add(struct seen *seen, struct span identity, int64_t window)
{
	struct seen_count *count = &seen->counts[seen->count++];

	count->identity = identity;
	count->window = window;
	count->last = SELECT_NEVER;
	count->pool = SEEN_NONE;
	count->entry = SIZE_MAX;
	return count;
}

unsigned
seen_pool(struct seen *seen, int64_t window)
{
	count_add(seen, SPAN_NONE, window);
	return seen->count - 1;
}

/* The slot that holds the identity or is free for it. */
static unsigned *
slot_find(const struct seen *seen, struct span identity)
{
	unsigned mask = seen->slot_count - 1;
	unsigned at = (unsigned)identity_hash(identity) & mask;

	while (seen->slots[at] != 0 &&
	       !span_eq(seen->counts[seen->slots[at] - 1].identity, identity))
		at = (at + 1) & mask;
	return &seen->slots[at];
}

unsigned
seen_content(
    struct seen *seen, struct span identity, int64_t window, unsigned pool)
{
	unsigned *slot = slot_find(seen, identity);

	if (*slot == 0) {
		count_add(seen, identity, window)->pool = pool;
		*slot = seen->count;
	}
	return *slot - 1;
}

static void
count_up(struct seen_count *count, uint64_t times, int64_t time, int64_t now)
{
	uint32_t more = times < UINT32_MAX ? (uint32_t)times : UINT32_MAX;

	if (__builtin_add_overflow(count->seen, more, &count->seen))
		count->seen = UINT32_MAX;
	if (select_in_window(time, now, count->window) &&
	    __builtin_add_overflow(count->counted, more, &count->counted))
		count->counted = UINT32_MAX;
	if (time > count->last)
		count->last = time;
}

static void
entry_walk(
    struct seen *seen, const struct exposure *entry, size_t number, int64_t now)
{
	for (size_t i = 0; i < entry->slot_count; i++) {
		struct seen_count *count, *pool;
		unsigned at;

		if (entry->slots[i].block.len == 0)
			continue;
		at = *slot_find(seen, entry->slots[i].block);
		if (at == 0 || seen->counts[at - 1].entry == number)
			continue;
		count = &seen->counts[at - 1];
		count->entry = number;
		count_up(count, 1, entry->time, now);
		if (count->pool == SEEN_NONE)
			continue;
		pool = &seen->counts[count->pool];
		if (pool->entry != number)
			count_up(pool, 1, entry->time, now);
		pool->entry = number;
	}
}

static void
folded_walk(struct seen *seen, const struct folded *folded, int64_t now)
{
	unsigned at;

	if (folded->kind != FOLDED_BLOCK || folded->last > now)
		return;
	at = *slot_find(seen, folded->name);
	if (at == 0)
		return;
	count_up(&seen->counts[at - 1], folded->count, folded->last, now);
	at = seen->counts[at - 1].pool;
	if (at != SEEN_NONE)
		count_up(&seen->counts[at], folded->count, folded->last, now);
}

void
seen_walk(struct seen *seen, const struct history *history, int64_t now)
{
	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *entry = &history->exposures[i];

		if (entry->time <= now && exposure_counts(entry->state))
			entry_walk(seen, entry, i, now);
	}
	for (size_t i = 0; i < history->folded_count; i++)
		folded_walk(seen, &history->folded[i], now);
}

void
seen_pretend(struct seen *seen, struct span identity, int64_t now)
{
	unsigned at = *slot_find(seen, identity);

	if (at != 0)
		count_up(&seen->counts[at - 1], 1, now, now);
}
