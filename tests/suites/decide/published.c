/*
 * Numbers that other projects publish for the formulas that reports use; each
 * case names its kind.
 */
#include "tests/suites/decide/vectors.h"

#include <math.h>
#include <string.h>

#include "tools/measure/evidence.h"
#include "tools/measure/multiplicity.h"

#define HUNDRED_THOUSANDTH 1e-5

static struct sample
sums_at(const json_t *test, const char *key)
{
	const json_t *arm = json_object_get(test, key);

	double n = number_at(arm, "n", 0), sum = number_at(arm, "sum", 0);
	const struct moments moments = { .n = n,
		.mean = sum / n,
		.squares = number_at(arm, "sum_squares", 0) - sum * sum / n };

	return sample_of_moments(&moments);
}

static void
lift_of(const json_t *test, struct lift *lift)
{
	struct sample control = sums_at(test, "a");
	struct sample treated = sums_at(test, "b");

	if (truth_at(test, "relative", false))
		lift_relative(&control, &treated, lift);
	else
		lift_absolute(&control, &treated, lift);
}

static json_t *
lift_got(const struct lift *lift, struct interval interval, double p)
{
	return json_pack("{s:f, s:f, s:[f, f], s:f}", "diff", lift->difference,
	    "se", lift->error, "ci", interval.low, interval.high, "p", p);
}

static json_t *
welch(const json_t *test)
{
	struct lift lift;

	lift_of(test, &lift);
	return lift_got(&lift,
	    lift_interval(&lift, number_at(test, "alpha", 0.05)),
	    lift_p(&lift));
}

static json_t *
acs(const json_t *test)
{
	struct lift lift;
	struct sequence sequence;

	lift_of(test, &lift);
	sequence_read(&lift, sums_at(test, "a").n + sums_at(test, "b").n,
	    number_at(test, "nstar", 0), number_at(test, "alpha", 0.05),
	    &sequence);
	return lift_got(&lift, sequence.interval, sequence.p);
}

/* Robbins' mixture in the words of confseq: a sum s of variance v. */
static json_t *
mixture(const json_t *test)
{
	double v = number_at(test, "v", 0);

	return json_real(evidence_mean(number_at(test, "s", 0) / sqrt(v), v,
	    sequence_rho_square(
		number_at(test, "v_opt", 0), number_at(test, "alpha_opt", 0))));
}

static json_t *
numbers_got(const double *numbers, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_real(numbers[i]));
	return list;
}

static json_t *
holm(const json_t *test)
{
	double p[LIST_MAX], adjusted[LIST_MAX];
	size_t count = numbers_of(json_object_get(test, "p"), p);

	holm_adjust(p, count, adjusted);
	return numbers_got(adjusted, count);
}

static json_t *
benjamini_hochberg(const json_t *test)
{
	double p[LIST_MAX], adjusted[LIST_MAX];
	size_t count = numbers_of(json_object_get(test, "p"), p);

	benjamini_hochberg_adjust(p, count, adjusted);
	return numbers_got(adjusted, count);
}

static json_t *
benjamini_hochberg_reject(const json_t *test)
{
	double p[LIST_MAX], adjusted[LIST_MAX];
	size_t count = numbers_of(json_object_get(test, "p"), p);

	benjamini_hochberg_adjust(p, count, adjusted);
	for (size_t i = 0; i < count; i++)
		adjusted[i] = adjusted[i] <= number_at(test, "alpha", 0.05);
	return numbers_got(adjusted, count);
}

static const struct kind {
	const char *name;
	json_t *(*got)(const json_t *test);
} kinds[] = {
	{ "welch", welch },
	{ "acs", acs },
	{ "confseq_log_mixture", mixture },
	{ "holm", holm },
	{ "bh", benjamini_hochberg },
	{ "bh_reject", benjamini_hochberg_reject },
};

static const struct kind *
kind_of(const json_t *test)
{
	const char *name = string_at(test, "kind", "");

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

bool
run_published(const json_t *test)
{
	const struct kind *kind = kind_of(test);
	json_t *got = kind ? kind->got(test) : NULL;
	bool passes = got && same_near(json_object_get(test, "expect"), got, 0,
				 HUNDRED_THOUSANDTH);

	json_decref(got);
	return passes;
}

/* Curves of uplift models have a suite of their own, which runs nowhere: the
 * product has no such model. */
const char *
published_unused(const json_t *test)
{
	const char *kind = string_at(test, "kind", "");

	return strncmp(kind, "uplift", 6) == 0 || strncmp(kind, "qini", 4) == 0
		   ? "the product has no uplift model"
		   : NULL;
}
