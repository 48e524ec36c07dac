/*
 * Selection chooses what a slot shows: of all that is eligible the unseen
 * before the seen, then the higher priority, then the least recently seen,
 * then the listed order; where nothing is eligible, nothing.
 */
#ifndef INLAY_MILTER_SELECT_H
#define INLAY_MILTER_SELECT_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#define SELECT_NEVER INT64_MIN /* last: not seen yet */

struct candidate {
	bool eligible; /* all but the rules below */
	int64_t valid_from;
	int64_t valid_until; /* valid_from <= now < valid_until */
	uint32_t cap;	     /* exposures within the window */
	double priority;
	uint32_t counted; /* exposures within the window */
	uint32_t seen;	  /* exposures ever */
	int64_t last;	  /* the latest of these */
};

/* Whether an exposure at that time lies in the rolling window that ends now:
 * now - window < time <= now. A window of 0 or less has no beginning. */
static inline bool
select_in_window(int64_t time, int64_t now, int64_t window)
{
	/* Times may be the ends of int64_t: the age needs 64 bits. */
	uint64_t age = (uint64_t)now - (uint64_t)time;

	return (time <= now) & ((window <= 0) | (age < (uint64_t)window));
}

/* Counts one exposure that was not bounced; a later one than now is not. */
void candidate_count(
    struct candidate *candidate, int64_t time, int64_t now, int64_t window);

/* The candidate that shows, or -1. */
int select_one(const struct candidate *candidates, size_t count, int64_t now);

#endif
