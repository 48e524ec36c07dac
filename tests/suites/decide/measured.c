/*
 * What the report measures: each suite asks the functions of tools/measure
 * that the report itself asks.
 */
#include "tests/suites/decide/vectors.h"

#include <math.h>
#include <string.h>

#include "tools/measure/comparison.h"
#include "tools/measure/multiplicity.h"
#include "tools/measure/promotion.h"
#include "tools/measure/roi.h"
#include "tools/measure/shrinkage.h"

/* [hits, n] of a case. */
static struct sample
rate_at(const json_t *test, const char *key)
{
	const json_t *pair = json_object_get(test, key);

	return sample_of_rate(json_number_value(json_array_get(pair, 0)),
	    json_number_value(json_array_get(pair, 1)));
}

static struct sample
values_at(const json_t *test, const char *key)
{
	struct moments moments = { .n = 0 };
	size_t index;
	json_t *value;

	json_array_foreach(json_object_get(test, key), index, value)
	    moments_add(&moments, json_number_value(value), 0);
	return sample_of_moments(&moments);
}

static json_t *
interval_json(struct interval interval)
{
	return json_pack("[f, f]", interval.low, interval.high);
}

static json_t *
rate_lift(struct lift *lift)
{
	lift->freedom = INFINITY;
	return json_pack("{s:f, s:f, s:o, s:f}", "diff", lift->difference, "se",
	    lift->error, "ci95", interval_json(lift_interval(lift, 0.05)),
	    "p_z", lift_p(lift));
}

static json_t *
rates_compared(const json_t *test)
{
	struct sample control = rate_at(test, "control");
	struct sample treated = rate_at(test, "treated");
	struct lift absolute, relative;
	bool known = lift_absolute(&control, &treated, &absolute);

	known = lift_relative(&control, &treated, &relative) && known;
	if (!known)
		return json_object();
	return json_pack("{s:o, s:o, s:o, s:o}", "abs", rate_lift(&absolute),
	    "rel", rate_lift(&relative), "wilson95_control",
	    interval_json(
		rate_interval(control.mean * control.n, control.n, 0.05)),
	    "wilson95_treated",
	    interval_json(
		rate_interval(treated.mean * treated.n, treated.n, 0.05)));
}

static json_t *
means_compared(const json_t *test)
{
	struct sample control = values_at(test, "control_values");
	struct sample treated = values_at(test, "treated_values");
	struct lift lift;

	if (!lift_absolute(&control, &treated, &lift))
		return json_object();
	return json_pack("{s:[f, f], s:[f, f], s:f, s:f, s:f, s:f, s:o}",
	    "mean", control.mean, treated.mean, "var_unbiased",
	    control.variance, treated.variance, "diff", lift.difference, "se",
	    lift.error, "welch_df", lift.freedom, "p_welch", lift_p(&lift),
	    "ci95", interval_json(lift_interval(&lift, 0.05)));
}

/* Whether what the case expects beside what it gives was got. */
static bool
expected_at(const json_t *test, json_t *got, const char *const *given)
{
	const json_t *tolerance = json_object_get(test, "tolerance");
	const char *key;
	json_t *value;
	bool passes = true;

	json_object_foreach((json_t *)(uintptr_t)test, key, value)
	{
		bool input = strcmp(key, "tolerance") == 0;

		for (size_t i = 0; given[i]; i++)
			input = input || strcmp(given[i], key) == 0;
		passes = passes &&
			 (input || same_near(value, json_object_get(got, key),
				       relative_of(test),
				       number_at(tolerance, "abs", 1e-300)));
	}
	json_decref(got);
	return passes;
}

bool
run_lift(const json_t *test)
{
	static const char *const given[] = { "name", "control", "treated",
		"control_values", "treated_values", NULL };

	return expected_at(test,
	    json_object_get(test, "control") ? rates_compared(test)
					     : means_compared(test),
	    given);
}

bool
run_ratio(const json_t *test)
{
	static const char *const given[] = { "name", "counts", "weights",
		NULL };
	double counts[LIST_MAX], weights[LIST_MAX];
	size_t count = numbers_of(json_object_get(test, "counts"), counts);
	struct sample_ratio ratio;

	numbers_of(json_object_get(test, "weights"), weights);
	sample_ratio_read(counts, weights, count, &ratio);
	return expected_at(test,
	    json_pack("{s:f, s:f, s:f, s:b, s:f, s:b}", "chi2",
		ratio.chi_square, "df", ratio.freedom, "p", ratio.p,
		"alarm_p_lt_0_001", ratio.p < 1 / RATIO_ALARM,
		"seq_log_e_dirichlet1", ratio.log_e, "seq_alarm_e_ge_1000",
		ratio.alarm),
	    given);
}

/* An mSPRT of two arms is the same mixture; its tau is rho in the units of
 * the difference. */
static json_t *
msprt(const json_t *test)
{
	double n = number_at(test, "n_per_arm", 0);
	double sigma = number_at(test, "sigma", 0);
	double tau = number_at(test, "tau", 0);
	double square = 2 * sigma * sigma / n;
	double log_e = evidence_mean(number_at(test, "delta", 0) / sqrt(square),
	    n, tau * tau / square / n);

	return json_pack(
	    "{s:f, s:f}", "log_lambda", log_e, "p", evidence_p(log_e));
}

