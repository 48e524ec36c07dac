#include "milter/liquid/value/integer.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

/* What Ruby 3.1 says to Integer(text). */
static const struct {
	const char *text;
	bool valid;
	int64_t integer;
} rows[] = {
	{ "3", true, 3 },
	{ " -3\n", true, -3 },
	{ "+3", true, 3 },
	{ "0x3", true, 3 },
	{ "-0XfF", true, -255 },
	{ "010", true, 8 },
	{ "0o17", true, 15 },
	{ "0b101", true, 5 },
	{ "0d19", true, 19 },
	{ "0", true, 0 },
	{ "00", true, 0 },
	{ "0_7", true, 7 },
	{ "1_000", true, 1000 },
	{ "99999999999999999999", true, INT64_MAX },
	{ "-9223372036854775808", true, INT64_MIN },
	{ "", false, 0 },
	{ " ", false, 0 },
	{ "-", false, 0 },
	{ "- 3", false, 0 },
	{ "0x", false, 0 },
	{ "08", false, 0 },
	{ "1__0", false, 0 },
	{ "_1", false, 0 },
	{ "1_", false, 0 },
	{ "3.0", false, 0 },
	{ "3 4", false, 0 },
};

/* Limits and filters read text alike, since they ask the same function. */
START_TEST(reads_text_as_ruby_does)
{
	struct span text = span_str(rows[_i].text);
	struct value value = value_string(text);
	int64_t parsed = 0, strict = 0;

	ck_assert_int_eq(integer_parse(text, &parsed), rows[_i].valid);
	ck_assert_int_eq(strict_integer(value, &strict), rows[_i].valid);
	if (!rows[_i].valid)
		return;
	ck_assert_int_eq(parsed, rows[_i].integer);
	ck_assert_int_eq(strict, rows[_i].integer);
}
END_TEST

START_TEST(takes_a_number_from_the_beginning_of_a_range_s_end)
{
	int64_t integer;

	ck_assert_int_eq(
	    loose_integer(value_string(SPAN(" -12abc")), &integer), 1);
	ck_assert_int_eq(integer, -12);
	ck_assert_int_eq(loose_integer(value_string(SPAN("x")), &integer), 1);
	ck_assert_int_eq(integer, 0);
	ck_assert_int_eq(loose_integer(value_nil(), &integer), 1);
	ck_assert_int_eq(integer, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("integer");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, reads_text_as_ruby_does, 0, sizeof rows / sizeof *rows);
	tcase_add_test(
	    tests, takes_a_number_from_the_beginning_of_a_range_s_end);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
