/*
 * The goal by segment and by cluster, and as it grew. What looks best of many
 * groups is mostly chance: verdicts are chosen by e-values, the rest is drawn
 * towards what all have in common and says nothing by itself.
 */
#include <math.h>
#include <stdlib.h>

#include "tools/measure/multiplicity.h"
#include "tools/measure/reporting.h"
#include "tools/measure/shrinkage.h"
#include "tools/out.h"

#define GROUPS_MAX 200

/* One segment or cluster. */
struct subgroup {
	struct span name;
	struct comparison_arm control, treated;
	struct comparison compared;
	double planned;
};

struct parts {
	const struct goal *goal;
	struct subgroup list[GROUPS_MAX];
	size_t count;
	bool chosen[GROUPS_MAX];
	size_t chosen_count;
};

static double
people_of(const struct arms *arms)
{
	double people = 0;

	for (size_t i = 0; i < arms->count; i++)
		people += (double)arm_compared(arms, &arms->list[i]).enrolled;
	return people;
}

static void
add_part(const struct reporting *reporting, struct arms_of of, uint32_t name,
    struct parts *parts)
{
	struct subgroup *part = &parts->list[parts->count];
	struct arms arms;
	struct arm_sums control, treated;

	arms_gather(reporting->ask->sums, reporting->campaign, of, &arms);
	arms.known = reporting->arms->known;
	control = arms_control(&arms);
	treated = arms_treated(&arms);
	*part =
	    (struct subgroup){ .name = sums_word(reporting->ask->sums, name),
		    .control = arm_ready(&arms, &control, 0),
		    .treated = arm_ready(&arms, &treated, 0),
		    .planned = arms_planned(&arms, &control, &treated) };
	if (people_of(&arms) <= 0)
		return;
	compare(&part->control, &part->treated, part->planned,
	    reporting->measure->min_responses, REPORT_ALPHA, &part->compared);
	parts->count++;
}

static int
by_name(const void *a, const void *b)
{
	return span_cmp(((const struct subgroup *)a)->name,
	    ((const struct subgroup *)b)->name);
}

/* Those whose unshrunk evidence holds among all of them. */
static void
choose_parts(struct parts *parts)
{
	double log_e[GROUPS_MAX];

	for (size_t i = 0; i < parts->count; i++)
		log_e[i] = parts->list[i].compared.shown
			       ? parts->list[i].compared.sequence.log_e
			       : 0;
	parts->chosen_count =
	    e_values_choose(log_e, parts->count, REPORT_ALPHA, parts->chosen);
}

static bool
is_listed(const struct parts *parts, struct span name)
{
	for (size_t i = 0; i < parts->count; i++)
		if (span_eq(parts->list[i].name, name))
			return true;
	return false;
}

/* Every name that groups of this campaign have in that place of the key. */
static void
find_parts(
    const struct reporting *reporting, bool clusters, struct parts *parts)
{
	const struct sums *sums = reporting->ask->sums;

	parts->count = 0;
	parts->goal = &reporting->measure->goal;
	for (size_t i = 0; i < sums->groups.count; i++) {
		const struct group_key *key = roll_key(&sums->groups, i);
		uint32_t name = clusters ? key->cluster : key->segment;
		struct arms_of of = { clusters ? UINT32_MAX : name,
			clusters ? name : UINT32_MAX };

		if (name == 0 || parts->count == GROUPS_MAX ||
		    key->version != reporting->campaign->version ||
		    !span_eq(sums_word(sums, key->campaign),
			reporting->campaign->id) ||
		    is_listed(parts, sums_word(sums, name)))
			continue;
		add_part(reporting, of, name, parts);
	}
	qsort(parts->list, parts->count, sizeof(*parts->list), by_name);
	choose_parts(parts);
}

static struct effect
effect_of(const struct subgroup *part)
{
	struct lift lift;

	if (!lift_absolute(&part->control.sample, &part->treated.sample, &lift))
		return (struct effect){ .error = 0 };
	return (struct effect){ lift.difference, lift.error };
}

