/*
 * What personalising brought and what it cost, what the test can see, and how
 * often the blocks were used.
 */
#include <math.h>

#include "tools/measure/power.h"
#include "tools/measure/reporting.h"
#include "tools/measure/roi.h"
#include "tools/out.h"

/* The first goal that counts money, or the goal itself. */
static size_t
money_goal(const struct measure *measure)
{
	for (size_t i = 0; i <= measure->also_count; i++)
		if (measure_goal(measure, i)->value)
			return i;
	return 0;
}

/* The guard that counts events of that type; 0: there is none. */
static size_t
guard_of(const struct measure *measure, struct span event)
{
	for (size_t i = 0; i < measure->guard_count; i++)
		if (span_eq(measure->guards[i].event, event))
			return 1 + measure->also_count + i;
	return 0;
}

static struct money_rate
rate_of(const struct reporting *reporting, size_t goal, double each)
{
	struct comparison_arm control =
	    arm_ready(reporting->arms, &reporting->control, goal);
	struct comparison_arm treated =
	    arm_ready(reporting->arms, &reporting->treated, goal);
	double error = 0;

	if (control.sample.n > 0 && treated.sample.n > 0)
		error = sqrt(control.sample.variance / control.sample.n +
			     treated.sample.variance / treated.sample.n);
	return (struct money_rate){ each * treated.sample.mean,
		each * control.sample.mean, each * error };
}

/* Other campaigns whose copies show the block, and this one. */
static uint64_t
campaigns_of(const struct sums *sums, uint32_t block)
{
	uint64_t count = 0;

	for (size_t i = 0; i < sums->uses.count; i++)
		count +=
		    ((const struct use_key *)roll_key(&sums->uses, i))->block ==
		    block;
	return count;
}

/* By how many campaigns each block of this one is paid, on the average that
 * makes the shares add up; and the blocks by name. */
static double
uses_of(const struct reporting *reporting, json_t *blocks)
{
	const struct sums *sums = reporting->ask->sums;
	double parts = 0, count = 0;

	for (size_t i = 0; i < sums->uses.count; i++) {
		const struct use_key *key = roll_key(&sums->uses, i);
		uint64_t campaigns = campaigns_of(sums, key->block);
		json_t *block;

		if (!span_eq(sums_word(sums, key->campaign),
			reporting->campaign->id))
			continue;
		parts += 1 / (double)campaigns;
		count++;
		block = json_object();
		out_set(
		    block, "block", out_string(sums_word(sums, key->block)));
		out_set(block, "campaigns", report_count(campaigns));
		out_set(block, "exposures",
		    report_count(
			*(const uint64_t *)roll_value(&sums->uses, i)));
		out_add(blocks, block);
	}
	return parts > 0 ? count / parts : 1;
}

static struct roi_terms
terms_of(const struct reporting *reporting, json_t *blocks)
{
	const struct costs *costs = &reporting->campaign->costs;
	const struct measure *measure = reporting->measure;
	struct group treated =
	    arm_compared(reporting->arms, &reporting->treated);
	size_t money = money_goal(measure);
	size_t left = guard_of(measure, SPAN("unsubscribe"));
	size_t complained = guard_of(measure, SPAN("complaint"));
	bool counted = measure_goal(measure, money)->value;
	struct roi_terms terms = {
		.people = (double)treated.goals[money].people,
		.margin = counted ? costs->margin : 1,
		.revenue =
		    rate_of(reporting, money, counted ? 1 : costs->response),
		.loss = costs->loss,
		.complaint = costs->complaint,
		.content_hours = costs->content_hours,
		.content_rate = costs->content_rate,
		.uses = uses_of(reporting, blocks),
		.setup_hours = costs->setup_hours,
		.setup_rate = costs->setup_rate,
		.fixed = costs->fixed,
		.send = costs->send,
	};

	if (left)
		terms.unsubscribed = rate_of(reporting, left, 1);
	if (complained)
		terms.complained = rate_of(reporting, complained, 1);
	return terms;
}

