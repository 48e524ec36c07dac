/*
 * Chances, as far as a mail's decision and a report both need them: the
 * normal distribution, and a rate that is only known so far. Nothing here
 * answers NaN.
 */
#ifndef INLAY_STORE_CHANCE_H
#define INLAY_STORE_CHANCE_H

/* A rate between 0 and 1 of which a prior and some trials are known: the Beta
 * distribution's mean and variance. */
struct beta {
	double mean;
	double variance;
};

/* The rate after so many hits in so many trials; the prior weighs as much as
 * weight trials. */
struct beta beta_update(
    double prior, double weight, double hits, double trials);

/* Probability that a normal variable of this mean and deviation is above
 * zero; a deviation of 0 makes it certain, NaN as likely as not. */
double chance_above_zero(double mean, double deviation);

#endif
