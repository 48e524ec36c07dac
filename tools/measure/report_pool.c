/*
 * Several campaigns as one: a topic's, or all that keep the same people out.
 */
#include <math.h>

#include "tools/measure/reporting.h"
#include "tools/out.h"

/* The sums that are compared: of the eligible where it is known who they are.
 */
static struct pool_sums
pool_compared(const struct sums *sums, bool *known)
{
	const struct pool_sums *by = sums->pool;

	*known = by[ELIGIBLE_YES].people[0] + by[ELIGIBLE_YES].people[1] +
		     by[ELIGIBLE_NO].people[0] + by[ELIGIBLE_NO].people[1] >
		 0;
	return by[*known ? ELIGIBLE_YES : ELIGIBLE_UNKNOWN];
}

/* The variance of a sum over people of y less the mean times m, over n
 * squared. */
static double
spread(const struct pool_sums *pool, int side, double mean, double n)
{
	return (pool->yy[side] - 2 * mean * pool->ym[side] +
		   mean * mean * pool->mm[side]) /
	       (n * n);
}

/* The difference of the means of enrolments; people who have some on both
 * sides pull both, which is what the last term takes out (the sandwich of
 * Liang and Zeger 1986, for clusters that are people). */
static bool
pool_lift(const struct pool_sums *pool, struct lift *lift)
{
	double n0 = (double)pool->enrolments[0];
	double n1 = (double)pool->enrolments[1];
	double mean0, mean1, variance, both;

	if (n0 <= 0 || n1 <= 0)
		return false;
	mean0 = pool->sum[0] / n0;
	mean1 = pool->sum[1] / n1;
	both = pool->y0y1 - mean0 * pool->m0y1 - mean1 * pool->y0m1 +
	       mean0 * mean1 * pool->m0m1;
	variance = spread(pool, 0, mean0, n0) + spread(pool, 1, mean1, n1) -
		   2 * both / (n0 * n1);
	*lift = (struct lift){ .difference = mean1 - mean0,
		.error = sqrt(fmax(variance, 0)),
		.freedom = INFINITY };
	return lift->error > 0;
}

static json_t *
side_told(const struct goal *goal, const struct pool_sums *pool, int side)
{
	static const char *const names[] = { "control", "personalised" };
	double n = (double)pool->enrolments[side];
	json_t *told = json_object();

	out_set(told, "arm", json_string(names[side]));
	out_set(told, "control", json_boolean(side == 0));
	out_set(told, "mean",
	    report_figure(
		&(struct figure){ .value = n > 0 ? pool->sum[side] / n : 0,
		    .n = n,
		    .k = (double)pool->responded[side],
		    .unit = unit_of_mean(goal),
		    .method = "mean of enrolments" }));
	return told;
}

/* Returns its word. */
static const char *
compare_sides(
    const struct measure *measure, const struct pool_sums *pool, json_t *told)
{
	double people = (double)(pool->people[0] + pool->people[1]);
	double planned =
	    opening_planned(&pool->opening, measure->min_responses);
	uint64_t fewest = pool->responded[0] < pool->responded[1]
			      ? pool->responded[0]
			      : pool->responded[1];
	const char *word = comparison_word(COMPARISON_TOO_FEW);
	struct sequence sequence;
	struct lift lift;
	bool enough =
	    fewest >= measure->min_responses && pool_lift(pool, &lift);

	out_set(told, "arm", json_string("personalised"));
	out_set(told, "against", json_string("control"));
	out_set(told, "enough", json_boolean(enough));
	out_set(told, "fewest", report_count(fewest));
	out_set(told, "fewest_arm",
	    json_string(pool->responded[0] <= pool->responded[1]
			    ? "control"
			    : "personalised"));
	out_set(told, "needed", report_count(measure->min_responses));
	out_set(told, "planned", report_count((uint64_t)planned));
	if (enough) {
		sequence_read(&lift, people, planned, REPORT_ALPHA, &sequence);
		word = comparison_word(sequence_word(&sequence));
		out_set(told, "difference",
		    report_figure(&(struct figure){ .value = lift.difference,
			.n = people,
			.k = (double)(pool->responded[0] + pool->responded[1]),
			.unit = unit_of_difference(&measure->goal),
			.interval = &sequence.interval,
			.method = "asymptotic confidence sequence, "
				  "clustered by person" }));
		out_set(told, "e", report_real(exp(sequence.log_e)));
		out_set(told, "p", report_real(sequence.p));
	}
	out_set(told, "word", json_string(word));
	return word;
}

/* The share of the people who are held out; below 0 where campaigns differ. */
static double
share_of(const struct report_ask *ask, const struct study *study)
{
	double share = -1;

	for (size_t i = 0; i < ask->catalog->campaign_count; i++) {
		const struct campaign *campaign = ask->catalog->campaigns[i];

		if (!study_pools(study, campaign))
			continue;
		if (share >= 0 && share != campaign->holdout)
			return -1;
		share = campaign->holdout;
	}
	return share;
}

