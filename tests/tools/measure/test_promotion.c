#include "tests/suite.h"

#include "tools/measure/promotion.h"

/* A challenger that is to be promoted. */
static const struct promotion_question won = { .days = 14,
	.min_days = 7,
	.harm = 0.5,
	.units = 5000,
	.responses = 100,
	.min_responses = 25,
	.p = 0.01,
	.alpha = 0.05,
	.difference = 0.01,
	.people = 10000,
	.max_people = 40000 };

START_TEST(asks_in_one_order)
{
	struct promotion_question asked = won;

	ck_assert_int_eq(promotion_decide(&asked).decision, PROMOTION_PROMOTE);
	asked.difference = -0.01;
	ck_assert_int_eq(promotion_decide(&asked).decision, PROMOTION_RETIRE);
	asked.p = 0.06;
	ck_assert_str_eq(promotion_decide(&asked).why[0], "inconclusive");
	asked.people = 40000;
	ck_assert_str_eq(promotion_decide(&asked).why[0], "futility_n_max");
	asked.max_people = 0;
	ck_assert_str_eq(promotion_decide(&asked).why[0], "inconclusive");
	asked.days = 3;
	ck_assert_str_eq(promotion_decide(&asked).why[0], "min_days");
	asked.harm = 0.95;
	ck_assert_str_eq(promotion_decide(&asked).why[0], "guardrail");
	ck_assert_int_eq(promotion_decide(&asked).decision, PROMOTION_STOP);
	asked.ratio_alarm = true;
	ck_assert_str_eq(promotion_decide(&asked).why[0], "srm");
}
END_TEST

START_TEST(names_all_that_is_too_little)
{
	const struct promotion_question nothing = { .min_days = 7,
		.min_responses = 25,
		.p = 0,
		.alpha = 0.05,
		.difference = 1 };
	struct promotion got = promotion_decide(&nothing);

	ck_assert_int_eq(got.decision, PROMOTION_CONTINUE);
	ck_assert_str_eq(got.why[0], "min_days");
	ck_assert_str_eq(got.why[1], "min_units");
	ck_assert_str_eq(got.why[2], "min_conversions");
	ck_assert(!got.next);
}
END_TEST

/* No difference at all is nobody's victory. */
START_TEST(a_tie_goes_on)
{
	struct promotion_question asked = won;

	asked.difference = 0;
	ck_assert_str_eq(
	    promotion_word(promotion_decide(&asked).decision), "continue");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("promotion");
	TCase *tests = tcase_create("promotion");

	tcase_add_test(tests, asks_in_one_order);
	tcase_add_test(tests, names_all_that_is_too_little);
	tcase_add_test(tests, a_tie_goes_on);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
