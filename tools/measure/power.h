/*
 * What a test can see before it is made: the difference that shows with a
 * certain power in an interval one may look at every day, and the people it
 * takes.
 */
#ifndef INLAY_TOOLS_POWER_H
#define INLAY_TOOLS_POWER_H

#include <stdbool.h>

struct power_plan {
	double people;	/* expected and eligible, of all arms */
	double control; /* the control's share of them */
	double treated; /* the compared arm's */
	double base;	/* the rate in control */
	double alpha;
	double power;
};

/* Whether any rise of the rate can be seen, and the smallest: 0.034 is 3.4
 * points. An arm of fewer people than comparison.h needs responses sees none.
 * The sequence is tuned to the people expected. */
bool power_visible(const struct power_plan *plan, double *rise);

/* The people it takes to see that rise; false where it cannot be one. */
bool power_people(const struct power_plan *plan, double rise, double *people);

/* The smallest share of control, in steps of 0.05 and no smaller than the
 * plan's, with which the visible rise is at most a fifth above what half of
 * the people would show; other arms keep their proportion. 0 where nothing
 * helps. */
double power_suggest(const struct power_plan *plan);

/* Responses that control is expected to bring: comparison.h needs some before
 * it shows an interval. */
double power_responses(const struct power_plan *plan);

#endif
