#include "tools/measure/evidence.h"

#include <float.h>
#include <math.h>

#include "tools/measure/distribution.h"

/* As far as evidence goes: finite, so that it can be printed. */
#define PROOF 1e6

/* A count or a share as it counts: what is none is 0. */
static double
counted(double number)
{
	return isfinite(number) && number > 0 ? number : 0;
}

static double
total_of(const double *numbers, size_t count)
{
	double total = 0;

	for (size_t i = 0; i < count; i++)
		total += counted(numbers[i]);
	return total;
}

static double
bounded(double log_e)
{
	return isnan(log_e) ? 0 : fmin(fmax(log_e, -PROOF), PROOF);
}

double
evidence_p(double log_e)
{
	return fmin(exp(-log_e), 1);
}

double
evidence_shares(
    const double *counts, const double *shares, size_t count, double prior)
{
	double n = total_of(counts, count), all = total_of(shares, count);
	double weight = prior * (double)count;
	double log_e = lgamma(weight) - lgamma(weight + n);

	if (!(n > 0) || !(all > 0) || !(prior > 0) || !isfinite(n))
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (!(counted(counts[i]) > 0))
			continue;
		if (!(counted(shares[i]) > 0))
			return PROOF;
		log_e += lgamma(prior + counts[i]) - lgamma(prior) -
			 counts[i] * log(shares[i] / all);
	}
	return bounded(log_e);
}

void
sample_ratio_read(const double *counts, const double *shares, size_t count,
    struct sample_ratio *out)
{
	double n = total_of(counts, count), all = total_of(shares, count);

	*out =
	    (struct sample_ratio){ .freedom = count ? (double)count - 1 : 0 };
	for (size_t i = 0; i < count && n > 0 && all > 0; i++) {
		double expected = counted(shares[i]) / all * n;
		double off = counted(counts[i]) - expected;

		if (expected > 0)
			out->chi_square += off * off / expected;
	}
	out->p = chi_square_above(out->chi_square, out->freedom);
	out->log_e = evidence_shares(counts, shares, count, 1);
	out->alarm = out->log_e >= log(RATIO_ALARM);
}

double
sequence_rho_square(double planned, double alpha)
{
	double twice = -2 * log(alpha);

	return planned > 0 ? (twice + log1p(twice)) / planned : 0;
}

double
evidence_mean(double z, double n, double rho_square)
{
	double weight = n * rho_square;

	if (isnan(z) || !(weight > 0))
		return 0;
	return bounded(z * z / 2 / (1 + 1 / weight) - log1p(weight) / 2);
}

double
sequence_critical(double n, double rho_square, double alpha)
{
	double weight = n * rho_square;

	if (!(weight > 0) || !(alpha > 0))
		return INFINITY;
	return sqrt(
	    2 * (1 + 1 / weight) * fmax(log1p(weight) / 2 - log(alpha), 0));
}

void
sequence_read(const struct lift *lift, double n, double planned, double alpha,
    struct sequence *out)
{
	double rho_square = sequence_rho_square(planned, alpha);
	double half = lift->error * sequence_critical(n, rho_square, alpha);

	out->interval = (struct interval){ lift->difference - half,
		lift->difference + half };
	out->log_e =
	    lift->error > 0
		? evidence_mean(lift->difference / lift->error, n, rho_square)
		: 0;
	out->p = evidence_p(out->log_e);
}
