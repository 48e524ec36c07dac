/*
 * The work that a message's templates may still do, in steps of about ten
 * nanoseconds, and the moment at which they must have ended. Work is taken
 * before or while it is done, by the size of what it reads. Running out is
 * sticky, as in a buf: from then on nothing more is given, loops end early
 * with any result, and who called them asks work_ended() once.
 */
#ifndef INLAY_LIQUID_STEPS_H
#define INLAY_LIQUID_STEPS_H

#include "store/base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum work_end { WORK_GOING, WORK_SPENT, WORK_LATE };

struct work {
	uint64_t left;	  /* steps until the clock is asked again */
	uint64_t reserve; /* steps beyond those */
	int64_t deadline; /* as of monotonic_us; 0: none */
	enum work_end end;
};

/* So many steps; the clock is only asked where there is a deadline. */
struct work work_new(uint64_t steps, int64_t deadline);

/* Steps that are still there. */
uint64_t work_steps(const struct work *work);

/* The slow half of work_take: the clock, or the end. */
bool work_more(struct work *work, uint64_t steps);

/* Takes the steps; false when they or the time are not there. */
static inline bool
work_take(struct work *work, uint64_t steps)
{
	if (steps > work->left)
		return work_more(work, steps);
	work->left -= steps;
	return true;
}

/* Text that is compared, searched or copied whole. */
static inline bool
work_scan(struct work *work, uint64_t bytes)
{
	return work_take(work, bytes / 128);
}

/* Text that is looked at byte by byte. */
static inline bool
work_read(struct work *work, uint64_t bytes)
{
	return work_take(work, bytes / 8);
}

static inline bool
work_ended(const struct work *work)
{
	return work->end != WORK_GOING;
}

/* Says why it ended: ERR_LIMIT for steps, ERR_DEADLINE. Always -1. */
int work_fail(const struct work *work, struct err *err);

#endif
