#include "tools/measure/attribution.h"

#include <math.h>

const struct exposure *
attribution_anchor(
    const struct history *history, struct span campaign, struct span version)
{
	const struct exposure *first = NULL;

	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *one = &history->exposures[i];

		if (one->state != EXPOSURE_VOID && one->arm.len != 0 &&
		    span_eq(one->campaign, campaign) &&
		    span_eq(one->version, version) &&
		    (first == NULL || one->time < first->time))
			first = one;
	}
	return first;
}

/* A time later by so much, at most the end of all time. */
static int64_t
time_after(int64_t time, int64_t by)
{
	return by > 0 && time > INT64_MAX - by ? INT64_MAX : time + by;
}

struct attribution
attribution_begin(int64_t anchor, int64_t within, double cap, int64_t now)
{
	int64_t until = time_after(anchor, within);

	return (struct attribution){ .from = anchor,
		.until = until,
		.cap = cap,
		.complete = now >= until };
}

bool
attribution_add(struct attribution *attribution, int64_t time, double value)
{
	if (time < attribution->from || time >= attribution->until)
		return false;
	attribution->events++;
	attribution->sum += isfinite(value) ? value : 0;
	return true;
}

double
attribution_value(const struct attribution *attribution)
{
	double sum = fmax(attribution->sum, 0);

	return attribution->cap > 0 ? fmin(sum, attribution->cap) : sum;
}
