#include "tests/suite.h"

#include <math.h>

#include "tools/measure/distribution.h"

/* Abramowitz and Stegun, table 26.5, with the digits of R's qnorm. */
START_TEST(normal_quantiles_are_those_of_the_tables)
{
	static const double rows[][2] = {
		{ 0.5, 0 },
		{ 0.75, 0.674489750196082 },
		{ 0.8, 0.841621233572914 },
		{ 0.9, 1.281551565544600 },
		{ 0.95, 1.644853626951473 },
		{ 0.975, 1.959963984540054 },
		{ 0.99, 2.326347874040841 },
		{ 0.995, 2.575829303548901 },
		{ 0.9995, 3.290526731491896 },
		{ 0.9999, 3.719016485455709 },
		{ 1e-10, -6.361340902404056 },
	};

	ck_assert_double_eq_tol(
	    normal_quantile(rows[_i][0]), rows[_i][1], 1e-12);
	/* Near 1 the argument itself has few digits. */
	ck_assert_double_eq_tol(normal_quantile(1 - rows[_i][0]), -rows[_i][1],
	    rows[_i][0] < 1e-9 ? 1e-6 : 1e-11);
}
END_TEST

/* NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4: upper critical
 * values at 0.05, 0.01 and 0.001. */
START_TEST(chi_square_is_that_of_the_tables)
{
	static const double rows[][4] = {
		{ 1, 3.841, 6.635, 10.828 },
		{ 2, 5.991, 9.210, 13.816 },
		{ 3, 7.815, 11.345, 16.266 },
		{ 5, 11.070, 15.086, 20.515 },
		{ 10, 18.307, 23.209, 29.588 },
		{ 50, 67.505, 76.154, 86.661 },
		{ 100, 124.342, 135.807, 149.449 },
	};
	static const double tails[] = { 0.05, 0.01, 0.001 };

	for (int i = 0; i < 3; i++)
		ck_assert_double_eq_tol(
		    chi_square_above(rows[_i][i + 1], rows[_i][0]), tails[i],
		    tails[i] * 1e-3);
}
END_TEST

/* The same, 1.3.6.7.2: two-sided at 0.1, 0.05 and 0.01. */
START_TEST(student_is_that_of_the_tables)
{
	static const double rows[][4] = {
		{ 1, 6.314, 12.706, 63.657 },
		{ 2, 2.920, 4.303, 9.925 },
		{ 5, 2.015, 2.571, 4.032 },
		{ 10, 1.812, 2.228, 3.169 },
		{ 30, 1.697, 2.042, 2.750 },
		{ 100, 1.660, 1.984, 2.626 },
		{ INFINITY, 1.645, 1.960, 2.576 },
	};
	static const double tails[] = { 0.1, 0.05, 0.01 };

	for (int i = 0; i < 3; i++) {
		ck_assert_double_eq_tol(student_critical(tails[i], rows[_i][0]),
		    rows[_i][i + 1], 0.0006);
		ck_assert_double_eq_tol(
		    student_beyond(rows[_i][i + 1], rows[_i][0]), tails[i],
		    tails[i] * 3e-3);
	}
}
END_TEST

/* One degree of freedom is Cauchy's, two have a closed form. */
START_TEST(student_agrees_with_the_closed_forms)
{
	for (double t = 1e-6; t < 1e6; t *= 3) {
		ck_assert_double_eq_tol(
		    student_beyond(t, 1), 2 * atan(1 / t) / acos(-1), 1e-13);
		ck_assert_double_eq_tol(
		    student_beyond(t, 2), 1 - t / sqrt(2 + t * t), 1e-12);
		ck_assert_double_eq_tol(
		    chi_square_above(t, 2), exp(-t / 2), 1e-13);
	}
}
END_TEST

START_TEST(student_goes_over_into_the_normal_distribution)
{
	for (double freedom = 10; freedom < 1e14; freedom *= 7)
		ck_assert_double_eq_tol(student_beyond(2, freedom),
		    student_beyond(2, INFINITY), 0.6 / freedom + 1e-13);
}
END_TEST

START_TEST(tails_fall_and_quantiles_rise)
{
	for (double freedom = 0.5; freedom < 1e7; freedom *= 4) {
		double last = 1, chi = 1;

		for (double x = 0.01; x < 200; x *= 1.3) {
			double now = student_beyond(x, freedom);

			ck_assert_double_le(now, last + 1e-14);
			ck_assert_double_ge(now, 0);
			ck_assert_double_eq(now, student_beyond(-x, freedom));
			last = now;
			now = chi_square_above(x, freedom);
			ck_assert_double_le(now, chi + 1e-12);
			chi = now;
		}
	}
	for (double p = 0.01; p < 0.99; p += 0.01)
		ck_assert_double_lt(
		    normal_quantile(p), normal_quantile(p + 0.005));
}
END_TEST

START_TEST(every_argument_has_an_answer)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 0, -1, 1, 2,
		1e-320, 1e308, 0.5 };

	for (unsigned i = 0; i < 10; i++)
		for (unsigned j = 0; j < 10; j++) {
			ck_assert(!isnan(student_beyond(odd[i], odd[j])));
			ck_assert(!isnan(student_critical(odd[i], odd[j])));
			ck_assert(!isnan(chi_square_above(odd[i], odd[j])));
			ck_assert(isfinite(normal_quantile(odd[i])));
		}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("distribution");
	TCase *tests = tcase_create("distribution");

	tcase_add_loop_test(
	    tests, normal_quantiles_are_those_of_the_tables, 0, 11);
	tcase_add_loop_test(tests, chi_square_is_that_of_the_tables, 0, 7);
	tcase_add_loop_test(tests, student_is_that_of_the_tables, 0, 7);
	tcase_add_test(tests, student_agrees_with_the_closed_forms);
	tcase_add_test(tests, student_goes_over_into_the_normal_distribution);
	tcase_add_test(tests, tails_fall_and_quantiles_rise);
	tcase_add_test(tests, every_argument_has_an_answer);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
