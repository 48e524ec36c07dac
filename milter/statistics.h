/*
 * The statistics count what became of connections and messages since the start
 * and how long they took: for the statistics line and for the metrics.
 */
#ifndef INLAY_MILTER_STATISTICS_H
#define INLAY_MILTER_STATISTICS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "store/base/log.h"

enum counter {
	COUNT_CONNECTIONS,  /* of mail servers */
	COUNT_TURNED_AWAY,  /* connections over max-connections */
	COUNT_FOREIGN,	    /* no rule allowed it: untouched */
	COUNT_PASSED,	    /* allowed, but no campaign mail: untouched */
	COUNT_PERSONALISED, /* decided and recorded now */
	COUNT_REPLAYED,	    /* an earlier record shown again */
	COUNT_DISCARDED,
	COUNT_REFUSED,	/* 5yz */
	COUNT_DEFERRED, /* 4yz */
	COUNT_SECOND,	/* recipients after the first, put off */
	COUNT_ABORTED,	/* the client went away before the end */
	COUNTERS
};

/* What of a message's time is told apart. */
enum phase {
	PHASE_WHOLE,
	PHASE_DECIDE,
	PHASE_RENDER,
	PHASE_COMMIT,
	PHASE_SIGN,
	PHASES
};

enum {
	HISTOGRAM_BOUNDS = 15,
	TALLIES = 512, /* rows at most; what is beyond goes to "other" */
	TALLY_SLOTS = 1024
};

/* Upper bounds in microseconds; there is one more bucket, without. */
extern const int64_t histogram_bounds[HISTOGRAM_BOUNDS];

struct histogram {
	atomic_ullong counts[HISTOGRAM_BOUNDS + 1];
	atomic_ullong sum_us;
};

/* Messages of one verdict, reason and campaign. */
struct tally {
	enum counter verdict;
	char reason[32];   /* "" where there is none */
	char campaign[64]; /* likewise */
	unsigned long long count;
};

struct statistics {
	atomic_ullong counts[COUNTERS];
	struct histogram phases[PHASES];
	pthread_mutex_t lock; /* guards all below */
	size_t tally_count;
	struct tally tallies[TALLIES];
	uint16_t slots[TALLY_SLOTS]; /* by hash: one more than the index */
};

#define STATISTICS_INIT \
	{ \
		.lock = PTHREAD_MUTEX_INITIALIZER \
	}

static inline void
statistics_count(struct statistics *statistics, enum counter counter)
{
	atomic_fetch_add_explicit(
	    &statistics->counts[counter], 1, memory_order_relaxed);
}

/* Counts a message under its verdict and among those like it. */
void statistics_message(struct statistics *statistics, enum counter verdict,
    struct span reason, struct span campaign);

/* Counts how long something took. */
void statistics_took(
    struct statistics *statistics, enum phase phase, int64_t us);

/* Copies the rows; room for TALLIES. How many there are. */
size_t statistics_tallies(struct statistics *statistics, struct tally *tallies);

/* The counter's name; those of what becomes of a message are its verdicts in
 * the log and in previews. */
const char *counter_word(enum counter counter);

/* Adds every counter to the line under its name. */
void statistics_log(const struct statistics *statistics, struct log_line *line);

#endif
