/*
 * What a goal came to in each arm, and what may be said of the difference.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/measure/multiplicity.h"
#include "tools/measure/reporting.h"
#include "tools/out.h"

#define DAY 86400
#define SEQUENCE "asymptotic confidence sequence"

json_t *
report_real(double value)
{
	char text[40];

	if (!isfinite(value))
		return json_null();
	snprintf(text, sizeof(text), "%.*g", OUT_DIGITS, value);
	return json_real(strtod(text, NULL));
}

json_t *
report_count(uint64_t count)
{
	return json_integer((json_int_t)count);
}

const char unit_rate[] = "rate";
const char unit_points[] = "points";
const char unit_money[] = "money";

const char *
unit_of_mean(const struct goal *goal)
{
	return goal->value ? unit_money : unit_rate;
}

const char *
unit_of_difference(const struct goal *goal)
{
	return goal->value ? unit_money : unit_points;
}

json_t *
report_figure(const struct figure *figure)
{
	const struct interval *interval = figure->interval;
	json_t *told = json_object(), *ends = json_null();

	if (interval && isfinite(interval->low) && isfinite(interval->high)) {
		ends = json_array();
		out_add(ends, report_real(interval->low));
		out_add(ends, report_real(interval->high));
	}
	out_set(told, "value", report_real(figure->value));
	out_set(told, "unit", json_string(figure->unit));
	out_set(told, "n", report_count((uint64_t)figure->n));
	out_set(told, "k",
	    figure->k >= 0 ? report_count((uint64_t)figure->k) : json_null());
	out_set(told, "interval", ends);
	out_set(told, "method", json_string(figure->method));
	return told;
}

json_t *
report_days(int64_t seconds)
{
	return seconds % DAY == 0 ? json_integer(seconds / DAY)
				  : report_real((double)seconds / DAY);
}

/* The mean of an arm: a rate, or money a person. */
static json_t *
rate_of(const struct goal *goal, const struct arm_sums *arm,
    const struct group *group, size_t nth)
{
	const struct goal_sums *sums = &group->goals[nth];
	struct comparison_arm ready = group_ready(goal, sums, arm->share);
	struct interval interval =
	    rate_interval(ready.responses, ready.sample.n, REPORT_ALPHA);
	json_t *rate = json_object();

	out_set(rate, "arm", out_string(arm->name));
	out_set(rate, "control", json_boolean(arm->control));
	out_set(rate, "open", report_count(sums->open));
	out_set(rate, "open_so_far", report_count(sums->open_so_far));
	if (goal->value) {
		out_set(rate, "mean",
		    report_figure(&(struct figure){ .value = ready.sample.mean,
			.n = ready.sample.n,
			.k = ready.responses,
			.unit = unit_money,
			.interval = NULL,
			.method = "mean, capped" }));
		out_set(rate, "uncapped",
		    report_figure(&(struct figure){
			.value = ready.sample.n > 0
				     ? sums->uncapped / ready.sample.n
				     : 0,
			.n = ready.sample.n,
			.k = ready.responses,
			.unit = unit_money,
			.interval = NULL,
			.method = "mean" }));
	} else {
		out_set(rate, "mean",
		    report_figure(&(struct figure){ .value = ready.sample.mean,
			.n = ready.sample.n,
			.k = ready.responses,
			.unit = unit_rate,
			.interval = &interval,
			.method = "Wilson" }));
	}
	return rate;
}

/* The same over all enrolled, eligible or not. */
static json_t *
everybody(const struct reporting *reporting, const struct arm_sums *arm,
    size_t nth, double alpha)
{
	const struct goal *goal = measure_goal(reporting->measure, nth);
	struct group one = arm_everybody(&reporting->control);
	struct group two = arm_everybody(arm);
	struct comparison_arm control =
	    group_ready(goal, &one.goals[nth], reporting->control.share);
	struct comparison_arm treated =
	    group_ready(goal, &two.goals[nth], arm->share);
	struct opening opening = one.opening;
	struct comparison all;

	opening_add(&opening, &two.opening);
	compare(&control, &treated,
	    opening_planned(&opening, reporting->measure->min_responses),
	    reporting->measure->min_responses, alpha, &all);
	return all.shown ? report_figure(
			       &(struct figure){ .value = all.lift.difference,
				   .n = control.sample.n + treated.sample.n,
				   .k = control.responses + treated.responses,
				   .unit = unit_of_difference(goal),
				   .interval = &all.sequence.interval,
				   .method = SEQUENCE })
			 : json_null();
}

/* The slope on what people did before, from those whose windows had closed
 * before the last day that any did: from earlier looks. */
