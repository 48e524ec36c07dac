/*
 * How a journey ends in the store: what was decided, or that no copy leaves,
 * is durable before anybody is told (promises I1, I3, I7).
 */
#ifndef INLAY_MILTER_RECORDING_H
#define INLAY_MILTER_RECORDING_H

#include "milter/journey.h"

/* What all attempts together may still wait, for the disk or for others. */
unsigned journey_patience_ms(const struct journey *journey, int64_t now);

/* Fails, for that is nothing. Returns -1. */
int journey_out_of_time(const struct journey *journey, struct err *err);

/* Records the decision. 1 durable, or already so; 0 somebody else wrote first;
 * -1. */
int journey_commit(struct journey *journey, struct err *err);

/* Records that a copy was refused or aborted, where err says so for good. -1,
 * and that or what failed since is in err; 0 to decide again. */
int journey_settle_unsent(struct journey *journey, struct err *err);

#endif