static json_t *
conversions(const json_t *test)
{
	double counts[LIST_MAX], shares[LIST_MAX];
	size_t count =
	    numbers_of(json_object_get(test, "conversions_per_arm"), counts);
	double log_e;

	numbers_of(json_object_get(test, "allocation"), shares);
	log_e = evidence_shares(
	    counts, shares, count, number_at(test, "alpha0", 1));
	return json_pack(
	    "{s:f, s:f}", "log_e", log_e, "p_always", evidence_p(log_e));
}

static json_t *
sequence(const json_t *test)
{
	const struct comparison_arm control = { rate_at(test, "control"),
		INFINITY, 0 };
	const struct comparison_arm treated = { rate_at(test, "treated"),
		INFINITY, 0 };
	double alpha = number_at(test, "alpha", 0.05);
	double planned = number_at(test, "nstar", 0);
	struct comparison got;

	compare(&control, &treated, planned, 0, alpha, &got);
	return json_pack("{s:f, s:f, s:f, s:f, s:o, s:f, s:f, s:b}", "diff_abs",
	    got.lift.difference, "se", got.lift.error, "rho",
	    sqrt(sequence_rho_square(planned, alpha)), "halfwidth",
	    (got.sequence.interval.high - got.sequence.interval.low) / 2, "cs",
	    interval_json(got.sequence.interval), "log_e", got.sequence.log_e,
	    "p_always", got.sequence.p, "reject",
	    got.word == COMPARISON_BETTER || got.word == COMPARISON_WORSE);
}

bool
run_anytime(const json_t *test)
{
	static const char *const given[] = { "name", "control", "treated",
		"nstar", "alpha", "delta", "sigma", "n_per_arm", "tau",
		"conversions_per_arm", "allocation", "alpha0", NULL };

	return expected_at(test,
	    json_object_get(test, "tau")	  ? msprt(test)
	    : json_object_get(test, "allocation") ? conversions(test)
						  : sequence(test),
	    given);
}

bool
run_cuped(const json_t *test)
{
	static const char *const given[] = { "name", "arms", NULL };
	struct moments arms[2] = { { .n = 0 }, { .n = 0 } };
	struct moments pooled = { .n = 0 };
	struct sample adjusted[2], plain[2];
	struct lift lift, unadjusted;
	double theta;

	for (size_t i = 0; i < 2; i++) {
		const json_t *arm =
		    json_array_get(json_object_get(test, "arms"), i);
		double x[LIST_MAX], y[LIST_MAX];
		size_t count = numbers_of(json_object_get(arm, "y"), y);

		numbers_of(json_object_get(arm, "x"), x);
		for (size_t j = 0; j < count; j++)
			moments_add(&arms[i], y[j], x[j]);
		moments_merge(&pooled, &arms[i]);
	}
	theta = cuped_theta(&pooled);
	for (size_t i = 0; i < 2; i++) {
		adjusted[i] = cuped_sample(&arms[i], theta, pooled.before);
		plain[i] = sample_of_moments(&arms[i]);
	}
	lift_absolute(&plain[0], &plain[1], &unadjusted);
	lift_absolute(&adjusted[0], &adjusted[1], &lift);
	return expected_at(test,
	    json_pack("{s:f, s:[f, f], s:[f, f], s:f, s:f, s:f}",
		"theta_pooled", theta, "adj_mean", adjusted[0].mean,
		adjusted[1].mean, "adj_var", adjusted[0].variance,
		adjusted[1].variance, "diff", lift.difference, "se", lift.error,
		"se_unadjusted", unadjusted.error),
	    given);
}

static json_t *
numbers_json(const double *numbers, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_real(numbers[i]));
	return list;
}

/* 1 where the number is at most the limit, as the vectors write it. */
static json_t *
rejections(const double *numbers, size_t count, double limit)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_integer(numbers[i] <= limit));
	return list;
}

static json_t *
chosen_of(const json_t *test)
{
	double e[LIST_MAX];
	bool chosen[LIST_MAX];
	size_t count = numbers_of(json_object_get(test, "e"), e);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		e[i] = log(e[i]);
	e_values_choose(e, count, number_at(test, "alpha", 0.05), chosen);
	for (size_t i = 0; i < count; i++)
		if (chosen[i])
			json_array_append_new(
			    list, json_integer((json_int_t)i));
	return json_pack("{s:o}", "ebh_rejected_indices", list);
}

bool
run_multiplicity(const json_t *test)
{
	static const char *const given[] = { "name", "p", "e", "alpha", NULL };
	double p[LIST_MAX], bh[LIST_MAX], holm[LIST_MAX];
	size_t count = numbers_of(json_object_get(test, "p"), p);

	if (json_object_get(test, "e"))
		return expected_at(test, chosen_of(test), given);
	benjamini_hochberg_adjust(p, count, bh);
	holm_adjust(p, count, holm);
	return expected_at(test,
	    json_pack("{s:o, s:o, s:o}", "bh", numbers_json(bh, count), "holm",
		numbers_json(holm, count), "bh_reject_q10",
		rejections(bh, count, 0.1)),
	    given);
}