static double
theta_of(const struct reporting *reporting)
{
	const struct roll *days = &reporting->ask->sums->days;
	struct moments pooled = { .n = 0 };
	int64_t last = INT64_MIN;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < days->count; i++) {
			const struct day_key *key = roll_key(days, i);
			const struct day_sums *day = roll_value(days, i);

			if (!span_eq(
				sums_word(reporting->ask->sums, key->campaign),
				reporting->campaign->id) ||
			    key->version != reporting->campaign->version)
				continue;
			if (pass == 0 && key->day > last)
				last = key->day;
			if (pass == 1 && key->day < last)
				moments_merge(&pooled, &day->moments);
		}
	return cuped_theta(&pooled);
}

/* The difference with what people did before taken out of it. */
static json_t *
without_before(
    const struct reporting *reporting, const struct arm_sums *arm, double alpha)
{
	struct group groups[2] = { arm_compared(
				       reporting->arms, &reporting->control),
		arm_compared(reporting->arms, arm) };
	struct moments control = groups[0].goals[0].moments;
	struct moments treated = groups[1].goals[0].moments;
	struct moments both = control;
	double theta = theta_of(reporting);
	struct sample one, two;
	struct lift lift;
	struct sequence sequence;

	moments_merge(&both, &treated);
	one = cuped_sample(&control, theta, both.before);
	two = cuped_sample(&treated, theta, both.before);
	if (theta == 0 || !lift_absolute(&one, &two, &lift))
		return json_null();
	sequence_read(&lift, one.n + two.n,
	    arms_planned(reporting->arms, &reporting->control, arm), alpha,
	    &sequence);
	return report_figure(&(struct figure){ .value = lift.difference,
	    .n = one.n + two.n,
	    .k = -1,
	    .unit = unit_of_difference(&reporting->measure->goal),
	    .interval = &sequence.interval,
	    .method = "CUPED, " SEQUENCE });
}

/* Whether the arm is one of those compared with the control. */
static bool
is_compared(const struct reporting *reporting, const struct arm_sums *arm)
{
	return !arm->control && arm->share > 0 && !reporting->alarm &&
	       reporting->control.share > 0;
}

/* An arm with the control. */
struct pair {
	struct comparison_arm control, treated;
	double planned;
	struct comparison compared;
};

static struct pair
pair_of(const struct reporting *reporting, const struct arm_sums *arm,
    size_t nth, double alpha)
{
	bool guard = nth > reporting->measure->also_count;
	struct pair pair = {
		.control = arm_ready(reporting->arms, &reporting->control, nth),
		.treated = arm_ready(reporting->arms, arm, nth),
		.planned =
		    arms_planned(reporting->arms, &reporting->control, arm),
	};

	compare(&pair.control, &pair.treated, pair.planned,
	    reporting->measure->min_responses, guard ? 2 * alpha : alpha,
	    &pair.compared);
	return pair;
}

static void
set_difference(json_t *told, const struct goal *goal, const struct pair *pair,
    double alpha)
{
	const struct comparison *compared = &pair->compared;
	double n = pair->control.sample.n + pair->treated.sample.n;
	double k = pair->control.responses + pair->treated.responses;
	struct interval interval;
	struct lift relative;

	out_set(told, "difference",
	    report_figure(&(struct figure){ .value = compared->lift.difference,
		.n = n,
		.k = k,
		.unit = unit_of_difference(goal),
		.interval = &compared->sequence.interval,
		.method = SEQUENCE }));
	out_set(told, "e", report_real(exp(compared->sequence.log_e)));
	out_set(told, "p", report_real(compared->sequence.p));
	if (!lift_relative(
		&pair->control.sample, &pair->treated.sample, &relative))
		return;
	interval = lift_interval(&relative, alpha);
	out_set(told, "relative",
	    report_figure(&(struct figure){ .value = relative.difference,
		.n = n,
		.k = k,
		.unit = unit_rate,
		.interval = &interval,
		.method = "delta method, for one look" }));
}

/* Of a goal that decides nothing, whose p is adjusted. */
static const char *
adjusted_word(const struct comparison *compared, double adjusted)
{
	if (adjusted > REPORT_ALPHA)
		return comparison_word(COMPARISON_UNKNOWN);
	return comparison_word(compared->lift.difference > 0
				   ? COMPARISON_BETTER
				   : COMPARISON_WORSE);
}

/* The word for a guard: more of it is worse. */
static const char *
word_of(const struct reporting *reporting, size_t nth,
    const struct comparison *compared, const double *adjusted)
{
	bool guard = nth > reporting->measure->also_count;

	if (nth == 0 && reporting->early && compared->shown)
		return comparison_word(COMPARISON_UNKNOWN);
	if (adjusted && compared->shown)
		return adjusted_word(compared, *adjusted);
	if (guard && compared->word == COMPARISON_BETTER)
		return comparison_word(COMPARISON_WORSE);
	if (guard && compared->word == COMPARISON_WORSE)
		return comparison_word(COMPARISON_BETTER);
	return comparison_word(compared->word);
}

