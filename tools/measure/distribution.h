/*
 * The distributions that a report needs beyond the normal one, from libm and
 * published algorithms. Every function answers for every argument: NaN is
 * taken for "nothing known" (a tail of 1, a quantile of 0).
 */
#ifndef INLAY_TOOLS_DISTRIBUTION_H
#define INLAY_TOOLS_DISTRIBUTION_H

/* The z below which a normal variable stays with probability p; p is held
 * inside (1e-300, 1 - 1e-16). */
double normal_quantile(double p);

/* Probability that chi-square with so many degrees of freedom is above x. */
double chi_square_above(double x, double freedom);

/* Probability that Student's t is farther from zero than t, on either side;
 * an infinite freedom is the normal distribution. */
double student_beyond(double t, double freedom);

/* The t beyond which Student's t lies with probability p, both sides. */
double student_critical(double p, double freedom);

#endif
