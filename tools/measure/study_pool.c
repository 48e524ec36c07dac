/*
 * Several campaigns looked at as one. The unit of what is compared is the
 * enrolment, that of chance the person.
 */
#include "tools/measure/walked.h"

/* An event counts once, for the nearest enrolment before it: a later one ends
 * the window. */
static struct deed
deed_nearest(const struct walked *walked, const struct anchor *anchor)
{
	const struct goal *goal = anchor->studied->goals[0];
	int64_t from = anchor->entry->time;
	int64_t until = deed_window_end(anchor, goal);

	for (size_t i = 0; i < walked->anchor_count; i++) {
		const struct anchor *other = &walked->anchors[i];

		if (other->studied && other->studied->pooled &&
		    other->entry->time > from && other->entry->time < until)
			until = other->entry->time;
	}
	return deed_between(walked, anchor->studied, goal, from, until);
}

/* The sides of a comparison of campaigns as one: 0 control, 1 others, -1 no
 * part of it. */
static int
side_of(const struct study *study, const struct anchor *anchor)
{
	bool held_out = span_eq(anchor->entry->arm, SPAN("holdout"));

	if (!anchor->studied || !anchor->studied->pooled ||
	    anchor->entry->time < study->options.since ||
	    anchor->entry->time > study->options.now)
		return -1;
	if (study->options.pool == POOL_HOLDOUT)
		return !held_out;
	if (held_out || span_eq(anchor->entry->arm, SPAN("none")))
		return -1;
	return !anchor->control;
}

void
walked_add_pool(struct walked *walked)
{
	enum exposure_eligible eligible = ELIGIBLE_UNKNOWN;
	double y[2] = { 0, 0 }, m[2] = { 0, 0 };
	struct pool_sums *pool;
	struct opening opening = { .day = 0 };
	size_t open = 0;
	int first = -1;
	uint64_t responded[2] = { 0, 0 };

	for (size_t i = 0; i < walked->anchor_count; i++) {
		const struct anchor *anchor = &walked->anchors[i];
		int side = side_of(walked->study, anchor);
		struct deed sum;

		if (side < 0)
			continue;
		if (first < 0) {
			eligible = anchor->entry->eligible;
			opening = opening_of(anchor->entry->time);
			first = side;
		}
		if (deed_window_end(anchor, anchor->studied->goals[0]) >
		    walked->study->options.now) {
			open++;
			continue;
		}
		sum = deed_nearest(walked, anchor);
		responded[side] += sum.responded;
		y[side] += sum.outcome;
		m[side]++;
	}
	if (first < 0)
		return;
	pool = &walked->study->sums.pool[eligible];
	pool->people[first]++;
	opening_add(&pool->opening, &opening);
	pool->open += open;
	for (int side = 0; side < 2; side++) {
		pool->enrolments[side] += (uint64_t)m[side];
		pool->responded[side] += responded[side];
		pool->sum[side] += y[side];
		pool->yy[side] += y[side] * y[side];
		pool->ym[side] += y[side] * m[side];
		pool->mm[side] += m[side] * m[side];
	}
	pool->y0y1 += y[0] * y[1];
	pool->y0m1 += y[0] * m[1];
	pool->m0y1 += m[0] * y[1];
	pool->m0m1 += m[0] * m[1];
}
