#include "tools/measure/evidence.h"

#include <float.h>
#include <math.h>

#include "tools/measure/distribution.h"

/* As far as evidence goes: finite, so that it can be printed. */
#define PROOF 1e6

static double
total_of(const double *numbers, size_t count)
{
	double total = 0;

	for (size_t i = 0; i < count; i++)
		total += fmax(numbers[i], 0);
	return total;
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
		if (!(counts[i] > 0))
			continue;
		if (!(shares[i] > 0))
			return PROOF;
		log_e += lgamma(prior + counts[i]) - lgamma(prior) -
			 counts[i] * log(shares[i] / all);
	}
	return fmin(log_e, PROOF);
}

void
sample_ratio_read(const double *counts, const double *shares, size_t count,
    struct sample_ratio *out)
{
	double n = total_of(counts, count), all = total_of(shares, count);

	*out =
	    (struct sample_ratio){ .freedom = count ? (double)count - 1 : 0 };
	for (size_t i = 0; i < count && n > 0; i++) {
		double expected = shares[i] / all * n;
		double off = counts[i] - expected;

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
	return fmin(
	    weight / (1 + weight) * z * z / 2 - log1p(weight) / 2, PROOF);
}

double
sequence_critical(double n, double rho_square, double alpha)
{
	double weight = n * rho_square;

	if (!(weight > 0) || !(alpha > 0))
		return INFINITY;
	return sqrt(2 * (weight + 1) / weight *
		    fmax(log1p(weight) / 2 - log(alpha), 0));
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
