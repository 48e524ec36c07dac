#include "tests/suite.h"

#include <math.h>

#include "tools/measure/channel.h"
#include "tools/measure/roi.h"

static const struct roi_terms terms = { .people = 10000,
	.margin = 0.5,
	.revenue = { 1.5, 1, 0.05 },
	.unsubscribed = { 0.002, 0.001, 0.0001 },
	.complained = { 0.0001, 0.0001, 0 },
	.loss = 40,
	.complaint = 5,
	.content_hours = 10,
	.content_rate = 50,
	.uses = 1,
	.setup_hours = 2,
	.setup_rate = 60,
	.fixed = 80,
	.send = 0.001 };

START_TEST(the_lines_add_up)
{
	struct roi got;

	roi_read(&terms, &got);
	ck_assert_double_eq_tol(got.margin, 2500, 1e-9);
	ck_assert_double_eq_tol(
	    got.direct, got.content + got.setup + 80 + got.sending, 1e-9);
	ck_assert_double_eq_tol(got.indirect, 400, 1e-9);
	ck_assert_double_eq_tol(
	    got.net, got.margin - got.direct - got.indirect, 1e-9);
	ck_assert_int_eq(got.word, ROI_PAYS);
}
END_TEST

START_TEST(at_break_even_nothing_is_left)
{
	struct roi_terms even = terms;
	struct roi got;

	roi_read(&terms, &got);
	even.revenue.personal = even.revenue.control + got.break_even;
	roi_read(&even, &got);
	ck_assert_double_eq_tol(got.net, 0, 1e-9);
	ck_assert_double_eq_tol(got.above_zero, 0.5, 1e-9);
	ck_assert_str_eq(roi_word(got.word), "not proven");
}
END_TEST

START_TEST(each_word_is_said)
{
	struct roi_terms poor = terms;
	struct roi got;

	poor.revenue.personal = 0.9;
	roi_read(&poor, &got);
	ck_assert_str_eq(roi_word(got.word), "does not pay");
	roi_read(&terms, &got);
	ck_assert_str_eq(roi_word(got.word), "pays");
	/* Without a measured uncertainty nothing is proven. */
	poor = terms;
	poor.revenue.error = poor.unsubscribed.error = 0;
	roi_read(&poor, &got);
	ck_assert_str_eq(roi_word(got.word), "not proven");
}
END_TEST

START_TEST(content_that_is_used_again_costs_less)
{
	struct roi_terms again = terms;
	struct roi once, often;

	again.uses = 5;
	roi_read(&terms, &once);
	roi_read(&again, &often);
	ck_assert_double_eq_tol(often.net - once.net, 400, 1e-9);
	again.uses = 0;
	roi_read(&again, &often);
	ck_assert_double_eq(often.net, once.net);
}
END_TEST

START_TEST(nobody_and_nothing_have_no_rate)
{
	const struct roi_terms none = { .people = 0 };
	struct roi got;

	roi_read(&none, &got);
	ck_assert_double_eq(got.rate, 0);
	ck_assert_double_eq(got.break_even, 0);
	ck_assert_int_eq(got.word, ROI_NOT_PROVEN);
}
END_TEST

START_TEST(a_channel_needs_to_bring_more_than_it_costs)
{
	struct channel_past past[] = {
		{ 0.05, CHANNEL_PRIOR, 0, 0, 1, true },
		{ 0.05, CHANNEL_PRIOR, 0, 0, 0.1, true },
		{ 0.05, CHANNEL_PRIOR, 0, 0, 0.1, true },
	};

	ck_assert_int_eq(channel_best(past, 3, 10), 1);
	past[2].answered = past[2].sent = 3;
	ck_assert_int_eq(channel_best(past, 3, 10), 2);
	past[2].available = false;
	ck_assert_int_eq(channel_best(past, 3, 10), 1);
	ck_assert_int_eq(channel_best(past, 3, 1), -1);
	ck_assert_int_eq(channel_best(past, 0, 10), -1);
}
END_TEST

START_TEST(a_cascade_goes_step_by_step_until_an_answer)
{
	struct cascade_step steps[] = { { 100, false, 0 }, { 50, false, 0 } };
	int64_t answer = 120;
	struct cascade due = cascade_due(steps, 2, NULL, 0, 0);

	ck_assert_int_eq(due.action, CASCADE_SEND);
	steps[0].sent = true;
	due = cascade_due(steps, 2, NULL, 0, 99);
	ck_assert_int_eq(due.action, CASCADE_WAIT);
	ck_assert_int_eq(due.until, 100);
	due = cascade_due(steps, 2, NULL, 0, 100);
	ck_assert_int_eq(due.action, CASCADE_SEND);
	ck_assert_uint_eq(due.step, 1);
	/* An answer that has not come yet is none. */
	ck_assert_int_eq(
	    cascade_due(steps, 2, &answer, 1, 119).action, CASCADE_SEND);
	ck_assert_int_eq(
	    cascade_due(steps, 2, &answer, 1, 120).action, CASCADE_STOP);
	steps[1] = (struct cascade_step){ 50, true, 100 };
	ck_assert_int_eq(
	    cascade_due(steps, 2, NULL, 0, 149).action, CASCADE_WAIT);
	ck_assert_int_eq(
	    cascade_due(steps, 2, NULL, 0, 150).action, CASCADE_DONE);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("roi");
	TCase *tests = tcase_create("roi");

	tcase_add_test(tests, the_lines_add_up);
	tcase_add_test(tests, at_break_even_nothing_is_left);
	tcase_add_test(tests, each_word_is_said);
	tcase_add_test(tests, content_that_is_used_again_costs_less);
	tcase_add_test(tests, nobody_and_nothing_have_no_rate);
	tcase_add_test(tests, a_channel_needs_to_bring_more_than_it_costs);
	tcase_add_test(tests, a_cascade_goes_step_by_step_until_an_answer);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
