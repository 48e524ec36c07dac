#include "tools/measure/sample.h"

#include <math.h>

void
moments_add(struct moments *moments, double y, double x)
{
	const struct moments one = { .n = 1, .mean = y, .before = x };

	moments_merge(moments, &one);
}

void
moments_merge(struct moments *moments, const struct moments *other)
{
	double n = moments->n + other->n;
	double y = other->mean - moments->mean;
	double x = other->before - moments->before;
	double weight, share;

	if (!(other->n > 0))
		return;
	share = other->n / n;
	weight = moments->n * share;
	moments->squares += other->squares + y * y * weight;
	moments->before_squares += other->before_squares + x * x * weight;
	moments->products += other->products + x * y * weight;
	moments->mean += y * share;
	moments->before += x * share;
	moments->n = n;
}

struct sample
sample_of_rate(double hits, double n)
{
	double rate = n > 0 ? hits / n : 0;

	return (struct sample){ n, rate, fmax(rate * (1 - rate), 0) };
}

struct sample
sample_of_moments(const struct moments *moments)
{
	double freedom = moments->n - 1;

	return (struct sample){ moments->n, moments->mean,
		freedom > 0 ? moments->squares / freedom : 0 };
}

double
cuped_theta(const struct moments *pooled)
{
	double theta = pooled->products / pooled->before_squares;

	return pooled->before_squares > 0 && isfinite(theta) ? theta : 0;
}

struct sample
cuped_sample(const struct moments *arm, double theta, double before)
{
	double freedom = arm->n - 1;
	double squares = arm->squares + theta * theta * arm->before_squares -
			 2 * theta * arm->products;

	return (struct sample){ arm->n,
		arm->mean - theta * (arm->before - before),
		freedom > 0 ? fmax(squares, 0) / freedom : 0 };
}