static void
set_chosen(json_t *told, const struct parts *parts, const struct subgroup *part)
{
	double alpha =
	    chosen_alpha(REPORT_ALPHA, parts->chosen_count, parts->count);
	double n = part->control.sample.n + part->treated.sample.n;
	struct sequence sequence;

	sequence_read(&part->compared.lift, n, part->planned, alpha, &sequence);
	out_set(told, "difference",
	    report_figure(&(struct figure){
		.value = part->compared.lift.difference,
		.n = n,
		.k = part->control.responses + part->treated.responses,
		.unit = unit_of_difference(parts->goal),
		.interval = &sequence.interval,
		.method = "asymptotic confidence sequence, chosen by e-BH" }));
}

static json_t *
part_told(
    const struct parts *parts, size_t nth, const struct common_effect *common)
{
	const struct subgroup *part = &parts->list[nth];
	struct effect own = effect_of(part);
	struct shrunk_effect shrunk = effect_shrink(&own, common);
	struct interval interval = { shrunk.mean - 1.96 * shrunk.deviation,
		shrunk.mean + 1.96 * shrunk.deviation };
	double n = part->control.sample.n + part->treated.sample.n;
	json_t *told = json_object();
	enum comparison_word word = part->compared.word;

	if (!parts->chosen[nth] && word != COMPARISON_TOO_FEW)
		word = COMPARISON_UNKNOWN;
	if (!part->compared.shown)
		word = COMPARISON_TOO_FEW;
	out_set(told, "name", out_string(part->name));
	out_set(told, "word", json_string(comparison_word(word)));
	out_set(told, "planned", report_count((uint64_t)part->planned));
	out_set(told, "control",
	    report_figure(&(struct figure){ .value = part->control.sample.mean,
		.n = part->control.sample.n,
		.k = part->control.responses,
		.unit = unit_of_mean(parts->goal),
		.interval = NULL,
		.method = "mean" }));
	out_set(told, "treated",
	    report_figure(&(struct figure){ .value = part->treated.sample.mean,
		.n = part->treated.sample.n,
		.k = part->treated.responses,
		.unit = unit_of_mean(parts->goal),
		.interval = NULL,
		.method = "mean" }));
	if (parts->chosen[nth])
		set_chosen(told, parts, part);
	if (part->compared.shown)
		out_set(told, "shrunk",
		    report_figure(&(struct figure){ .value = shrunk.mean,
			.n = n,
			.k = -1,
			.unit = unit_of_difference(parts->goal),
			.interval = &interval,
			.method = "empirical Bayes, no verdict" }));
	return told;
}

static json_t *
parts_told(const struct parts *parts)
{
	struct effect effects[GROUPS_MAX];
	struct common_effect common;
	json_t *list = json_array();

	for (size_t i = 0; i < parts->count; i++)
		effects[i] = effect_of(&parts->list[i]);
	common = effects_common(effects, parts->count);
	for (size_t i = 0; i < parts->count; i++)
		out_add(list, part_told(parts, i, &common));
	return list;
}

static json_t *
told_by(const struct reporting *reporting, bool clusters)
{
	struct parts *parts = calloc(1, sizeof(*parts));
	json_t *list;

	if (!parts)
		return NULL;
	find_parts(reporting, clusters, parts);
	list = parts_told(parts);
	free(parts);
	return list;
}

json_t *
report_segments(const struct reporting *reporting)
{
	return told_by(reporting, false);
}

json_t *
report_clusters(const struct reporting *reporting)
{
	return told_by(reporting, true);
}

/* ---- clusters by topics, over all campaigns of one goal ---- */

static void
add_cells(const struct reporting *reporting, const struct campaign *campaign,
    json_t *list)
{
	struct reporting other = *reporting;
	struct parts *parts = calloc(1, sizeof(*parts));
	struct arms *arms = calloc(1, sizeof(*arms));
	struct arms_of all = { UINT32_MAX, UINT32_MAX };

	if (parts && arms) {
		arms_gather(reporting->ask->sums, campaign, all, arms);
		other.campaign = campaign;
		other.measure = &campaign->measure;
		other.arms = arms;
		find_parts(&other, true, parts);
		for (size_t i = 0; !arms_alarm(arms) && i < parts->count; i++) {
			struct common_effect none = { .between = 0 };
			json_t *cell = part_told(parts, i, &none);

			json_object_del(cell, "shrunk");
			out_set(cell, "topic", out_string(campaign->topic));
			out_set(cell, "campaign", out_string(campaign->id));
			out_set(cell, "raw",
			    report_figure(&(struct figure){
				.value = effect_of(&parts->list[i]).mean,
				.n = parts->list[i].control.sample.n +
				     parts->list[i].treated.sample.n,
				.k = parts->list[i].control.responses +
				     parts->list[i].treated.responses,
				.unit = unit_of_difference(parts->goal),
				.interval = NULL,
				.method = "difference of means, no verdict" }));
			out_add(list, cell);
		}
	}
	free(parts);
	free(arms);
}

