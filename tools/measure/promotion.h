/*
 * What to do with a challenger: promote it, retire it, stop, or go on. The
 * questions are asked in one order, and the first that has an answer decides.
 */
#ifndef INLAY_TOOLS_PROMOTION_H
#define INLAY_TOOLS_PROMOTION_H

#include <stdbool.h>

/* People that the smaller arm needs, whatever the campaign says. */
#define PROMOTION_UNITS 100

struct promotion_question {
	bool ratio_alarm; /* people do not fall upon arms as they should */
	double harm;	  /* probability that a guard rail is broken */
	double days, min_days;
	double units;			 /* people in the smaller arm */
	double responses, min_responses; /* in the arm that has fewer */
	double p; /* of no difference, valid at every look */
	double alpha;
	double difference; /* challenger less champion */
	double people,
	    max_people; /* in all; and where patience ends, 0 never */
};

enum promotion_decision {
	PROMOTION_CONTINUE,
	PROMOTION_STOP,
	PROMOTION_PROMOTE,
	PROMOTION_RETIRE
};

#define PROMOTION_REASONS 3

struct promotion {
	enum promotion_decision decision;
	const char *why[PROMOTION_REASONS]; /* stable words; NULL ends them */
	bool next; /* a new challenger's place is to be opened */
};

struct promotion promotion_decide(const struct promotion_question *question);

/* "continue", "stop", "promote", "retire_challenger". */
const char *promotion_word(enum promotion_decision decision);

#endif
