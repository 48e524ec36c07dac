#include "tools/measure/multiplicity.h"

#include <math.h>
#include <stdint.h>

/* Every list here is walked in order without being moved: each step looks for
 * the next value, which is quadratic. They are segments and goals, tens. */
#define NONE SIZE_MAX

/* Whether one value is listed before another: the smaller, of equals the
 * first, NaN last. */
static bool
goes_before(const double *values, size_t one, size_t other)
{
	double a = isnan(values[one]) ? INFINITY : values[one];
	double b = isnan(values[other]) ? INFINITY : values[other];

	return a < b || (a == b && one < other);
}

/* The value after this one, or the first of all after NONE. */
static size_t
next_up(const double *values, size_t count, size_t last)
{
	size_t best = NONE;

	for (size_t i = 0; i < count; i++)
		if ((last == NONE || goes_before(values, last, i)) &&
		    (best == NONE || goes_before(values, i, best)))
			best = i;
	return best;
}

static size_t
next_down(const double *values, size_t count, size_t last)
{
	size_t best = NONE;

	for (size_t i = 0; i < count; i++)
		if ((last == NONE || goes_before(values, i, last)) &&
		    (best == NONE || goes_before(values, best, i)))
			best = i;
	return best;
}

/* p times a factor, as a probability. */
static double
scaled(double p, double factor)
{
	return isnan(p) ? 1 : fmin(fmax(p, 0) * factor, 1);
}

void
holm_adjust(const double *p, size_t count, double *adjusted)
{
	double largest = 0;
	size_t at = NONE;

	for (size_t left = count; left > 0; left--) {
		at = next_up(p, count, at);
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
		at = next_down(p, count, at);
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
		at = next_down(log_e, count, at);
		chosen[at] = false;
		/* K / (alpha k), a hair less: exp(log 10) is not quite 10. */
		if (log_e[at] >=
		    log((double)count / alpha / (double)rank) - 1e-12)
			held = rank;
	}
	at = NONE;
	for (size_t rank = 1; rank <= held; rank++) {
		at = next_down(log_e, count, at);
		chosen[at] = true;
	}
	return held;
}

double
chosen_alpha(double alpha, size_t chosen, size_t count)
{
	return count > 0 ? alpha * (double)chosen / (double)count : alpha;
}