bool
run_shrinkage(const json_t *test)
{
	static const char *const given[] = { "name", "effect", "se", NULL };
	double mean[LIST_MAX], error[LIST_MAX];
	struct effect effects[LIST_MAX];
	size_t count = numbers_of(json_object_get(test, "effect"), mean);
	struct common_effect common;
	json_t *posterior = json_array();

	numbers_of(json_object_get(test, "se"), error);
	for (size_t i = 0; i < count; i++)
		effects[i] = (struct effect){ mean[i], error[i] };
	common = effects_common(effects, count);
	for (size_t i = 0; i < count; i++) {
		struct shrunk_effect one = effect_shrink(&effects[i], &common);

		json_array_append_new(
		    posterior, json_pack("{s:f, s:f, s:f, s:f}", "mean",
				   one.mean, "sd", one.deviation, "weight",
				   one.weight, "p_gt0", one.above_zero));
	}
	return expected_at(test,
	    json_pack("{s:f, s:f, s:f, s:f, s:o}", "Q", common.q, "tau2",
		common.between, "mu", common.mean, "se_mu", common.error,
		"posterior", posterior),
	    given);
}

static double
least_at(const json_t *input, const char *key)
{
	double numbers[LIST_MAX], least = INFINITY;
	size_t count = numbers_of(json_object_get(input, key), numbers);

	for (size_t i = 0; i < count; i++)
		least = fmin(least, numbers[i]);
	return least;
}

/* The vectors write what still lacks as a list, and one reason as a word. */
static json_t *
reasons_json(const struct promotion *got)
{
	json_t *list;

	if (got->decision != PROMOTION_CONTINUE)
		return json_string(got->why[0]);
	list = json_array();
	for (size_t i = 0; i < PROMOTION_REASONS && got->why[i]; i++)
		json_array_append_new(list, json_string(got->why[i]));
	return list;
}

bool
run_promotion(const json_t *test)
{
	const json_t *in = json_object_get(test, "input");
	const struct promotion_question asked = {
		.ratio_alarm = number_at(in, "srm_p", 1) < 1 / RATIO_ALARM,
		.harm = number_at(in, "guard_p_harm", 0),
		.days = number_at(in, "days", 0),
		.min_days = number_at(in, "min_days", 0),
		.units = least_at(in, "n"),
		.responses = least_at(in, "conv"),
		.min_responses = number_at(in, "min_conv", 0),
		.p = number_at(in, "p_always", 1),
		.alpha = number_at(in, "alpha", 0.05),
		.difference = number_at(in, "diff", 0),
		.people = number_at(in, "n_total", 0),
		.max_people = number_at(in, "n_max", 0),
	};
	struct promotion out = promotion_decide(&asked);
	json_t *got = json_pack("{s:s, s:o}", "decision",
	    promotion_word(out.decision), "why", reasons_json(&out));
	bool passes;

	if (out.next)
		json_object_set_new(
		    got, "next", json_string("open_new_challenger"));
	passes = same(json_object_get(test, "expect"), got, 0);
	json_decref(got);
	return passes;
}

bool
run_roi(const json_t *test)
{
	const json_t *in = json_object_get(test, "input");
	const struct roi_terms terms = {
		.people = number_at(in, "n_pers", 0),
		.margin = number_at(in, "margin", 0),
		.revenue = { number_at(in, "rev_pers", 0),
		    number_at(in, "rev_ctrl", 0), number_at(in, "se_rev", 0) },
		.unsubscribed = { number_at(in, "unsub_pers", 0),
		    number_at(in, "unsub_ctrl", 0),
		    number_at(in, "se_unsub", 0) },
		.complained = { number_at(in, "compl_pers", 0),
		    number_at(in, "compl_ctrl", 0),
		    number_at(in, "se_compl", 0) },
		.loss = number_at(in, "ltv", 0),
		.complaint = number_at(in, "c_compl", 0),
		.content_hours = number_at(in, "h_content", 0),
		.content_rate = number_at(in, "rate_content", 0),
		.uses = number_at(in, "uses", 1),
		.setup_hours = number_at(in, "h_prog", 0),
		.setup_rate = number_at(in, "rate_prog", 0),
		.fixed = number_at(in, "fixed", 0),
		.send = number_at(in, "c_send", 0),
	};
	struct roi out;
	json_t *got;
	bool passes;

	roi_read(&terms, &out);
	/* The vectors have one word for all that is not "pays"; the design's
	 * page has two, and the product prints those. */
	got = json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:s}",
	    "incremental_margin", out.margin, "direct_cost", out.direct,
	    "indirect_cost", out.indirect, "net", out.net, "roi", out.rate,
	    "breakeven_rev_diff", out.break_even, "se_net", out.error,
	    "p_net_gt0", out.above_zero, "verdict",
	    out.word == ROI_PAYS ? "personalise" : "not_proven");
	passes = same_near(
	    json_object_get(test, "expect"), got, relative_of(test), 1e-12);
	json_decref(got);
	return passes;
}