static void
add_step(json_t *steps, const char *key, double amount)
{
	json_t *step = json_object();

	out_set(step, "step", json_string(key));
	out_set(step, "amount", report_real(amount == 0 ? 0 : amount));
	out_add(steps, step);
}

static json_t *
steps_of(const struct roi_terms *terms, const struct roi *roi)
{
	json_t *steps = json_array();
	double left =
	    terms->people * terms->loss *
	    (terms->unsubscribed.personal - terms->unsubscribed.control);

	add_step(steps, "gain", roi->margin);
	add_step(steps, "content", -roi->content);
	add_step(steps, "setup", -roi->setup);
	add_step(steps, "fixed", -terms->fixed);
	add_step(steps, "sending", -roi->sending);
	add_step(steps, "leavers", -left);
	add_step(steps, "complaints", -(roi->indirect - left));
	return steps;
}

/* The people of both sides whose outcomes are the money. */
static double
people_of(const struct reporting *reporting, const struct roi_terms *terms)
{
	struct group control =
	    arm_compared(reporting->arms, &reporting->control);
	size_t goal = money_goal(reporting->measure);

	return terms->people + (double)control.goals[goal].people;
}

/* Between what the net is, however often one looks. */
static struct interval
net_between(const struct reporting *reporting, const struct roi_terms *terms,
    const struct roi *roi)
{
	const struct lift net = { roi->net, roi->error, INFINITY };
	struct sequence sequence;

	sequence_read(&net, people_of(reporting, terms), reporting->planned,
	    REPORT_ALPHA, &sequence);
	return sequence.interval;
}

/* Nothing is proven while the responses are too few for an interval, and what
 * one look proves only where every look does. */
static const char *
money_word(const struct reporting *reporting, const struct roi *roi,
    const struct interval *between)
{
	if (!reporting->best.shown || reporting->early ||
	    (between->low <= 0 && between->high >= 0))
		return roi_word(ROI_NOT_PROVEN);
	return roi_word(roi->word);
}

static void
set_net(json_t *money, const struct reporting *reporting,
    const struct roi_terms *terms, const struct roi *roi,
    const struct interval *between)
{
	double n = people_of(reporting, terms);
	double brand = reporting->campaign->costs.brand;

	out_set(money, "net",
	    report_figure(&(struct figure){ .value = roi->net,
		.n = n,
		.k = -1,
		.unit = unit_money,
		.interval = between,
		.method = "asymptotic confidence sequence" }));
	out_set(money, "roi",
	    roi->direct > 0
		? report_figure(&(struct figure){ .value = roi->rate,
		      .n = n,
		      .k = -1,
		      .unit = unit_rate,
		      .interval = NULL,
		      .method = "net by direct costs" })
		: json_null());
	out_set(money, "chance", report_real(roi->above_zero));
	out_set(money, "break_even", report_real(roi->break_even));
	out_set(money, "direct", report_real(roi->direct));
	out_set(money, "indirect", report_real(roi->indirect));
	if (brand == 0)
		return;
	out_set(money, "brand", report_real(brand));
	out_set(money, "net_with_brand", report_real(roi->net + brand));
}

bool
report_worth(const struct reporting *reporting)
{
	const struct measure *measure = reporting->measure;

	return measure_goal(measure, money_goal(measure))->value ||
	       reporting->campaign->costs.response > 0;
}

json_t *
report_money(const struct reporting *reporting, const char **word)
{
	json_t *money = json_object(), *blocks = json_array();
	const struct sums *sums = reporting->ask->sums;
	struct roi_terms terms = terms_of(reporting, blocks);
	struct interval between;
	struct roi roi;

	roi_read(&terms, &roi);
	between = net_between(reporting, &terms, &roi);
	*word = money_word(reporting, &roi, &between);
	out_set(money, "word", json_string(*word));
	out_set(money, "currency", out_string(sums_word(sums, sums->currency)));
	out_set(money, "mixed", json_boolean(sums->mixed));
	out_set(money, "people", report_count((uint64_t)terms.people));
	out_set(money, "counted",
	    json_boolean(
		measure_goal(reporting->measure, money_goal(reporting->measure))
		    ->value));
	out_set(money, "steps", steps_of(&terms, &roi));
	set_net(money, reporting, &terms, &roi, &between);
	out_set(money, "uses", report_real(terms.uses));
	out_set(money, "blocks", blocks);
	return money;
}

