/*
 * Evidence that may be looked at as often as one likes: e-values, whose mean
 * is at most 1 while nothing is the matter, so that one of 20 or more at any
 * time comes with a probability of at most 1 in 20 (Ville 1939). They are
 * kept as logarithms.
 */
#ifndef INLAY_TOOLS_EVIDENCE_H
#define INLAY_TOOLS_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/measure/lift.h"

/* The sample ratio alarms at an e-value of 1000. */
#define RATIO_ALARM 1000.0

/* p that is valid at every look: 1 / e, at most 1. */
double evidence_p(double log_e);

/* Against counts that fall upon arms by their shares, as Lindon and Malek
 * (2022): the mixture over a flat Dirichlet prior of this weight an arm (1).
 * Shares need not sum to 1; a count where the share is 0 is proof. Of people
 * by arm it is the sample ratio, of conversions by arm the question whether
 * an arm converts more than another. */
double evidence_shares(
    const double *counts, const double *shares, size_t count, double prior);

/* How people fell upon arms, against how they should. */
struct sample_ratio {
	double chi_square;
	double freedom;
	double p;     /* of chi-square, for one look */
	double log_e; /* for every look */
	bool alarm;   /* e of RATIO_ALARM: no lift may be printed */
};

void sample_ratio_read(const double *counts, const double *shares, size_t count,
    struct sample_ratio *out);

/* The mixture's rho squared that makes the interval narrowest at so many
 * people (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021, eq. 155). It
 * is to be fixed before the first look. */
double sequence_rho_square(double planned, double alpha);

/* A mean's distance from zero, z standard errors, after n people: the normal
 * mixture of Robbins (1970); also mSPRT with tau squared = rho squared x n x
 * error squared. */
double evidence_mean(double z, double n, double rho_square);

/* How many standard errors the interval reaches on either side after n
 * people; infinite for none. */
double sequence_critical(double n, double rho_square, double alpha);

/* A difference, as a sequence of looks sees it. */
struct sequence {
	struct interval interval;
	double log_e; /* against no difference */
	double p;
};

/* The asymptotic confidence sequence of a difference: n people in both arms,
 * tuned to the number planned. One-sided at alpha is two-sided at twice that,
 * one end of it. */
void sequence_read(const struct lift *lift, double n, double planned,
    double alpha, struct sequence *out);

#endif