/* The first arm that is better decides, else the one that has most to say. */
static void
note_best(struct reporting *reporting, const struct arm_sums *arm,
    const struct comparison *compared)
{
	const struct comparison *best = &reporting->best;

	if (reporting->best_arm.len != 0 && compared->word <= best->word &&
	    !(compared->word == best->word && compared->shown &&
		compared->lift.difference > best->lift.difference))
		return;
	if (reporting->best_arm.len != 0 && best->word == COMPARISON_BETTER &&
	    compared->word == COMPARISON_WORSE)
		return;
	reporting->best = *compared;
	reporting->best_arm = arm->name;
}

/* adjusted: the comparison's p among those that it shares alpha with; NULL
 * where it is not adjusted. */
static json_t *
comparison_of(struct reporting *reporting, const struct arm_sums *arm,
    size_t nth, double alpha, const double *adjusted)
{
	struct pair pair = pair_of(reporting, arm, nth, alpha);
	json_t *told = json_object();

	out_set(told, "arm", out_string(arm->name));
	out_set(told, "against", out_string(reporting->control.name));
	out_set(told, "word",
	    json_string(word_of(reporting, nth, &pair.compared, adjusted)));
	out_set(told, "enough", json_boolean(pair.compared.shown));
	out_set(told, "fewest", report_count((uint64_t)pair.compared.fewest));
	out_set(told, "fewest_arm",
	    out_string(pair.control.responses <= pair.treated.responses
			   ? reporting->control.name
			   : arm->name));
	out_set(
	    told, "needed", report_count(reporting->measure->min_responses));
	out_set(told, "planned", report_count((uint64_t)pair.planned));
	out_set(told, "shares_e", report_real(exp(pair.compared.shares_log_e)));
	if (pair.compared.shown) {
		set_difference(
		    told, measure_goal(reporting->measure, nth), &pair, alpha);
		out_set(
		    told, "everybody", everybody(reporting, arm, nth, alpha));
	}
	if (pair.compared.shown && adjusted)
		out_set(told, "p_adjusted", report_real(*adjusted));
	if (pair.compared.shown && nth == 0)
		out_set(
		    told, "adjusted", without_before(reporting, arm, alpha));
	if (nth == 0)
		note_best(reporting, arm, &pair.compared);
	return told;
}

/* adjusted: of each comparison, or NULL; used is how many there are. */
static json_t *
effect_told(struct reporting *reporting, size_t nth, double alpha,
    const double *adjusted, size_t *used)
{
	const struct goal *goal = measure_goal(reporting->measure, nth);
	json_t *effect = json_object(), *rates = json_array();
	json_t *comparisons = json_array();

	for (size_t i = 0; i < reporting->arms->count; i++) {
		const struct arm_sums *arm = &reporting->arms->list[i];
		struct group group = arm_compared(reporting->arms, arm);

		out_add(rates, rate_of(goal, arm, &group, nth));
		if (!is_compared(reporting, arm))
			continue;
		out_add(comparisons, comparison_of(reporting, arm, nth, alpha,
					 adjusted ? adjusted + *used : NULL));
		++*used;
	}
	out_set(effect, "event", out_string(goal->event));
	out_set(effect, "within_days", report_days(goal->within));
	out_set(effect, "unit", json_string(goal->value ? "money" : "people"));
	if (goal->cap > 0)
		out_set(effect, "cap", report_real(goal->cap));
	out_set(effect, "alpha", report_real(alpha));
	out_set(effect, "rates", rates);
	out_set(effect, "comparisons", comparisons);
	return effect;
}

json_t *
report_effect(struct reporting *reporting, size_t nth, double alpha)
{
	size_t used = 0;

	return effect_told(reporting, nth, alpha, NULL, &used);
}

/* The p of all comparisons of the goals that decide nothing, adjusted after
 * Holm, which holds at every look as the p do. */
static void
adjust_also(const struct reporting *reporting, double alpha, double *adjusted)
{
	double p[ARMS_MAX * SUMS_GOALS];
	size_t count = 0;

	for (size_t nth = 1; nth <= reporting->measure->also_count; nth++)
		for (size_t i = 0; i < reporting->arms->count; i++) {
			const struct arm_sums *arm = &reporting->arms->list[i];
			struct pair pair;

			if (!is_compared(reporting, arm))
				continue;
			pair = pair_of(reporting, arm, nth, alpha);
			p[count++] =
			    pair.compared.shown ? pair.compared.sequence.p : 1;
		}
	holm_adjust(p, count, adjusted);
}

json_t *
report_also(struct reporting *reporting)
{
	size_t goals = reporting->measure->also_count, used = 0;
	double alpha =
	    REPORT_ALPHA / (double)(goals * reporting->arms->treated);
	double adjusted[ARMS_MAX * SUMS_GOALS];
	json_t *list = json_array();

	adjust_also(reporting, alpha, adjusted);
	for (size_t nth = 1; nth <= goals; nth++)
		out_add(
		    list, effect_told(reporting, nth, alpha, adjusted, &used));
	return list;
}
