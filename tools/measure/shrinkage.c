#include "tools/measure/shrinkage.h"

#include <math.h>

#include "store/base/chance.h"

/* The weight of a group when groups differ by this variance; 0 for one that
 * measured nothing. */
static double
effect_weight(const struct effect *effect, double between)
{
	double square = effect->error * effect->error;

	if (!(effect->error > 0) || !isfinite(effect->mean) ||
	    !isfinite(square) || !(square > 0))
		return 0;
	return 1 / (square + between);
}

/* The weighted mean of the groups and the sums of weights. */
struct weighing {
	double sum, squares, mean;
};

static struct weighing
effects_weigh(const struct effect *effects, size_t count, double between)
{
	struct weighing out = { 0, 0, 0 };

	for (size_t i = 0; i < count; i++) {
		double weight = effect_weight(&effects[i], between);

		if (!(weight > 0))
			continue;
		out.sum += weight;
		out.squares += weight * weight;
		out.mean += (effects[i].mean - out.mean) * weight / out.sum;
	}
	return out;
}

struct common_effect
effects_common(const struct effect *effects, size_t count)
{
	struct weighing fixed = effects_weigh(effects, count, 0), random;
	struct common_effect out = { 0, 0, 0, 0 };
	double known = 0, spread = fixed.sum - fixed.squares / fixed.sum;

	if (!(fixed.sum > 0))
		return out;
	for (size_t i = 0; i < count; i++) {
		double weight = effect_weight(&effects[i], 0);
		double off = effects[i].mean - fixed.mean;

		if (!(weight > 0))
			continue;
		known++;
		out.q += weight * off * off;
	}
	if (spread > 0 && isfinite(out.q))
		out.between = fmax((out.q - (known - 1)) / spread, 0);
	random = effects_weigh(effects, count, out.between);
	out.mean = random.mean;
	out.error = random.sum > 0 ? 1 / sqrt(random.sum) : 0;
	return out;
}

struct shrunk_effect
effect_shrink(const struct effect *own, const struct common_effect *common)
{
	double square = own->error * own->error;
	double weight = effect_weight(own, 0) > 0
			    ? common->between / (common->between + square)
			    : 0;
	double rest = 1 - weight, variance;
	struct shrunk_effect out = { common->mean, 0, weight, 0 };

	variance = rest * rest * common->error * common->error;
	if (effect_weight(own, 0) > 0) {
		out.mean += weight * (own->mean - common->mean);
		variance += weight * square;
	} else {
		variance += common->between;
	}
	out.deviation = sqrt(variance);
	out.above_zero = chance_above_zero(out.mean, out.deviation);
	return out;
}
