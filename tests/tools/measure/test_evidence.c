#include "tests/suite.h"

#include <math.h>

#include "tools/measure/comparison.h"
#include "tools/measure/evidence.h"

/* Of two arms by halves the mixture is Beta(c + 1, d + 1) x 2^n, and for 10
 * of 10 in one arm that is 2^10 / 11. */
START_TEST(shares_are_those_of_the_closed_form)
{
	const double counts[] = { 10, 0 }, halves[] = { 0.5, 0.5 };
	const double both[] = { 1, 1 };

	ck_assert_double_eq_tol(
	    exp(evidence_shares(counts, halves, 2, 1)), 1024.0 / 11, 1e-9);
	ck_assert_double_eq_tol(evidence_shares(counts, both, 2, 1),
	    evidence_shares(counts, halves, 2, 1), 1e-12);
}
END_TEST

/* The interval leaves zero at the very moment when e reaches 1 / alpha. */
START_TEST(interval_and_evidence_say_the_same)
{
	for (double n = 10; n < 1e7; n *= 3)
		for (double planned = 10; planned < 1e7; planned *= 10) {
			double rho = sequence_rho_square(planned, 0.05);
			double z = sequence_critical(n, rho, 0.05);

			ck_assert_double_eq_tol(
			    evidence_mean(z, n, rho), log(20), 1e-9);
			ck_assert_double_gt(z, 1.96);
		}
}
END_TEST

START_TEST(the_interval_is_narrowest_where_it_was_planned)
{
	double least = INFINITY, where = 0;

	for (double n = 1; n < 1e6; n *= 1.05) {
		double z =
		    sequence_critical(n, sequence_rho_square(5000, 0.05), 0.05);

		if (z < least) {
			least = z;
			where = n;
		}
	}
	/* Where z is least lies past the plan, the width beside it. */
	ck_assert_double_gt(where, 5000);
	ck_assert_double_lt(least, 3.04);
	ck_assert_double_eq_tol(
	    sequence_critical(5000, sequence_rho_square(5000, 0.05), 0.05),
	    3.0352, 0.0001);
}
END_TEST

START_TEST(people_where_nobody_should_be_are_proof)
{
	const double counts[] = { 100, 1 }, shares[] = { 1, 0 };
	struct sample_ratio ratio;

	sample_ratio_read(counts, shares, 2, &ratio);
	ck_assert(ratio.alarm);
	ck_assert(isfinite(ratio.log_e) && isfinite(ratio.chi_square));
}
END_TEST

START_TEST(no_number_comes_out_of_none)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 0, -1, 1e300,
		1e-300, 1 };

	for (unsigned i = 0; i < 4096; i++) {
		const double counts[] = { odd[i & 7], odd[i >> 3 & 7] };
		const double shares[] = { odd[i >> 6 & 7], odd[i >> 9] };
		const struct comparison_arm arms[] = {
			{ { counts[0], shares[0], counts[1] }, counts[1],
			    shares[1] },
			{ { 100, 0.1, 0.09 }, 50, 0.5 },
		};
		struct sample_ratio ratio;
		struct comparison got;

		sample_ratio_read(counts, shares, 2, &ratio);
		ck_assert(!isnan(ratio.chi_square) && !isnan(ratio.p) &&
			  isfinite(ratio.log_e));
		compare(&arms[0], &arms[1], shares[0], 25, 0.05, &got);
		ck_assert(isfinite(got.lift.difference) &&
			  isfinite(got.lift.error) &&
			  isfinite(got.shares_log_e) &&
			  !isnan(got.sequence.interval.low) &&
			  !isnan(got.sequence.interval.high) &&
			  isfinite(got.sequence.log_e) &&
			  !isnan(got.sequence.p) && !isnan(got.fewest));
	}
}
END_TEST

/* 14 of 25 in control, however clear the rest is. */
START_TEST(too_few_responses_show_no_interval)
{
	const struct comparison_arm control = { sample_of_rate(14, 460), 14,
		0.1 };
	const struct comparison_arm treated = { sample_of_rate(300, 4140), 300,
		0.9 };
	struct comparison got;

	compare(&control, &treated, 4600, RESPONSES_NEEDED, 0.05, &got);
	ck_assert_int_eq(got.word, COMPARISON_TOO_FEW);
	ck_assert(!got.shown);
	ck_assert_double_eq(got.fewest, 14);
	compare(&control, &treated, 4600, 14, 0.05, &got);
	ck_assert(got.shown);
}
END_TEST

/* Until then the responses by arm speak, if they are clear enough. */
START_TEST(clear_responses_speak_before_the_interval)
{
	const struct comparison_arm none = { sample_of_rate(0, 2000), 0, 0.5 };
	const struct comparison_arm many = { sample_of_rate(20, 2000), 20,
		0.5 };
	struct comparison got;

	compare(&none, &many, 4000, RESPONSES_NEEDED, 0.05, &got);
	ck_assert_int_eq(got.word, COMPARISON_BETTER);
	ck_assert(!got.shown);
	compare(&many, &none, 4000, RESPONSES_NEEDED, 0.05, &got);
	ck_assert_int_eq(got.word, COMPARISON_WORSE);
}
END_TEST

START_TEST(each_word_is_said)
{
	const struct comparison_arm low = { sample_of_rate(100, 5000), 100,
		0.5 };
	const struct comparison_arm high = { sample_of_rate(200, 5000), 200,
		0.5 };
	struct comparison got;

	compare(&low, &high, 10000, RESPONSES_NEEDED, 0.05, &got);
	ck_assert_str_eq(comparison_word(got.word), "better");
	compare(&high, &low, 10000, RESPONSES_NEEDED, 0.05, &got);
	ck_assert_str_eq(comparison_word(got.word), "worse");
	compare(&low, &low, 10000, RESPONSES_NEEDED, 0.05, &got);
	ck_assert_str_eq(comparison_word(got.word), "not known yet");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("evidence");
	TCase *tests = tcase_create("evidence");

	tcase_add_test(tests, shares_are_those_of_the_closed_form);
	tcase_add_test(tests, interval_and_evidence_say_the_same);
	tcase_add_test(tests, the_interval_is_narrowest_where_it_was_planned);
	tcase_add_test(tests, people_where_nobody_should_be_are_proof);
	tcase_add_test(tests, no_number_comes_out_of_none);
	tcase_add_test(tests, too_few_responses_show_no_interval);
	tcase_add_test(tests, clear_responses_speak_before_the_interval);
	tcase_add_test(tests, each_word_is_said);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
