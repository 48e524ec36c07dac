#include "tests/suite.h"

#include <math.h>

#include "tools/measure/lift.h"

/* Newcombe, Two-sided confidence intervals for the single proportion (1998),
 * table I, method 3. */
START_TEST(wilson_s_interval_is_newcombe_s)
{
	static const double rows[][4] = {
		{ 81, 263, 0.2553, 0.3662 },
		{ 15, 148, 0.0624, 0.1605 },
		{ 0, 20, 0.0000, 0.1611 },
		{ 1, 29, 0.0061, 0.1718 },
	};
	struct interval got = rate_interval(rows[_i][0], rows[_i][1], 0.05);

	ck_assert_double_eq_tol(got.low, rows[_i][2], 0.00005);
	ck_assert_double_eq_tol(got.high, rows[_i][3], 0.00005);
}
END_TEST

START_TEST(exchanging_the_arms_turns_the_difference_round)
{
	struct sample a = sample_of_rate(12, 400), b = sample_of_rate(31, 600);
	struct lift there, back;

	ck_assert(lift_absolute(&a, &b, &there));
	ck_assert(lift_absolute(&b, &a, &back));
	ck_assert_double_eq(there.difference, -back.difference);
	ck_assert_double_eq(there.error, back.error);
	ck_assert_double_eq(there.freedom, back.freedom);
	ck_assert_double_eq(lift_p(&there), lift_p(&back));
}
END_TEST

START_TEST(money_in_cents_says_the_same)
{
	struct moments euros[2] = { { .n = 0 }, { .n = 0 } };
	struct moments cents[2] = { { .n = 0 }, { .n = 0 } };
	struct sample e[2], c[2];
	struct lift lift, hundred;

	for (int i = 0; i < 60; i++) {
		moments_add(&euros[i % 2], i % 7 * 1.5, 0);
		moments_add(&cents[i % 2], i % 7 * 150, 0);
	}
	for (int i = 0; i < 2; i++) {
		e[i] = sample_of_moments(&euros[i]);
		c[i] = sample_of_moments(&cents[i]);
	}
	ck_assert(lift_absolute(&e[0], &e[1], &lift));
	ck_assert(lift_absolute(&c[0], &c[1], &hundred));
	ck_assert_double_eq_tol(
	    hundred.difference, 100 * lift.difference, 1e-10);
	ck_assert_double_eq_tol(lift_p(&hundred), lift_p(&lift), 1e-12);
	ck_assert(lift_relative(&e[0], &e[1], &lift));
	ck_assert(lift_relative(&c[0], &c[1], &hundred));
	ck_assert_double_eq_tol(hundred.difference, lift.difference, 1e-12);
}
END_TEST

START_TEST(more_people_narrow_the_interval)
{
	double last = INFINITY;

	for (double n = 100; n < 1e9; n *= 10) {
		struct sample a = sample_of_rate(0.03 * n, n);
		struct sample b = sample_of_rate(0.04 * n, n);
		struct interval got;
		struct lift lift;

		ck_assert(lift_absolute(&a, &b, &lift));
		got = lift_interval(&lift, 0.05);
		ck_assert_double_lt(got.high - got.low, last);
		last = got.high - got.low;
	}
}
END_TEST

/* Nobody, one person, everybody alike, more than numbers can hold. */
START_TEST(nothing_to_say_is_said)
{
	static const struct sample odd[] = { { 0, 0, 0 }, { 1, 5, 0 },
		{ 100, 1, 0 }, { 10, NAN, 1 }, { 10, 1, INFINITY },
		{ 10, INFINITY, 1 }, { -1, 0, 0 } };

	for (unsigned i = 0; i < 7; i++)
		for (unsigned j = 0; j < 7; j++) {
			struct lift lift;
			struct interval got;

			ck_assert(!lift_absolute(&odd[i], &odd[j], &lift));
			ck_assert_double_eq(lift.error, 0);
			ck_assert_double_eq(lift_p(&lift), 1);
			ck_assert(!lift_relative(&odd[i], &odd[j], &lift));
			got = lift_interval(&lift, 0.05);
			ck_assert(!isnan(got.low) && !isnan(got.high));
		}
	ck_assert_double_eq(rate_interval(0, 0, 0.05).high, 1);
	ck_assert_double_eq(rate_interval(NAN, 5, 0.05).low, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lift");
	TCase *tests = tcase_create("lift");

	tcase_add_loop_test(tests, wilson_s_interval_is_newcombe_s, 0, 4);
	tcase_add_test(tests, exchanging_the_arms_turns_the_difference_round);
	tcase_add_test(tests, money_in_cents_says_the_same);
	tcase_add_test(tests, more_people_narrow_the_interval);
	tcase_add_test(tests, nothing_to_say_is_said);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
