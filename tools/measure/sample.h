/*
 * Sums over people, and what is known of a mean from them. Moments grow one
 * person at a time and two become one, so that a scan may be cut in
 * parts; it is updated as Welford (1962) and merged as Chan, Golub and
 * LeVeque (1979) did, and does not lose digits to large sums.
 */
#ifndef INLAY_TOOLS_SAMPLE_H
#define INLAY_TOOLS_SAMPLE_H

/* Sums of y, what a person did, and of x, what was known of them before. */
struct moments {
	double n;
	double mean;	/* of y */
	double squares; /* sum of squared deviations of y from its mean */
	double before;	/* mean of x; 0 where there is none */
	double before_squares;
	double products; /* of the two deviations */
};

void moments_add(struct moments *moments, double y, double x);
void moments_merge(struct moments *moments, const struct moments *other);

/* A mean, of how many, and the variance of one of them. */
struct sample {
	double n;
	double mean;
	double variance;
};

/* A rate of hits among n: variance p (1 - p). */
struct sample sample_of_rate(double hits, double n);

/* The mean of y: variance of n - 1. */
struct sample sample_of_moments(const struct moments *moments);

/* The slope of y on x over all people of the arms together (Deng, Xu, Kohavi
 * and Walker 2013); 0 where x says nothing. */
double cuped_theta(const struct moments *pooled);

/* An arm's mean with what was known before taken out of it; before is the
 * mean of x over all arms. */
struct sample cuped_sample(
    const struct moments *arm, double theta, double before);

#endif
