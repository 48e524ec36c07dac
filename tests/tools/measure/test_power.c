#include "tests/suite.h"

#include <math.h>

#include "tools/measure/power.h"

static struct power_plan
plan_of(double people, double control)
{
	return (struct power_plan){ .people = people,
		.control = control,
		.treated = 1 - control,
		.base = 0.03,
		.alpha = 0.05,
		.power = 0.8 };
}

/* The design's own figures, in points to one digit. */
START_TEST(sees_what_the_design_says)
{
	static const double rows[][3] = { { 4600, 0.1, 3.4 },
		{ 0.78 * 4600, 0.1, 3.9 }, { 4600, 0.2, 2.6 },
		{ 4600, 0.5, 2.3 } };
	struct power_plan plan = plan_of(rows[_i][0], rows[_i][1]);
	double rise;

	ck_assert(power_visible(&plan, &rise));
	ck_assert_double_eq_tol(rise * 100, rows[_i][2], 0.05);
}
END_TEST

START_TEST(one_point_needs_the_people_the_design_says)
{
	struct power_plan tenth = plan_of(1, 0.1), half = plan_of(1, 0.5);
	double people;

	ck_assert(power_people(&tenth, 0.01, &people));
	ck_assert_double_eq_tol(people, 50000, 1000);
	ck_assert(power_people(&half, 0.01, &people));
	ck_assert_double_eq_tol(people, 20000, 1000);
}
END_TEST

START_TEST(people_and_rise_are_each_other_s_answer)
{
	for (double people = 500; people < 1e7; people *= 3)
		for (double control = 0.05; control < 0.95; control += 0.15) {
			struct power_plan plan = plan_of(people, control);
			double rise, needed, fewer;

			if (!power_visible(&plan, &rise))
				continue;
			ck_assert(power_people(&plan, rise, &needed));
			ck_assert_double_eq_tol(needed, people, 2);
			ck_assert(power_people(&plan, rise / 2, &fewer));
			ck_assert_double_gt(fewer, needed);
		}
}
END_TEST

START_TEST(suggests_a_share_that_is_nearly_as_good_as_half)
{
	struct power_plan plan = plan_of(4600, 0.1), half = plan_of(4600, 0.5);

	ck_assert_double_eq_tol(power_suggest(&plan), 0.2, 1e-9);
	ck_assert_double_eq(power_suggest(&half), 0);
	plan.people = 3;
	ck_assert_double_eq(power_suggest(&plan), 0);
}
END_TEST

START_TEST(what_cannot_be_planned_is_said)
{
	struct power_plan good = plan_of(4600, 0.1);
	double odd[] = { NAN, INFINITY, -1, 0 }, rise, people;

	for (unsigned i = 0; i < 4 * 6; i++) {
		struct power_plan plan = good;
		double *members[] = { &plan.people, &plan.control,
			&plan.treated, &plan.base, &plan.alpha, &plan.power };

		*members[i / 4] = odd[i % 4];
		if (power_visible(&plan, &rise))
			ck_assert(isfinite(rise));
		if (power_people(&plan, 0.01, &people))
			ck_assert(isfinite(people));
		ck_assert(isfinite(power_suggest(&plan)));
		ck_assert(isfinite(power_responses(&plan)));
	}
	ck_assert(!power_people(&good, 0, &people));
	ck_assert(!power_people(&good, 0.98, &people));
	good.people = 2;
	ck_assert(!power_visible(&good, &rise));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("power");
	TCase *tests = tcase_create("power");

	tcase_add_loop_test(tests, sees_what_the_design_says, 0, 4);
	tcase_add_test(tests, one_point_needs_the_people_the_design_says);
	tcase_add_test(tests, people_and_rise_are_each_other_s_answer);
	tcase_add_test(tests, suggests_a_share_that_is_nearly_as_good_as_half);
	tcase_add_test(tests, what_cannot_be_planned_is_said);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
