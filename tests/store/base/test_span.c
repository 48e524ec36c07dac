#include "store/base/span.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

START_TEST(equal_spans_have_equal_bytes)
{
	ck_assert(span_eq(SPAN("abc"), span_of("abcd", 3)));
	ck_assert(!span_eq(SPAN("abc"), SPAN("abd")));
	ck_assert(!span_eq(SPAN("abc"), SPAN("ab")));
	ck_assert(span_eq(SPAN(""), SPAN_NONE));
	ck_assert(span_caseeq(SPAN("X-Mailer"), SPAN("x-mAILER")));
	ck_assert(!span_caseeq(SPAN("a"), SPAN("b")));
}
END_TEST

START_TEST(the_shorter_of_two_comes_first)
{
	static const struct {
		const char *a, *b;
		int order;
	} cases[] = {
		{ "", "", 0 },
		{ "a", "a", 0 },
		{ "", "a", -1 },
		{ "a", "", 1 },
		{ "ab", "b", -1 },
		{ "ab", "a", 1 },
		{ "\x7f", "\x80", -1 },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int order =
		    span_cmp(span_str(cases[i].a), span_str(cases[i].b));

		ck_assert_int_eq((order > 0) - (order < 0), cases[i].order);
	}
}
END_TEST

START_TEST(cutting_never_goes_past_the_end)
{
	struct span s = SPAN("hello");

	ck_assert(span_eq(span_from(s, 2), SPAN("llo")));
	ck_assert_uint_eq(span_from(s, 5).len, 0);
	ck_assert_uint_eq(span_from(s, 99).len, 0);
	ck_assert(span_eq(span_first(s, 2), SPAN("he")));
	ck_assert(span_eq(span_first(s, 99), s));
	ck_assert_uint_eq(span_from(SPAN_NONE, 1).len, 0);
}
END_TEST

START_TEST(beginnings_and_ends_are_told)
{
	ck_assert(span_starts(SPAN("abc"), SPAN("ab")));
	ck_assert(span_starts(SPAN("abc"), SPAN("")));
	ck_assert(!span_starts(SPAN("abc"), SPAN("abcd")));
	ck_assert(span_ends(SPAN("abc"), SPAN("bc")));
	ck_assert(span_ends(SPAN("abc"), SPAN_NONE));
	ck_assert(!span_ends(SPAN("abc"), SPAN("ab")));
}
END_TEST

START_TEST(bytes_and_words_are_found)
{
	ck_assert_uint_eq(span_find(SPAN("a:b:c"), ':'), 1);
	ck_assert_uint_eq(span_find(SPAN("abc"), ':'), 3);
	ck_assert_uint_eq(span_find(SPAN_NONE, ':'), 0);
	ck_assert_uint_eq(span_search(SPAN("one two"), SPAN("two")), 4);
	ck_assert_uint_eq(span_search(SPAN("one two"), SPAN("three")), 7);
	ck_assert_uint_eq(span_search(SPAN("on"), SPAN("one")), 2);
	ck_assert_uint_eq(span_search(SPAN("one"), SPAN("")), 0);
}
END_TEST

START_TEST(blanks_are_trimmed_at_both_ends)
{
	ck_assert(span_eq(span_trim(SPAN(" \t a b \r\n\v\f")), SPAN("a b")));
	ck_assert_uint_eq(span_trim(SPAN(" \n ")).len, 0);
	ck_assert_uint_eq(span_trim(SPAN_NONE).len, 0);
}
END_TEST

START_TEST(a_number_stands_alone_and_is_finite)
{
	static const struct {
		const char *text;
		double number;
	} good[] = { { "0", 0 }, { "-1.5", -1.5 }, { "+2e3", 2000 },
		{ ".5", 0.5 } };
	static const char *const bad[] = { "", " 1", "1 ", "1x", "0x3", "nan",
		"inf", "1e999", "1e", "--1", ".",
		"000000000000000000000000000000000000000000000000000000000000"
		"00001" };
	double number;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		ck_assert(span_number(span_str(good[i].text), &number));
		ck_assert_double_eq(number, good[i].number);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(
		    !span_number(span_str(bad[i]), &number), "%s", bad[i]);
	ck_assert(!span_number(SPAN("1\0"), &number));
}
END_TEST

START_TEST(lines_come_without_their_ends)
{
	struct span text = SPAN("a\r\n\nb\rc\n\rd"), line;
	static const char *const want[] = { "a", "", "b\rc", "\rd" };

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		ck_assert(span_line(&text, &line));
		ck_assert_msg(span_eq(line, span_str(want[i])), "%zu", i);
	}
	ck_assert(!span_line(&text, &line));
	text = SPAN("\n");
	ck_assert(span_line(&text, &line) && line.len == 0);
	ck_assert(!span_line(&text, &line));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("span");
	TCase *tcase = tcase_create("span");

	tcase_add_test(tcase, equal_spans_have_equal_bytes);
	tcase_add_test(tcase, the_shorter_of_two_comes_first);
	tcase_add_test(tcase, cutting_never_goes_past_the_end);
	tcase_add_test(tcase, beginnings_and_ends_are_told);
	tcase_add_test(tcase, bytes_and_words_are_found);
	tcase_add_test(tcase, blanks_are_trimmed_at_both_ends);
	tcase_add_test(tcase, a_number_stands_alone_and_is_finite);
	tcase_add_test(tcase, lines_come_without_their_ends);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
