#include "tests/suite.h"

#include <math.h>

#include "tests/tools/measure/kit_chance.h"
#include "tools/measure/sample.h"

START_TEST(parts_of_a_scan_add_up_to_the_whole)
{
	struct moments whole = { .n = 0 }, parts[3] = { { .n = 0 } };
	struct moments merged = { .n = 0 };
	struct dice dice = { 7 };

	for (int i = 0; i < 1000; i++) {
		double y = dice_roll(&dice) * 50, x = dice_roll(&dice) + y;

		moments_add(&whole, y, x);
		moments_add(&parts[i % 3], y, x);
	}
	for (int i = 0; i < 3; i++)
		moments_merge(&merged, &parts[i]);
	ck_assert_double_eq(merged.n, whole.n);
	ck_assert_double_eq_tol(merged.mean, whole.mean, 1e-10);
	ck_assert_double_eq_tol(merged.squares, whole.squares, 1e-6);
	ck_assert_double_eq_tol(merged.products, whole.products, 1e-6);
	ck_assert_double_eq_tol(
	    cuped_theta(&merged), cuped_theta(&whole), 1e-10);
}
END_TEST

/* Millions of cents on top of every value change no variance. */
START_TEST(large_sums_lose_no_digits)
{
	struct moments moments = { .n = 0 };

	for (int i = 0; i < 1000; i++)
		moments_add(&moments, 1e9 + i % 2, 0);
	ck_assert_double_eq_tol(
	    sample_of_moments(&moments).variance, 250.0 / 999, 1e-9);
}
END_TEST

START_TEST(what_was_known_before_narrows_the_difference)
{
	struct moments arms[2] = { { .n = 0 }, { .n = 0 } };
	struct moments pooled = { .n = 0 };
	struct dice dice = { 3 };
	double theta;

	for (int i = 0; i < 4000; i++) {
		double x = dice_roll(&dice);

		moments_add(&arms[i % 2], x + dice_roll(&dice) / 4 + i % 2, x);
	}
	moments_merge(&pooled, &arms[0]);
	moments_merge(&pooled, &arms[1]);
	theta = cuped_theta(&pooled);
	ck_assert_double_eq_tol(theta, 1, 0.1);
	for (int i = 0; i < 2; i++)
		ck_assert_double_lt(
		    cuped_sample(&arms[i], theta, pooled.before).variance,
		    sample_of_moments(&arms[i]).variance / 5);
	/* Without anything known before nothing changes. */
	ck_assert_double_eq(cuped_sample(&arms[0], 0, pooled.before).variance,
	    sample_of_moments(&arms[0]).variance);
}
END_TEST

START_TEST(nobody_and_one_person_have_no_variance)
{
	struct moments none = { .n = 0 }, one = { .n = 0 };

	moments_merge(&none, &one);
	ck_assert_double_eq(none.n, 0);
	moments_add(&one, 5, 1);
	ck_assert_double_eq(sample_of_moments(&one).variance, 0);
	ck_assert_double_eq(cuped_theta(&one), 0);
	ck_assert_double_eq(sample_of_rate(0, 0).mean, 0);
	ck_assert_double_eq(sample_of_moments(&none).mean, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sample");
	TCase *tests = tcase_create("sample");

	tcase_add_test(tests, parts_of_a_scan_add_up_to_the_whole);
	tcase_add_test(tests, large_sums_lose_no_digits);
	tcase_add_test(tests, what_was_known_before_narrows_the_difference);
	tcase_add_test(tests, nobody_and_one_person_have_no_variance);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
