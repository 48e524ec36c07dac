#include "milter/decide/select.h"

void
candidate_count(
    struct candidate *candidate, int64_t time, int64_t now, int64_t window)
{
	if (time > now)
		return;
	candidate->seen++;
	if (time > candidate->last)
		candidate->last = time;
	candidate->counted += select_in_window(time, now, window);
}

static bool
candidate_eligible(const struct candidate *one, int64_t now)
{
	return one->eligible && one->valid_from <= now &&
	       now < one->valid_until && one->counted < one->cap;
}

/* Whether one comes before the other, where the listed order does not say. */
static bool
candidate_before(const struct candidate *one, const struct candidate *other)
{
	if ((one->seen == 0) != (other->seen == 0))
		return one->seen == 0;
	if (one->priority != other->priority)
		return one->priority > other->priority;
	return one->seen != 0 && one->last < other->last;
}

int
select_one(const struct candidate *candidates, size_t count, int64_t now)
{
	int best = -1;

	for (size_t i = 0; i < count; i++) {
		if (!candidate_eligible(&candidates[i], now))
			continue;
		if (best < 0 ||
		    candidate_before(&candidates[i], &candidates[best]))
			best = (int)i;
	}
	return best;
}
