#include <math.h>
#include <stdlib.h>

#include "tools/measure/reporting.h"
#include "tools/out.h"

#define DAY 86400

/* ---- people and arms ---- */

static json_t *
ratio_told(const struct arms *arms, bool eligible)
{
	struct sample_ratio ratio = arms_ratio(arms, eligible);
	json_t *told = json_object(), *list = json_array();
	uint64_t people = 0;

	for (size_t i = 0; i < arms->count; i++) {
		const struct arm_sums *arm = &arms->list[i];
		struct group group =
		    eligible ? arm->by[ELIGIBLE_YES] : arm_everybody(arm);
		json_t *one = json_object();

		people += group.enrolled;
		out_set(one, "arm", out_string(arm->name));
		out_set(one, "people", report_count(group.enrolled));
		out_set(one, "share", report_real(arm->share));
		out_add(list, one);
	}
	out_set(told, "people", report_count(people));
	out_set(told, "alarm", json_boolean(ratio.alarm));
	out_set(told, "e", report_real(exp(ratio.log_e)));
	out_set(told, "chi_square", report_real(ratio.chi_square));
	out_set(told, "freedom", report_real(ratio.freedom));
	out_set(told, "p", report_real(ratio.p));
	out_set(told, "arms", list);
	return told;
}

static struct group
all_of(const struct arms *arms)
{
	struct group all = { .enrolled = 0 };

	for (size_t i = 0; i < arms->count; i++) {
		struct group one = arm_everybody(&arms->list[i]);

		if (one.enrolled != 0)
			group_add(&all, &one);
	}
	return all;
}

static uint64_t
folded_of(const struct report_ask *ask, const struct campaign *campaign)
{
	for (size_t i = 0; i < ask->sums->folded.count; i++) {
		const uint64_t *name = roll_key(&ask->sums->folded, i);

		if (span_eq(
			sums_word(ask->sums, (uint32_t)*name), campaign->id))
			return *(const uint64_t *)roll_value(
			    &ask->sums->folded, i);
	}
	return 0;
}

static json_t *
people_told(const struct reporting *reporting)
{
	const struct arms *arms = reporting->arms;
	struct group all = all_of(arms);
	uint64_t by[ELIGIBLES] = { 0 };
	json_t *told = json_object();

	for (size_t i = 0; i < arms->count; i++)
		for (int e = 0; e < ELIGIBLES; e++)
			by[e] += arms->list[i].by[e].enrolled;
	out_set(told, "enrolled", report_count(all.enrolled));
	out_set(told, "eligible", report_count(by[ELIGIBLE_YES]));
	out_set(told, "not_eligible", report_count(by[ELIGIBLE_NO]));
	out_set(told, "eligible_unknown", report_count(by[ELIGIBLE_UNKNOWN]));
	out_set(told, "compared",
	    json_string(arms->known ? "eligible" : "everybody"));
	out_set(told, "open", report_count(all.goals[0].open));
	out_set(told, "bounced", report_count(all.bounced));
	out_set(told, "held_out", report_count(arms->held_out.enrolled));
	out_set(told, "outside", report_count(arms->outside.enrolled));
	out_set(told, "gone", report_count(arms->gone.enrolled));
	out_set(told, "earlier_versions", report_count(arms->earlier));
	out_set(told, "folded",
	    report_count(folded_of(reporting->ask, reporting->campaign)));
	out_set(
	    told, "first", all.enrolled ? out_moment(all.first) : json_null());
	out_set(
	    told, "last", all.enrolled ? out_moment(all.last) : json_null());
	return told;
}

/* From the mail to the goal, for each arm; over those that are compared. */
static json_t *
funnel_told(const struct reporting *reporting)
{
	json_t *list = json_array();

	for (size_t i = 0; i < reporting->arms->count; i++) {
		const struct arm_sums *arm = &reporting->arms->list[i];
		struct group group = arm_compared(reporting->arms, arm);
		double n = (double)group.enrolled;
		struct interval interval =
		    rate_interval((double)group.bounced, n, REPORT_ALPHA);
		json_t *told = json_object();

		out_set(told, "arm", out_string(arm->name));
		out_set(told, "control", json_boolean(arm->control));
		out_set(told, "enrolled", report_count(group.enrolled));
		out_set(told, "arrived",
		    report_count(group.enrolled - group.bounced));
		out_set(told, "clicked", report_count(group.clicked));
		out_set(told, "responded",
		    report_count(
			group.goals[0].responded + group.goals[0].open_so_far));
		out_set(told, "bounces",
		    report_figure(&(struct figure){
			.value = n > 0 ? (double)group.bounced / n : 0,
			.n = n,
			.k = (double)group.bounced,
			.unit = unit_rate,
			.interval = &interval,
			.method = "Wilson" }));
		out_add(list, told);
	}
	return list;
}

/* ---- the verdict ---- */

static const char *
verdict_word(const struct reporting *reporting)
{
	if (reporting->alarm)
		return "stopped";
	if (!reporting->measure->given)
		return "not measured";
	if (reporting->control.share <= 0)
		return "no control";
	if (reporting->early)
		return "not known yet";
	return comparison_word(reporting->best.word);
}

static json_t *
verdict_told(const struct reporting *reporting, const char *money)
{
	json_t *told = json_object();

	out_set(told, "word", json_string(verdict_word(reporting)));
	out_set(told, "arm",
	    reporting->best_arm.len ? out_string(reporting->best_arm)
				    : json_null());
	out_set(told, "early", json_boolean(reporting->early));
	out_set(told, "money", money ? json_string(money) : json_null());
	return told;
}

