#include "tests/suite.h"

#include "tools/measure/sums.h"

#define DAY 86400

static struct opening
opened(const int64_t *moments, size_t count)
{
	struct opening opening = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct opening one = opening_of(moments[i]);

		opening_add(&opening, &one);
	}
	return opening;
}

static void
expect(
    const struct opening *opening, int64_t day, uint64_t first, uint64_t second)
{
	ck_assert_int_eq(opening->day, day);
	ck_assert_uint_eq(opening->people[0], first);
	ck_assert_uint_eq(opening->people[1], second);
}

START_TEST(days_begin_at_midnight_before_the_epoch_too)
{
	ck_assert_int_eq(sums_day(0), 0);
	ck_assert_int_eq(sums_day(DAY - 1), 0);
	ck_assert_int_eq(sums_day(DAY), 1);
	ck_assert_int_eq(sums_day(-1), -1);
	ck_assert_int_eq(sums_day(-DAY), -1);
}
END_TEST

START_TEST(keeps_the_first_day_and_the_next_in_any_order)
{
	const int64_t up[] = { DAY, DAY + 5, 2 * DAY, 3 * DAY, 9 * DAY };
	const int64_t down[] = { 9 * DAY, 3 * DAY, 2 * DAY, DAY + 5, DAY };
	const int64_t gap[] = { 9 * DAY, 9 * DAY, 4 * DAY };
	struct opening one = opened(up, 5), other = opened(down, 5);
	struct opening apart = opened(gap, 3);

	expect(&one, 1, 2, 1);
	expect(&other, 1, 2, 1);
	expect(&apart, 4, 1, 0);
}
END_TEST

START_TEST(two_become_one_as_if_counted_together)
{
	const int64_t moments[] = { 7 * DAY, 5 * DAY, 6 * DAY, 5 * DAY, 8 * DAY,
		6 * DAY };

	for (size_t cut = 0; cut <= 6; cut++) {
		struct opening all = opened(moments, cut);
		struct opening rest = opened(moments + cut, 6 - cut);

		opening_add(&all, &rest);
		expect(&all, 5, 2, 2);
	}
}
END_TEST

START_TEST(plans_for_no_fewer_than_must_respond)
{
	const int64_t moments[] = { 0, 1, DAY };
	struct opening opening = opened(moments, 3), none = { 0 };

	ck_assert_double_eq(opening_planned(&opening, 1), 3);
	ck_assert_double_eq(opening_planned(&opening, 25), 50);
	ck_assert_double_eq(opening_planned(&none, 25), 50);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sums");
	TCase *tests = tcase_create("sums");

	tcase_add_test(tests, days_begin_at_midnight_before_the_epoch_too);
	tcase_add_test(tests, keeps_the_first_day_and_the_next_in_any_order);
	tcase_add_test(tests, two_become_one_as_if_counted_together);
	tcase_add_test(tests, plans_for_no_fewer_than_must_respond);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