json_t *
report_heat(const struct reporting *reporting)
{
	const struct catalog *catalog = reporting->ask->catalog;
	const struct goal *goal = &reporting->measure->goal;
	json_t *list = json_array();

	for (size_t i = 0; i < catalog->campaign_count; i++) {
		const struct campaign *campaign = catalog->campaigns[i];

		if (campaign->measure.given &&
		    span_eq(campaign->measure.goal.event, goal->event) &&
		    campaign->measure.goal.value == goal->value)
			add_cells(reporting, campaign, list);
	}
	return list;
}

/* ---- as it grew ---- */

struct point {
	int64_t day;
	bool control;
	struct goal_sums sums;
};

static int
by_day(const void *a, const void *b)
{
	const struct point *one = a, *other = b;

	return (one->day > other->day) - (one->day < other->day);
}

static bool
is_control(const struct arms *arms, struct span name, bool *control)
{
	for (size_t i = 0; i < arms->count; i++)
		if (span_eq(arms->list[i].name, name)) {
			*control = arms->list[i].control;
			return true;
		}
	return false;
}

static size_t
find_points(const struct reporting *reporting, struct point *points)
{
	const struct sums *sums = reporting->ask->sums;
	size_t count = 0;

	for (size_t i = 0; i < sums->days.count; i++) {
		const struct day_key *key = roll_key(&sums->days, i);
		const struct day_sums *day = roll_value(&sums->days, i);
		struct point *point = &points[count];

		if (key->version != reporting->campaign->version ||
		    !span_eq(sums_word(sums, key->campaign),
			reporting->campaign->id) ||
		    (reporting->arms->known && key->eligible != ELIGIBLE_YES) ||
		    !is_control(reporting->arms, sums_word(sums, key->arm),
			&point->control))
			continue;
		point->day = key->day;
		point->sums = (struct goal_sums){ .people = day->people,
			.responded = day->responded,
			.moments = day->moments };
		count++;
	}
	qsort(points, count, sizeof(*points), by_day);
	return count;
}

static void
add_point(const struct reporting *reporting, int64_t day,
    const struct goal_sums *sides, json_t *list)
{
	const struct goal *goal = &reporting->measure->goal;
	struct comparison_arm control =
	    group_ready(goal, &sides[1], reporting->control.share);
	struct comparison_arm treated =
	    group_ready(goal, &sides[0], reporting->treated.share);
	struct comparison compared;
	json_t *point;

	compare(&control, &treated, reporting->planned,
	    reporting->measure->min_responses, REPORT_ALPHA, &compared);
	if (!compared.shown)
		return;
	point = json_object();
	out_set(point, "day", out_moment(day * 86400));
	out_set(point, "difference",
	    report_figure(&(struct figure){ .value = compared.lift.difference,
		.n = control.sample.n + treated.sample.n,
		.k = control.responses + treated.responses,
		.unit = unit_of_difference(goal),
		.interval = &compared.sequence.interval,
		.method = "asymptotic confidence sequence" }));
	out_add(list, point);
}

json_t *
report_series(const struct reporting *reporting)
{
	size_t room = reporting->ask->sums->days.count + 1;
	struct point *points = calloc(room, sizeof(*points));
	struct goal_sums sides[2] = { { .people = 0 }, { .people = 0 } };
	json_t *list = json_array();
	size_t count;

	if (!points)
		return list;
	count = find_points(reporting, points);
	for (size_t i = 0; i < count; i++) {
		goal_sums_add(&sides[points[i].control], &points[i].sums);
		if (i + 1 == count || points[i + 1].day != points[i].day)
			add_point(reporting, points[i].day, sides, list);
	}
	free(points);
	return list;
}
