#include "tools/message/foresight.h"

#include "tests/tools/message/kit_findings.h"

static struct arm arms[] = {
	{ .name = { "control", 7 }, .share = 0.1, .control = true },
	{ .name = { "warm", 4 }, .share = 0.45 },
	{ .name = { "sober", 5 }, .share = 0.45 },
};

static const struct campaign split = { .arms = arms, .arm_count = 3 };

static const char *
told(size_t nth)
{
	static char text[400];

	ck_assert_uint_lt(nth, findings.count);
	ck_assert_str_eq(findings.list[nth].rule, "power");
	ck_assert_int_eq(findings.list[nth].kind, FINDING_INFORMS);
	snprintf(text, sizeof text, "%.*s", SPAN_ARG(findings.list[nth].text));
	return text;
}

/* 4,600 people: 3.4 points with 10 % in control, 2.6 with 20 %; one point
 * needs 50,000. */
START_TEST(tells_what_the_split_sees_and_what_would_see_more)
{
	findings.campaign = &split;
	foresight_tell(&findings, 4600);
	ck_assert_uint_eq(findings.count, 3);
	ck_assert_str_eq(told(0),
	    "are eligible, 10 % in control: this sees 3.4 points on 3 % with "
	    "80 % power; 1 point needs 50000");
	ck_assert_uint_eq(findings.list[0].people, 4600);
	ck_assert_str_eq(
	    told(1), "with 20 % in control it would see 2.6 points");
	ck_assert_str_eq(told(2),
	    "about 14 of control will respond; an interval needs 25, so pool "
	    "mailings by topic");
	ck_assert_uint_eq(findings.problems + findings.lapses, 0);
}
END_TEST

START_TEST(many_people_by_halves_want_for_nothing)
{
	static struct arm halves[] = {
		{ .name = { "control", 7 }, .share = 0.5, .control = true },
		{ .name = { "all", 3 }, .share = 0.5 },
	};
	static const struct campaign half = { .arms = halves, .arm_count = 2 };

	findings.campaign = &half;
	foresight_tell(&findings, 1000000);
	ck_assert_uint_eq(findings.count, 1);
	told(0);
}
END_TEST

START_TEST(handfuls_see_nothing)
{
	findings.campaign = &split;
	foresight_tell(&findings, 40);
	ck_assert_uint_eq(findings.count, 1);
	ck_assert_str_eq(told(0),
	    "are eligible, 10 % in control: too few to see any difference");
}
END_TEST

START_TEST(without_control_or_people_nothing_is_told)
{
	static const struct campaign none = { .arms = arms + 1,
		.arm_count = 2 };

	findings.campaign = &none;
	foresight_tell(&findings, 4600);
	findings.campaign = &split;
	foresight_tell(&findings, 0);
	ck_assert_uint_eq(findings.count, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("foresight");
	TCase *tests = tcase_create("foresight");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
	    tests, tells_what_the_split_sees_and_what_would_see_more);
	tcase_add_test(tests, many_people_by_halves_want_for_nothing);
	tcase_add_test(tests, handfuls_see_nothing);
	tcase_add_test(tests, without_control_or_people_nothing_is_told);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