/* ---- what the test can see ---- */

/* The share of the control and of one treated arm, among the two. */
static struct power_plan
plan_of(const struct reporting *reporting, double people)
{
	struct comparison_arm control =
	    arm_ready(reporting->arms, &reporting->control, 0);
	struct comparison_arm treated =
	    arm_ready(reporting->arms, &reporting->treated, 0);
	double n = control.sample.n + treated.sample.n;
	double both = reporting->control.share + reporting->treated.share;
	double base = control.responses >= MEASURE_RESPONSES
			  ? control.responses / control.sample.n
		      : n > 0 ? (control.responses + treated.responses) / n
			      : 0;

	return (struct power_plan){ .people = people,
		.control = reporting->control.share / both,
		.treated = reporting->treated.share / both,
		.base = base,
		.alpha = REPORT_ALPHA,
		.power = REPORT_POWER };
}

static void
set_visible(json_t *told, const char *key, const struct power_plan *plan)
{
	double rise;

	out_set(told, key,
	    power_visible(plan, &rise) ? report_real(rise) : json_null());
}

json_t *
report_power(const struct reporting *reporting)
{
	struct power_plan plan = plan_of(reporting, reporting->people);
	struct power_plan other = plan;
	json_t *told = json_object();
	double rise, wanted, people, share;

	out_set(told, "base", report_real(plan.base));
	out_set(told, "people", report_count((uint64_t)plan.people));
	out_set(told, "control", report_real(plan.control));
	out_set(told, "power", report_real(plan.power));
	set_visible(told, "visible", &plan);
	wanted = power_visible(&plan, &rise) && rise <= 0.01 ? rise / 2 : 0.01;
	if (power_people(&plan, wanted, &people)) {
		out_set(told, "wanted", report_real(wanted));
		out_set(told, "wanted_people", report_real(people));
		out_set(told, "wanted_mailings",
		    report_real(ceil(people / plan.people)));
	}
	share = power_suggest(&plan);
	if (share > plan.control + 0.001) {
		other.control = share;
		other.treated = 1 - share;
		out_set(told, "larger_control", report_real(share));
		set_visible(told, "larger_control_visible", &other);
	}
	other = plan;
	other.people *= 4;
	out_set(told, "pooled_mailings", report_real(4));
	set_visible(told, "pooled_visible", &other);
	return told;
}

/* ---- the nth showing ---- */

json_t *
report_showings(const struct reporting *reporting)
{
	const struct roll *showings = &reporting->ask->sums->showings;
	const struct sums *sums = reporting->ask->sums;
	json_t *list = json_array();

	for (size_t i = 0; i < showings->count; i++) {
		const struct showing_key *key = roll_key(showings, i);
		const struct showing_sums *sum = roll_value(showings, i);
		double n = (double)sum->shown, k = (double)sum->responded;
		struct interval interval = rate_interval(k, n, REPORT_ALPHA);
		json_t *told;

		if (!span_eq(sums_word(sums, key->campaign),
			reporting->campaign->id))
			continue;
		told = json_object();
		out_set(told, "block", out_string(sums_word(sums, key->block)));
		out_set(told, "nth", report_count(key->nth));
		out_set(told, "control", json_boolean(key->control));
		out_set(told, "rate",
		    report_figure(&(struct figure){ .value = n > 0 ? k / n : 0,
			.n = n,
			.k = k,
			.unit = unit_rate,
			.interval = &interval,
			.method = "Wilson" }));
		out_add(list, told);
	}
	return list;
}
