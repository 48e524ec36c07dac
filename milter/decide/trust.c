#include "milter/decide/trust.h"

#include <math.h>

#include "store/base/unicode.h"

#define SECONDS_A_DAY 86400.0
#define ROUNDING 1e-9

double
trust_decay(const struct quality *quality, int64_t age)
{
	double periods;

	if (age < 0)
		age = 0;
	if (!(quality->period_days > 0))
		return quality->decay == DECAY_NONE || age == 0 ? 1 : 0;
	periods = (double)age / SECONDS_A_DAY / quality->period_days;
	switch (quality->decay) {
	case DECAY_LINEAR:
		return periods < 1 ? 1 - periods : 0;
	case DECAY_HALF_LIFE:
		return pow(0.5, periods);
	case DECAY_NONE:
		break;
	}
	return 1;
}

double
trust_worth(const struct testimony *testimony, int64_t now)
{
	const struct quality *quality = testimony->quality;
	int64_t age;

	if (!testimony->valid || quality == NULL)
		return 0;
	if (quality->decay == DECAY_NONE)
		return quality->weight / 100;
	if (__builtin_sub_overflow(now, testimony->at, &age))
		age = now < testimony->at ? 0 : INT64_MAX;
	return quality->weight / 100 * trust_decay(quality, age);
}

/* Whether one survives the other, their worths given. */
static bool
testimony_beats(const struct testimony *one, double worth,
    const struct testimony *other, double other_worth)
{
	if (worth != other_worth)
		return worth > other_worth;
	if (one->at != other->at)
		return one->at > other->at;
	return one->rank < other->rank;
}

static int
survivor_find(const struct testimony *testimonies, size_t count, int64_t now)
{
	int best = -1;
	double best_worth = 0;

	for (size_t i = 0; i < count; i++) {
		double worth = trust_worth(&testimonies[i], now);

		if (worth > 0 &&
		    (best < 0 || testimony_beats(&testimonies[i], worth,
				     &testimonies[best], best_worth))) {
			best = (int)i;
			best_worth = worth;
		}
	}
	return best;
}

/* The most that the source of testimony first says for the value, counted
 * where it speaks for it for the first time; 0 otherwise. */
static double
source_support(const struct testimony *testimonies, size_t count, size_t first,
    struct span value, int64_t now)
{
	double most = 0;

	for (size_t i = 0; i < count; i++) {
		double worth;

		if (!span_eq(testimonies[i].source, testimonies[first].source))
			continue;
		worth = trust_worth(&testimonies[i], now);
		if (!(worth > 0) || !unicode_same(testimonies[i].value, value))
			continue;
		if (i < first)
			return 0;
		if (worth > most)
			most = worth;
	}
	return most;
}

struct trust
trust_survivor(const struct testimony *testimonies, size_t count, int64_t now)
{
	struct trust out = { survivor_find(testimonies, count, now), 0, false };
	double doubt = 1;
	struct span value;

	if (out.survivor < 0)
		return out;
	value = testimonies[out.survivor].value;
	for (size_t i = 0; i < count; i++) {
		if (!(trust_worth(&testimonies[i], now) > 0))
			continue;
		if (unicode_same(testimonies[i].value, value))
			doubt *= 1 - source_support(
					 testimonies, count, i, value, now);
		else
			out.conflict = true;
	}
	out.confidence = 1 - doubt;
	return out;
}

bool
trust_usable(const struct trust *trust, double threshold)
{
	return trust->survivor >= 0 &&
	       trust->confidence >= threshold - ROUNDING;
}
