#include "tools/measure/lift.h"

#include <math.h>

#include "tools/measure/distribution.h"

/* The part of one arm in the degrees of freedom: nothing from one person,
 * of whom no variance is known. */
static double
freedom_part(double variance, double n)
{
	return n > 1 ? variance * variance / (n - 1) : 0;
}

/* Makes the difference out of the variances of both arms' parts in it. */
static bool
lift_make(struct lift *out, double difference, double control, double nc,
    double treated, double nt)
{
	double variance = control + treated;
	double parts = freedom_part(control, nc) + freedom_part(treated, nt);

	*out = (struct lift){ difference, sqrt(fmax(variance, 0)),
		parts > 0 ? variance * variance / parts : INFINITY };
	if (isfinite(difference) && isfinite(variance) && variance > 0)
		return true;
	*out = (struct lift){ .freedom = INFINITY };
	return false;
}

bool
lift_absolute(const struct sample *control, const struct sample *treated,
    struct lift *out)
{
	return lift_make(out, treated->mean - control->mean,
	    control->variance / control->n, control->n,
	    treated->variance / treated->n, treated->n);
}

bool
lift_relative(const struct sample *control, const struct sample *treated,
    struct lift *out)
{
	double base = control->mean, ratio = treated->mean / base;
	double square = base * base;
	struct lift absolute;
	bool known = lift_absolute(control, treated, &absolute);

	*out = absolute;
	known = known &&
		lift_make(out, absolute.difference / fabs(base),
		    control->variance / control->n * ratio * ratio / square,
		    control->n, treated->variance / treated->n / square,
		    treated->n);
	/* As published: the freedom is that of the difference itself. */
	out->freedom = absolute.freedom;
	return known;
}

struct interval
lift_interval(const struct lift *lift, double alpha)
{
	double half = lift->error * student_critical(alpha, lift->freedom);

	return (struct interval){ lift->difference - half,
		lift->difference + half };
}

double
lift_p(const struct lift *lift)
{
	if (!(lift->error > 0))
		return 1;
	return student_beyond(lift->difference / lift->error, lift->freedom);
}

struct interval
rate_interval(double hits, double n, double alpha)
{
	double z = -normal_quantile(alpha / 2), square = z * z;
	double rate = hits / n, total = n + square;
	double middle, half;

	if (!(n > 0) || !(hits >= 0) || !isfinite(total))
		return (struct interval){ 0, 1 };
	middle = (hits + square / 2) / total;
	half = z * sqrt(fmax(rate * (1 - rate), 0) * n + square / 4) / total;
	return (
	    struct interval){ fmax(middle - half, 0), fmin(middle + half, 1) };
}