/* Whether the alarm is raised; only people who are held out are so everywhere
 * and can be counted against one share. */
static bool
set_ratio(json_t *tree, const struct report_ask *ask, double share)
{
	double counts[2] = { 0, 0 }, shares[2] = { share, 1 - share };
	static const char *const names[] = { "control", "personalised" };
	struct sample_ratio ratio;
	json_t *told = json_object(), *outer = json_object();
	json_t *arms = json_array();

	for (int side = 0; side < 2; side++) {
		json_t *arm = json_object();

		for (int e = 0; e < ELIGIBLES; e++)
			counts[side] += (double)ask->sums->pool[e].people[side];
		out_set(arm, "arm", json_string(names[side]));
		out_set(arm, "people", report_count((uint64_t)counts[side]));
		out_set(arm, "share", report_real(shares[side]));
		out_add(arms, arm);
	}
	sample_ratio_read(counts, shares, 2, &ratio);
	out_set(told, "alarm", json_boolean(ratio.alarm));
	out_set(told, "e", report_real(exp(ratio.log_e)));
	out_set(told, "chi_square", report_real(ratio.chi_square));
	out_set(told, "p", report_real(ratio.p));
	out_set(told, "arms", arms);
	out_set(outer, "alarm", json_boolean(ratio.alarm));
	out_set(outer, "enrolled", told);
	out_set(tree, "sample_ratio", outer);
	return ratio.alarm;
}

static void
set_people(json_t *tree, const struct report_ask *ask, bool known)
{
	json_t *told = json_object();
	uint64_t people = 0, open = 0;

	for (int e = 0; e < ELIGIBLES; e++) {
		const struct pool_sums *pool = &ask->sums->pool[e];

		people += pool->people[0] + pool->people[1];
		open += pool->open;
	}
	out_set(told, "enrolled", report_count(people));
	out_set(told, "open", report_count(open));
	out_set(
	    told, "compared", json_string(known ? "eligible" : "everybody"));
	out_set(tree, "people", told);
}

static void
set_pool(json_t *tree, const struct report_ask *ask, const struct study *study,
    enum pool_kind kind, struct span name)
{
	json_t *told = json_object(), *ids = json_array(), *out = json_array();

	for (size_t i = 0; i < ask->catalog->campaign_count; i++) {
		const struct campaign *campaign = ask->catalog->campaigns[i];

		if (study_pools(study, campaign))
			out_add(ids, out_string(campaign->id));
		if (study_leaves_out(study, campaign))
			out_add(out, out_string(campaign->id));
	}
	out_set(told, "kind",
	    json_string(kind == POOL_TOPIC ? "topic" : "holdout"));
	out_set(told, "name", out_string(name));
	out_set(told, "campaigns", ids);
	out_set(told, "left_out", out);
	out_set(tree, "pool", told);
}

static json_t *
goal_told(const struct measure *measure, const struct pool_sums *pool,
    bool alarm, const char **word)
{
	json_t *told = json_object(), *rates = json_array();
	json_t *comparisons = json_array(), *one = json_object();

	out_set(told, "event", out_string(measure->goal.event));
	out_set(told, "within_days", report_days(measure->goal.within));
	out_set(told, "unit",
	    json_string(measure->goal.value ? "money" : "people"));
	out_add(rates, side_told(&measure->goal, pool, 0));
	out_add(rates, side_told(&measure->goal, pool, 1));
	out_set(told, "rates", rates);
	*word = "stopped";
	if (!alarm) {
		*word = compare_sides(measure, pool, one);
		out_add(comparisons, json_incref(one));
	}
	json_decref(one);
	out_set(told, "comparisons", comparisons);
	return told;
}

json_t *
report_pool(const struct report_ask *ask, const struct study *study,
    enum pool_kind kind, struct span name)
{
	const struct campaign *lead = study_pooled(study);
	double share = kind == POOL_HOLDOUT ? share_of(ask, study) : -1;
	json_t *tree = json_object(), *verdict = json_object();
	const char *word = "not measured";
	struct pool_sums pool;
	bool known, alarm = false;

	pool = pool_compared(ask->sums, &known);
	report_head(tree, ask);
	set_pool(tree, ask, study, kind, name);
	set_people(tree, ask, known);
	if (share > 0 && share < 1)
		alarm = set_ratio(tree, ask, share);
	if (lead)
		out_set(tree, "goal",
		    goal_told(&lead->measure, &pool, alarm, &word));
	out_set(verdict, "word", json_string(word));
	out_set(tree, "verdict", verdict);
	return tree;
}
