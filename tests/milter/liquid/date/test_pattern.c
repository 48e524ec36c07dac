#include "milter/liquid/date/pattern.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *pattern;
	const char *text;
	const char *match; /* NULL: none */
	const char *first; /* group 1, NULL: took no part */
} rows[] = {
	{ "abc", "xabcx", "abc", NULL },
	{ "a.c", "abc", "abc", NULL },
	{ "a\\.c", "abc", NULL, NULL },
	{ "\\d+", "a12b3", "12", NULL },
	{ "(\\d{2,3})", "1 12345", "123", "123" },
	{ "\\d{2}\\b", "123 45", "23", NULL },
	{ "\\b\\d{2}\\b", "123 45", "45", NULL },
	{ "a?b*c+", "cc", "cc", NULL },
	{ "(a|bc)d", "bcd", "bcd", "bc" },
	{ "(a)?b", "b", "b", NULL },
	{ "(a)?b", "ab", "ab", "a" },
	{ "(?:x|(y))z", "xz", "xz", NULL },
	{ "(?:x|(y))z", "yz", "yz", "y" },
	{ "(a+)(ab)?", "aaab", "aaa", "aaa" },
	{ "(a+)ab", "aaab", "aaab", "aa" },
	{ "[^-/\\d\\s]+", "1-ab c", "ab", NULL },
	{ "[a-c.]+", "xa.bd", "a.b", NULL },
	{ "\\[[^\\]]*\\]", "a[b]c", "[b]", NULL },
	{ "^a$", "a", "a", NULL },
	{ "^a$", "ab", NULL, NULL },
	{ "\\bx", "\303\244x", NULL, NULL },
	{ "()a", "a", "a", "" },
	{ "", "a", "", NULL },
	{ "a", "", NULL, NULL },
	{ "((a)|b)c", "bc", "bc", "b" },
};

START_TEST(matches_the_first_place)
{
	struct span groups[PATTERN_GROUPS];
	unsigned steps = 10000;
	int found = pattern_find(
	    rows[_i].pattern, span_str(rows[_i].text), groups, &steps);

	ck_assert_int_eq(found, rows[_i].match != NULL);
	if (!found)
		return;
	ck_assert(span_eq(groups[0], span_str(rows[_i].match)));
	ck_assert((groups[1].at != NULL) == (rows[_i].first != NULL));
	ck_assert(span_eq(groups[1], span_str(rows[_i].first)));
}
END_TEST

START_TEST(stops_when_its_steps_are_spent)
{
	struct span groups[PATTERN_GROUPS];
	char text[100];
	unsigned steps = 5000;

	memset(text, 'a', sizeof text);
	ck_assert_int_eq(pattern_find("a*a*a*a*a*a*b",
			     span_of(text, sizeof text), groups, &steps),
	    0);
	ck_assert_uint_eq(steps, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pattern");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, matches_the_first_place, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, stops_when_its_steps_are_spent);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
