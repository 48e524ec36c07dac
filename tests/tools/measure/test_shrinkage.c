#include "tests/suite.h"

#include <math.h>

#include "tools/measure/shrinkage.h"

#define TRIALS 13

/* The log relative risks and variances of thirteen BCG trials (Colditz et al.
 * 1994) as R's metafor prints them; it finds tau squared 0.3088, mean -0.7141,
 * error 0.1787 by the method of DerSimonian and Laird. */
static const double trials[TRIALS][2] = { { -0.8893, 0.3256 },
	{ -1.5854, 0.1946 }, { -1.3481, 0.4154 }, { -1.4416, 0.0200 },
	{ -0.2175, 0.0512 }, { -0.7861, 0.0069 }, { -1.6209, 0.2230 },
	{ 0.0120, 0.0040 }, { -0.4694, 0.0564 }, { -1.3713, 0.0730 },
	{ -0.3394, 0.0124 }, { 0.4459, 0.5325 }, { -0.0173, 0.0714 } };

static void
trials_read(struct effect *out)
{
	for (unsigned i = 0; i < TRIALS; i++)
		out[i] = (struct effect){ trials[i][0], sqrt(trials[i][1]) };
}

START_TEST(finds_what_metafor_finds)
{
	struct effect effects[TRIALS];
	struct common_effect got;

	trials_read(effects);
	got = effects_common(effects, TRIALS);
	ck_assert_double_eq_tol(got.q, 152.23, 1);
	ck_assert_double_eq_tol(got.between, 0.3088, 0.003);
	ck_assert_double_eq_tol(got.mean, -0.7141, 0.001);
	ck_assert_double_eq_tol(got.error, 0.1787, 0.001);
}
END_TEST

START_TEST(a_group_lies_between_itself_and_all)
{
	struct effect effects[TRIALS];
	struct common_effect all;

	trials_read(effects);
	all = effects_common(effects, TRIALS);
	for (unsigned i = 0; i < TRIALS; i++) {
		struct shrunk_effect got = effect_shrink(&effects[i], &all);

		ck_assert_double_le(fabs(got.mean - all.mean),
		    fabs(effects[i].mean - all.mean));
		ck_assert_double_gt(got.weight, 0);
		ck_assert_double_lt(got.weight, 1);
		ck_assert_double_lt(
		    got.deviation, hypot(effects[i].error, sqrt(all.between)));
	}
}
END_TEST

START_TEST(who_measured_nothing_is_as_all_are)
{
	const struct effect nothing = { 0, 0 };
	struct effect effects[TRIALS + 1];
	struct common_effect all, same;
	struct shrunk_effect got;

	trials_read(effects);
	all = effects_common(effects, TRIALS);
	effects[TRIALS] = nothing;
	same = effects_common(effects, TRIALS + 1);
	ck_assert_double_eq(same.mean, all.mean);
	ck_assert_double_eq(same.between, all.between);
	got = effect_shrink(&nothing, &all);
	ck_assert_double_eq(got.mean, all.mean);
	ck_assert_double_eq_tol(
	    got.deviation, sqrt(all.between + all.error * all.error), 1e-12);
}
END_TEST

START_TEST(no_number_comes_out_of_none)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 0, -1, 1e300,
		1e-300, 1 };

	for (unsigned i = 0; i < 512; i++) {
		const struct effect effects[] = {
			{ odd[i & 7], odd[i >> 3 & 7] },
			{ odd[i >> 6], 1 },
		};
		struct common_effect all = effects_common(effects, 2);

		ck_assert(!isnan(all.mean) && !isnan(all.between));
		for (unsigned j = 0; j < 2; j++) {
			struct shrunk_effect got =
			    effect_shrink(&effects[j], &all);

			ck_assert(!isnan(got.mean) && !isnan(got.deviation) &&
				  !isnan(got.weight) && !isnan(got.above_zero));
		}
	}
	ck_assert_double_eq(effects_common(NULL, 0).mean, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("shrinkage");
	TCase *tests = tcase_create("shrinkage");

	tcase_add_test(tests, finds_what_metafor_finds);
	tcase_add_test(tests, a_group_lies_between_itself_and_all);
	tcase_add_test(tests, who_measured_nothing_is_as_all_are);
	tcase_add_test(tests, no_number_comes_out_of_none);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
