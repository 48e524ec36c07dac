#include "tests/suite.h"

#include <math.h>

#include "tools/measure/attribution.h"

static struct exposure
copy_at(int64_t time, enum exposure_state state)
{
	return (struct exposure){ .campaign = SPAN("c"),
		.version = SPAN("1"),
		.arm = SPAN("warm"),
		.time = time,
		.state = state };
}

START_TEST(the_first_enrolment_opens_the_window_whatever_became_of_it)
{
	static const enum exposure_state first[] = { EXPOSURE_BOUNCED,
		EXPOSURE_REFUSED, EXPOSURE_FAILED, EXPOSURE_EXPIRED,
		EXPOSURE_DELIVERED };
	struct exposure list[] = { copy_at(100, first[_i]),
		copy_at(200, EXPOSURE_DELIVERED) };
	const struct history history = { .exposures = list,
		.exposure_count = 2 };

	ck_assert_ptr_eq(
	    attribution_anchor(&history, SPAN("c"), SPAN("1")), &list[0]);
	list[0].state = EXPOSURE_VOID;
	ck_assert_ptr_eq(
	    attribution_anchor(&history, SPAN("c"), SPAN("1")), &list[1]);
	ck_assert_ptr_null(attribution_anchor(&history, SPAN("c"), SPAN("2")));
	ck_assert_ptr_null(attribution_anchor(&history, SPAN("d"), SPAN("1")));
}
END_TEST

START_TEST(the_window_holds_its_beginning_and_not_its_end)
{
	struct attribution window = attribution_begin(1000, 500, 0, 1499);

	ck_assert(!window.complete);
	ck_assert(!attribution_add(&window, 999, 1));
	ck_assert(attribution_add(&window, 1000, 1));
	ck_assert(attribution_add(&window, 1499, 2));
	ck_assert(!attribution_add(&window, 1500, 4));
	ck_assert_uint_eq(window.events, 2);
	ck_assert_double_eq(attribution_value(&window), 3);
	ck_assert(attribution_begin(1000, 500, 0, 1500).complete);
}
END_TEST

START_TEST(the_sum_is_capped_and_stands_uncapped_beside_it)
{
	struct attribution window = attribution_begin(0, 10, 500, 20);

	attribution_add(&window, 1, 300);
	attribution_add(&window, 2, 300);
	attribution_add(&window, 3, NAN);
	ck_assert_double_eq(attribution_value(&window), 500);
	ck_assert_double_eq(window.sum, 600);
	ck_assert_uint_eq(window.events, 3);
}
END_TEST

START_TEST(a_window_past_all_time_ends_there)
{
	struct attribution window =
	    attribution_begin(INT64_MAX - 5, INT64_MAX, 0, INT64_MAX - 1);

	ck_assert(attribution_add(&window, INT64_MAX - 1, 1));
	ck_assert(!window.complete);
}
END_TEST

START_TEST(who_was_in_no_arm_is_not_enrolled)
{
	struct exposure list[] = { copy_at(100, EXPOSURE_REFUSED),
		copy_at(200, EXPOSURE_DELIVERED) };
	const struct history history = { .exposures = list,
		.exposure_count = 2 };

	list[0].arm = SPAN("");
	ck_assert_ptr_eq(
	    attribution_anchor(&history, SPAN("c"), SPAN("1")), &list[1]);
}
END_TEST

START_TEST(more_given_back_than_paid_is_no_debt)
{
	struct attribution window = attribution_begin(0, 10, 500, 20);

	attribution_add(&window, 1, 30);
	attribution_add(&window, 2, -50);
	ck_assert_double_eq(attribution_value(&window), 0);
	ck_assert_double_eq(window.sum, -20);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("attribution");
	TCase *tests = tcase_create("attribution");

	tcase_add_loop_test(tests,
	    the_first_enrolment_opens_the_window_whatever_became_of_it, 0, 5);
	tcase_add_test(tests, the_window_holds_its_beginning_and_not_its_end);
	tcase_add_test(tests, the_sum_is_capped_and_stands_uncapped_beside_it);
	tcase_add_test(tests, a_window_past_all_time_ends_there);
	tcase_add_test(tests, who_was_in_no_arm_is_not_enrolled);
	tcase_add_test(tests, more_given_back_than_paid_is_no_debt);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