/* ---- the tree ---- */

static json_t *
campaign_told(const struct reporting *reporting)
{
	const struct campaign *campaign = reporting->campaign;
	json_t *told = json_object();

	out_set(told, "id", out_string(campaign->id));
	out_set(told, "about", out_string(campaign->text));
	out_set(told, "topic", out_string(campaign->topic));
	out_set(told, "version", report_count(campaign->version));
	out_set(told, "locale", out_string(campaign->locale));
	out_set(told, "min_days", report_count(reporting->measure->min_days));
	return told;
}

static json_t *
guards_told(struct reporting *reporting)
{
	const struct measure *measure = reporting->measure;
	double alike =
	    (double)(reporting->arms->treated * measure->guard_count);
	size_t first = 1 + measure->also_count;
	json_t *list = json_array();

	for (size_t i = 0; i < measure->guard_count; i++)
		out_add(list,
		    report_effect(reporting, first + i, REPORT_ALPHA / alike));
	return list;
}

static void
set_effects(json_t *tree, struct reporting *reporting)
{
	double arms =
	    reporting->arms->treated ? (double)reporting->arms->treated : 1;

	out_set(tree, "goal", report_effect(reporting, 0, REPORT_ALPHA / arms));
	out_set(tree, "also", report_also(reporting));
	out_set(tree, "guard", guards_told(reporting));
}

/* What compares arms: nothing of it where the sample ratio alarms. */
static void
set_comparisons(
    json_t *tree, const struct reporting *reporting, const char **money)
{
	out_set(tree, "segments", report_segments(reporting));
	out_set(tree, "clusters", report_clusters(reporting));
	out_set(tree, "power", report_power(reporting));
	if (report_worth(reporting))
		out_set(tree, "money", report_money(reporting, money));
	out_set(tree, "series", report_series(reporting));
	out_set(tree, "showings", report_showings(reporting));
	out_set(tree, "heat", report_heat(reporting));
}

static void
reporting_begin(struct reporting *reporting, const struct arms *arms)
{
	struct group all = all_of(arms);
	int64_t days =
	    all.enrolled ? (reporting->ask->now - all.first) / DAY : 0;

	reporting->control = arms_control(arms);
	reporting->treated = arms_treated(arms);
	reporting->planned =
	    arms_planned(arms, &reporting->control, &reporting->treated);
	reporting->people =
	    (double)(arm_compared(arms, &reporting->control).enrolled +
		     arm_compared(arms, &reporting->treated).enrolled);
	reporting->alarm = arms_alarm(arms);
	reporting->early = days < reporting->measure->min_days;
}

void
report_head(json_t *tree, const struct report_ask *ask)
{
	out_set(tree, "format", json_integer(1));
	out_set(tree, "at", out_moment(ask->now));
	out_set(tree, "since",
	    ask->since == INT64_MIN ? json_null() : out_moment(ask->since));
	out_set(tree, "segment",
	    ask->segment.len ? out_string(ask->segment) : json_null());
	out_set(tree, "people_read", report_count(ask->sums->people));
	out_set(tree, "damaged", report_count(ask->sums->damaged));
}

static json_t *
tree_of(struct reporting *reporting, const struct arms *arms)
{
	json_t *tree = json_object(), *ratio = json_object();
	const char *money = NULL;

	reporting_begin(reporting, arms);
	report_head(tree, reporting->ask);
	out_set(tree, "campaign", campaign_told(reporting));
	out_set(tree, "people", people_told(reporting));
	out_set(ratio, "alarm", json_boolean(reporting->alarm));
	out_set(ratio, "enrolled", ratio_told(arms, false));
	out_set(ratio, "eligible", ratio_told(arms, true));
	out_set(tree, "sample_ratio", ratio);
	out_set(tree, "funnel", funnel_told(reporting));
	if (reporting->measure->given)
		set_effects(tree, reporting);
	if (reporting->measure->given && !reporting->alarm &&
	    reporting->control.share > 0 && reporting->treated.share > 0)
		set_comparisons(tree, reporting, &money);
	out_set(tree, "verdict", verdict_told(reporting, money));
	return tree;
}

json_t *
report_campaign(const struct report_ask *ask, const struct campaign *campaign)
{
	struct reporting reporting = {
		.ask = ask, .campaign = campaign, .measure = &campaign->measure
	};
	struct arms_of all = { UINT32_MAX, UINT32_MAX };
	struct arms *arms = malloc(sizeof(*arms));
	json_t *tree;

	if (!arms)
		return NULL;
	arms_gather(ask->sums, campaign, all, arms);
	reporting.arms = arms;
	tree = tree_of(&reporting, arms);
	free(arms);
	return tree;
}

json_t *
report_list(const struct report_ask *ask)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ask->catalog->campaign_count; i++) {
		json_t *tree = report_campaign(ask, ask->catalog->campaigns[i]);
		json_t *one = json_object();
		static const char *const kept[] = { "campaign", "people",
			"verdict" };

		for (size_t j = 0; j < sizeof(kept) / sizeof(*kept); j++)
			json_object_set(
			    one, kept[j], json_object_get(tree, kept[j]));
		json_decref(tree);
		out_add(list, one);
	}
	return list;
}
