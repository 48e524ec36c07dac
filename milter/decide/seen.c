#include "milter/decide/seen.h"

/*
 * Identities share prefixes and are looked up a thousand times a message:
 * length and both ends find them cheaply, and up to sixteen bytes they are
 * the whole of it.
 */
struct gist {
	uint64_t first;
	uint64_t last;
	size_t len;
};

struct seen_slot {
	struct gist gist;
	unsigned index; /* into counts; 0: free */
};

static inline struct gist
gist_of(struct span identity)
{
	struct gist gist = { 0, 0, identity.len };

	if (identity.len >= 8) {
		memcpy(&gist.first, identity.at, 8);
		memcpy(&gist.last, identity.at + identity.len - 8, 8);
	} else if (identity.len >= 4) {
		uint32_t first, last;

		memcpy(&first, identity.at, 4);
		memcpy(&last, identity.at + identity.len - 4, 4);
		gist.first = first;
		gist.last = last;
	} else {
		for (size_t i = 0; i < identity.len; i++)
			gist.first =
			    gist.first << 8 | (unsigned char)identity.at[i];
	}
	return gist;
}

static inline unsigned
gist_hash(const struct gist *gist)
{
	uint64_t hash = (gist->first ^ gist->len) * 0x9e3779b97f4a7c15u;

	hash = (hash ^ gist->last ^ hash >> 32) * 0xc2b2ae3d27d4eb4fu;
	return (unsigned)(hash >> 32);
}

static struct seen_count *
count_add(struct seen *seen, struct span identity, int64_t window)
{
	struct seen_count *count = &seen->counts[seen->count++];

	count->identity = identity;
	count->window = window;
	count->last = SEEN_NEVER;
	count->pool = SEEN_NONE;
	count->entry = SIZE_MAX;
	return count;
}

int
seen_init(
    struct seen *seen, unsigned room, struct arena *arena, struct err *err)
{
	unsigned slots = 16;

	while (slots / 16 < room && slots < 1u << 24)
		slots *= 2;
	*seen =
	    (struct seen){ .room = room, .slot_count = slots, .arena = arena };
	seen->counts =
	    arena_calloc(arena, (size_t)room + 1, sizeof *seen->counts);
	seen->slots = arena_calloc(arena, slots, sizeof *seen->slots);
	if (seen->counts == NULL || seen->slots == NULL)
		return err_set(err, ERR_MEMORY, "no memory for what was seen");
	count_add(seen, SPAN_NONE, 0);
	return 0;
}

unsigned
seen_pool(struct seen *seen, int64_t window)
{
	count_add(seen, SPAN_NONE, window);
	return seen->count - 1;
}

static inline bool
gist_same(const struct gist *a, const struct gist *b)
{
	return ((a->first ^ b->first) | (a->last ^ b->last) |
		   (a->len ^ b->len)) == 0;
}

/* The slot that holds the identity or is free for it. */
static struct seen_slot *
slot_find(
    const struct seen *seen, struct span identity, const struct gist *gist)
{
	unsigned mask = seen->slot_count - 1;
	unsigned at = gist_hash(gist) & mask;

	while (seen->slots[at].index != 0) {
		const struct seen_slot *slot = &seen->slots[at];

		if (gist_same(&slot->gist, gist) &&
		    (gist->len <= 16 ||
			span_eq(seen->counts[slot->index].identity, identity)))
			break;
		at = (at + 1) & mask;
	}
	return &seen->slots[at];
}

/*
 * The index of the content's count, or 0. What was seen is as good as random
 * against what is asked for, so the first probe decides without a branch
 * between a hit and a free slot.
 */
static inline unsigned
count_find(const struct seen *seen, struct span identity)
{
	struct gist gist = gist_of(identity);
	const struct seen_slot *slot =
	    &seen->slots[gist_hash(&gist) & (seen->slot_count - 1)];
	bool hit = gist_same(&slot->gist, &gist);

	if ((slot->index != 0 && !hit) || gist.len > 16)
		return slot_find(seen, identity, &gist)->index;
	return hit ? slot->index : 0;
}

unsigned
seen_content(
    struct seen *seen, struct span identity, int64_t window, unsigned pool)
{
	struct gist gist = gist_of(identity);
	struct seen_slot *slot = slot_find(seen, identity, &gist);

	if (slot->index == 0) {
		*slot = (struct seen_slot){ gist, seen->count };
		count_add(seen, identity, window)->pool = pool;
	}
	return slot->index;
}

/* Sums cannot overflow: a history holds fewer entries than 2^32, and folded
 * counts stop there. */
static inline void
count_up(struct seen_count *count, uint64_t times, int64_t time, int64_t now)
{
	count->seen += times;
	count->counted += seen_in_window(time, now, count->window) ? times : 0;
	count->last = time > count->last ? time : count->last;
}

static void
entry_walk(
    struct seen *seen, const struct exposure *entry, size_t number, int64_t now)
{
	for (size_t i = 0; i < entry->slot_count; i++) {
		struct seen_count *count, *pool;

		count = &seen->counts[count_find(seen, entry->slots[i].block)];
		count_up(count, count->entry != number, entry->time, now);
		count->entry = number;
		if (count->pool == SEEN_NONE)
			continue;
		pool = &seen->counts[count->pool];
		count_up(pool, pool->entry != number, entry->time, now);
		pool->entry = number;
	}
}

static void
folded_walk(struct seen *seen, const struct folded *folded, int64_t now)
{
	uint64_t times =
	    folded->count < UINT32_MAX ? folded->count : UINT32_MAX;
	struct seen_count *count;

	if (folded->kind != FOLDED_BLOCK || folded->last > now)
		return;
	count = &seen->counts[count_find(seen, folded->name)];
	count_up(count, times, folded->last, now);
	if (count->pool != SEEN_NONE)
		count_up(&seen->counts[count->pool], times, folded->last, now);
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
	count_up(&seen->counts[count_find(seen, identity)], 1, now, now);
}
