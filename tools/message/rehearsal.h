/*
 * A rehearsal renders one message for many people in several threads, records
 * nothing, and counts what it sees: what is missing, exhausted or broken.
 */
#ifndef INLAY_TOOLS_REHEARSAL_H
#define INLAY_TOOLS_REHEARSAL_H

#include "milter/personalise.h"
#include "tools/message/minority.h"
#include "tools/people/counts.h"

#define REHEARSAL_PROBLEMS 10 /* told by name */

struct rehearsal_problem {
	struct counted whom;
	struct span text;
};

/* What came of it; of one thread, or of all. */
struct rehearsed {
	struct arena *arena; /* keeps names and addresses */
	uint64_t people, rendered, neutral, refused, broken, over_budget;
	uint64_t personal; /* something of the person shows */
	uint64_t eligible; /* may be compared: exposure_eligible */
	struct counts arms, segments, missing, refusals, reasons;
	struct counts neutrals;	 /* why whole copies are neutral */
	struct counts exhausted; /* slots whose options this person all saw */
	struct counts unserved;	 /* slots without an option for this person */
	struct counts worn;	 /* options that have been shown enough */
	struct counts held;	 /* slots and fields over the budget */
	struct minorities *minorities;
	struct rehearsal_problem problems[REHEARSAL_PROBLEMS];
	size_t problem_count;
	size_t largest; /* bytes of a message */
	struct span largest_to;
	double slowest; /* seconds of CPU for a copy */
	struct span slowest_to;
};

struct rehearsal;

struct rehearsal_options {
	struct personaliser *personaliser;
	struct personalise_request request; /* but for the recipient */
	size_t memory;			    /* per message */
	unsigned threads;
};

/* Starts the threads. 0, or -1 where the message is nobody's: malformed, or
 * of no campaign. */
int rehearsal_begin(const struct rehearsal_options *options,
    struct rehearsal **rehearsal, struct err *err);

/* Hands one address over; waits where the threads are behind. 0 or -1. */
int rehearsal_add(
    struct rehearsal *rehearsal, struct span address, struct err *err);

/* Waits for the rest and gives the sums, which live until rehearsal_end. */
const struct rehearsed *rehearsal_finish(struct rehearsal *rehearsal);

/* Ends the threads, also after a failure. */
void rehearsal_end(struct rehearsal **rehearsal);

#endif
