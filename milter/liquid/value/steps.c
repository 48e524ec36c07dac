#include "milter/liquid/value/steps.h"

#include "store/base/monotonic.h"

/* Steps between two looks at the clock: about a tenth of a millisecond. */
enum { SLICE = 8192 };

struct work
work_new(uint64_t steps, int64_t deadline)
{
	struct work work = { .reserve = steps, .deadline = deadline };

	/* Without a deadline there is nothing to stop for. */
	if (deadline == 0) {
		work.left = steps;
		work.reserve = 0;
	}
	return work;
}

uint64_t
work_steps(const struct work *work)
{
	return work->left + work->reserve;
}

static bool
end(struct work *work, enum work_end how)
{
	work->left = work->reserve = 0;
	if (work->end == WORK_GOING)
		work->end = how;
	return false;
}

bool
work_more(struct work *work, uint64_t steps)
{
	uint64_t wanted = steps - work->left;

	if (work_ended(work) || wanted > work->reserve)
		return end(work, WORK_SPENT);
	if (work->deadline != 0 && monotonic_us() > work->deadline)
		return end(work, WORK_LATE);
	work->reserve -= wanted;
	work->left = work->reserve < SLICE ? work->reserve : SLICE;
	work->reserve -= work->left;
	return true;
}

int
work_fail(const struct work *work, struct err *err)
{
	if (work->end == WORK_LATE)
		return err_set(err, ERR_DEADLINE,
		    "the templates did not end before the deadline");
	return err_set(err, ERR_LIMIT, "the rendering takes too many steps");
}
