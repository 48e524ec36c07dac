#include "store/base/chance.h"

#include <math.h>

struct beta
beta_update(double prior, double weight, double hits, double trials)
{
	struct beta out;
	double total = weight + trials;

	if (!(total > 0))
		return (struct beta){ prior, prior * (1 - prior) };
	out.mean = (weight * prior + hits) / total;
	out.variance = out.mean * (1 - out.mean) / (total + 1);
	return out;
}

double
chance_above_zero(double mean, double deviation)
{
	double z = mean / deviation;

	if (!(deviation > 0))
		return mean > 0 ? 1 : mean < 0 ? 0 : 0.5;
	return isnan(z) ? 0.5 : 0.5 * erfc(-z / sqrt(2));
}
