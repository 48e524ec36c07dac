/*
 * Seen counts, in one walk over a history, what a person was shown of the
 * things a decision is about: contents by their identity, and all contents
 * of a pool together.
 */
#ifndef INLAY_MILTER_SEEN_H
#define INLAY_MILTER_SEEN_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/record/history.h"

#define SEEN_NEVER INT64_MIN /* last: not seen yet */

/* Whether an exposure at that time lies in the rolling window that ends now:
 * now - window < time <= now. A window of 0 or less has no beginning. */
static inline bool
seen_in_window(int64_t time, int64_t now, int64_t window)
{
	/* Times may be the ends of int64_t: the age needs 64 bits. */
	uint64_t age = (uint64_t)now - (uint64_t)time;

	return (time <= now) & ((window <= 0) | (age < (uint64_t)window));
}

/* One content, or one pool. */
struct seen_count {
	struct span identity; /* what exposures call the content; "" a pool */
	int64_t window;	      /* seconds, 0 for ever */
	uint64_t seen;	      /* exposures, ever */
	uint64_t counted;     /* exposures within the window */
	int64_t last;	      /* the latest, or SEEN_NEVER */
	unsigned pool;	      /* also counted there, or SEEN_NONE */
	size_t entry;	      /* internal: the entry that counted last */
};

#define SEEN_NONE 0xffffffffu

struct seen_slot;

struct seen {
	struct seen_count *counts; /* the first: what nobody asks for */
	unsigned count, room;
	struct seen_slot *slots; /* a hash table of the contents */
	unsigned slot_count;
	struct arena *arena;
};

/* Room for that many contents and pools. 0, or -1 ERR_MEMORY. */
int seen_init(
    struct seen *seen, unsigned room, struct arena *arena, struct err *err);

/* Adds a pool; its index. There must be room. */
unsigned seen_pool(struct seen *seen, int64_t window);

/* Adds a content, or finds it; its index. There must be room. */
unsigned seen_content(
    struct seen *seen, struct span identity, int64_t window, unsigned pool);

/* Counts what the history holds: entries that count as shown, not later than
 * now, each content once per entry; of folded ones all lie where the last
 * does. */
void seen_walk(struct seen *seen, const struct history *history, int64_t now);

/* Counts a pretended exposure of the content, if it is among them. */
void seen_pretend(struct seen *seen, struct span identity, int64_t now);

#endif
