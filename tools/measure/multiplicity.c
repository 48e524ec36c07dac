#include "tools/measure/multiplicity.h"

#include <math.h>
#include <stdint.h>

/* Every list here is walked in order without being moved: each step looks for
 * the next value, which is quadratic. They are segments and goals, tens. */
#define NONE SIZE_MAX

/* A number as it is ranked, by what NaN shall be. */
static double
ranked(double value, double nan)
{
	return isnan(value) ? nan : value;
}

/* Whether one value is listed before another: the smaller, of equals the
 * first. NaN counts as nan does. */
static bool
goes_before(const double *values, size_t one, size_t other, double nan)
{
	double a = ranked(values[one], nan), b = ranked(values[other], nan);

	return a < b || (a == b && one < other);
}

/* The value after this one, or the first of all after NONE. */
static size_t
next_up(const double *values, size_t count, size_t last, double nan)
{
	size_t best = NONE;

	for (size_t i = 0; i < count; i++)
		if ((last == NONE || goes_before(values, last, i, nan)) &&
		    (best == NONE || goes_before(values, i, best, nan)))
			best = i;
	return best;
}

static size_t
next_down(const double *values, size_t count, size_t last, double nan)
{
	size_t best = NONE;

	for (size_t i = 0; i < count; i++)
		if ((last == NONE || goes_before(values, i, last, nan)) &&
		    (best == NONE || goes_before(values, best, i, nan)))
			best = i;
	return best;
}

/* p times a factor, as a probability. */
static double
scaled(double p, double factor)
{
	return fmin(fmax(ranked(p, 1), 0) * factor, 1);
}

void
holm_adjust(const double *p, size_t count, double *adjusted)
{
	double largest = 0;
	size_t at = NONE;

	for (size_t left = count; left > 0; left--) {
		at = next_up(p, count, at, INFINITY);
		largest = fmax(largest, scaled(p[at], (double)left));
		adjusted[at] = largest;
	}
}

void
benjamini_hochberg_adjust(const double *p, size_t count, double *adjusted)
{
	double smallest = 1;
	size_t at = NONE;

	for (size_t rank = count; rank > 0; rank--) {
		at = next_down(p, count, at, INFINITY);
		smallest =
		    fmin(smallest, scaled(p[at], (double)count / (double)rank));
		adjusted[at] = smallest;
	}
}

size_t
e_values_choose(const double *log_e, size_t count, double alpha, bool *chosen)
{
	size_t held = 0, at = NONE;

	for (size_t rank = 1; rank <= count; rank++) {
		at = next_down(log_e, count, at, -INFINITY);
		chosen[at] = false;
		/* K / (alpha k), a hair less: exp(log 10) is not quite 10. */
		if (log_e[at] >=
		    log((double)count / alpha / (double)rank) - 1e-12)
			held = rank;
	}
	at = NONE;
	for (size_t rank = 1; rank <= held; rank++) {
		at = next_down(log_e, count, at, -INFINITY);
		chosen[at] = true;
	}
	return held;
}

double
chosen_alpha(double alpha, size_t chosen, size_t count)
{
	return count > 0 ? alpha * (double)chosen / (double)count : alpha;
}
