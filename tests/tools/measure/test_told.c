#include "tools/measure/told.h"

#include <check.h>
#include <math.h>

#include "tests/suite.h"

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

static const struct {
	double value;
	const char *unit, *english, *french;
} values[] = {
	{ 0.0304, "rate", "3.04 %", "3,04\xe2\x80\xaf%" },
	{ 0.0193, "points", "+1.93 points", "+1,93\xe2\x80\xafpoints" },
	{ -0.0193, "points", "-1.93 points", "-1,93\xe2\x80\xafpoints" },
	{ 1234567.5, "money", "1,234,567.50",
	    "1\xe2\x80\xaf"
	    "234\xe2\x80\xaf"
	    "567,50" },
	{ -0.00001, "money", "0.00", "0,00" },
	{ -999.996, "money", "-1,000.00",
	    "-1\xe2\x80\xaf"
	    "000,00" },
	{ NAN, "rate", "- %", "-\xe2\x80\xaf%" },
	{ INFINITY, "money", "-", "-" },
	{ 1e300, "money", "over 10^15", "over 10^15" },
};

START_TEST(numbers_are_written_by_their_unit)
{
	char out[TOLD_SIZE];

	ck_assert_str_eq(
	    told_value(values[_i].value, values[_i].unit, &told_english, out),
	    values[_i].english);
	ck_assert_str_eq(
	    told_value(values[_i].value, values[_i].unit, &told_french, out),
	    values[_i].french);
}
END_TEST

START_TEST(what_a_tree_has_not_is_nothing)
{
	json_t *tree =
	    json_pack("{s:{s:f,s:n,s:b}}", "a", "b", 1.5, "c", "d", 1);

	ck_assert(told_number(tree, "a.b") == 1.5);
	ck_assert(told_true(tree, "a.d"));
	ck_assert_ptr_null(told_at(tree, "a.c"));
	ck_assert_ptr_null(told_at(tree, "a.b.c"));
	ck_assert_ptr_null(told_at(tree, "x"));
	ck_assert_str_eq(told_text(tree, "a.b"), "");
	json_decref(tree);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("told");
	TCase *tests = tcase_create("told");

	tcase_add_loop_test(
	    tests, numbers_are_written_by_their_unit, 0, ROWS(values));
	tcase_add_test(tests, what_a_tree_has_not_is_nothing);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
