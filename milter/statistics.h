/*
 * The statistics count what became of connections and messages since the start,
 * for the statistics line.
 */
#ifndef INLAY_MILTER_STATISTICS_H
#define INLAY_MILTER_STATISTICS_H

#include <stdatomic.h>

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

struct statistics {
	atomic_ullong counts[COUNTERS];
};

static inline void
statistics_count(struct statistics *statistics, enum counter counter)
{
	atomic_fetch_add_explicit(
	    &statistics->counts[counter], 1, memory_order_relaxed);
}

/* The counter's name; those of what becomes of a message are its verdicts in
 * the log and in previews. */
const char *counter_word(enum counter counter);

/* Adds every counter to the line under its name. */
void statistics_log(const struct statistics *statistics, struct log_line *line);

#endif
