/*
 * Two arms compared, every day anew: what may be said of them, in the words
 * of a report. It says nothing before there is something to go by, and its
 * error over all looks together is at most alpha.
 */
#ifndef INLAY_TOOLS_COMPARISON_H
#define INLAY_TOOLS_COMPARISON_H

#include "store/catalog/measure.h"
#include "tools/measure/evidence.h"
#include "tools/measure/lift.h"

/* People who did it (for money: who brought any) that each compared arm needs
 * before an interval is true. */
#define RESPONSES_NEEDED MEASURE_RESPONSES

enum comparison_word {
	COMPARISON_TOO_FEW, /* responses: there is no interval */
	COMPARISON_UNKNOWN, /* there is one, and zero lies in it */
	COMPARISON_BETTER,
	COMPARISON_WORSE
};

struct comparison_arm {
	struct sample sample;
	double responses;
	/* Of all people, by the campaign; 0 where it is not the responses that
	 * are compared, but money. */
	double share;
};

struct comparison {
	enum comparison_word word;
	bool shown;	  /* lift and sequence hold something */
	struct lift lift; /* treated less control */
	struct sequence sequence;
	double fewest;	     /* responses in the arm that has fewer */
	double shares_log_e; /* do the responses fall as the people do? */
};

/* Compares the treated arm with the control, all of them people whose window
 * is over. The sequence is tuned to the number of people planned; responses
 * needed in each arm, RESPONSES_NEEDED unless the campaign says otherwise.
 * With fewer there is no interval, and only the responses by arm speak. */
void compare(const struct comparison_arm *control,
    const struct comparison_arm *treated, double planned, double needed,
    double alpha, struct comparison *out);

/* What a sequence says once it may be read: better or worse where its interval
 * is on one side of 0, else not known yet. */
enum comparison_word sequence_word(const struct sequence *sequence);

/* The word as reports print it: "better", "not known yet" ... */
const char *comparison_word(enum comparison_word word);

#endif
