/*
 * Which of a person's answers belong to a campaign: those in a window that
 * opens with the person's first enrolment, whatever became of that copy. To
 * count only copies that arrived would compare arms by what the arms did.
 */
#ifndef INLAY_TOOLS_ATTRIBUTION_H
#define INLAY_TOOLS_ATTRIBUTION_H

#include <stdbool.h>

#include "store/record/history.h"

/* The person's first recorded enrolment in a campaign's version, bounced,
 * refused or not; only what an operator took back is none, and what put the
 * person in no arm. NULL for nobody enrolled. */
const struct exposure *attribution_anchor(
    const struct history *history, struct span campaign, struct span version);

/* What one person did for one goal. */
struct attribution {
	int64_t from; /* the window: from included, until not */
	int64_t until;
	double cap;	 /* of the sum; 0 for none */
	bool complete;	 /* the window is over */
	unsigned events; /* in the window */
	double sum;	 /* of their values, uncapped */
};

/* A window of so many seconds after the anchor, as seen now; one that would
 * end after all time ends then. */
struct attribution attribution_begin(
    int64_t anchor, int64_t within, double cap, int64_t now);

/* Takes an event of the goal's type; those outside of the window are not
 * this campaign's. Whether it was taken. A value that is no number is 0. */
bool attribution_add(
    struct attribution *attribution, int64_t time, double value);

/* The sum as it counts: at most the cap, and at least 0. */
double attribution_value(const struct attribution *attribution);

#endif
