/*
 * The difference between two arms, as they stand: how large, how uncertain,
 * and an interval for somebody who looks once. Who looks every day takes
 * sequence.h.
 */
#ifndef INLAY_TOOLS_LIFT_H
#define INLAY_TOOLS_LIFT_H

#include <stdbool.h>

#include "tools/measure/sample.h"

struct interval {
	double low, high;
};

struct lift {
	double difference; /* treated less control */
	double error;	   /* its standard error */
	double freedom;	   /* after Welch (1947); for rates take INFINITY */
};

/* Whether there is a difference to speak of: people in both arms, and not
 * all of them alike. */
bool lift_absolute(const struct sample *control, const struct sample *treated,
    struct lift *out);

/* The same as a part of the control's mean, by the delta method; false too
 * where that mean is 0. */
bool lift_relative(const struct sample *control, const struct sample *treated,
    struct lift *out);

/* The interval of 1 - alpha, and the two-sided p of no difference, by
 * Student's t. */
struct interval lift_interval(const struct lift *lift, double alpha);
double lift_p(const struct lift *lift);

/* The interval of a rate after Wilson (1927); of nothing, all of [0, 1]. */
struct interval rate_interval(double hits, double n, double alpha);

#endif
