#include "milter/liquid/value/letters.h"
#include "store/base/unicode.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *text;
	const char *upper;
	const char *lower;
	const char *capital;
} rows[] = {
	{ "", "", "", "" },
	{ "aBc", "ABC", "abc", "Abc" },
	{ "\303\244\303\226", "\303\204\303\226", "\303\244\303\266",
	    "\303\204\303\266" },
	{ "\303\237x", "SSX", "\303\237x", "Ssx" },
	{ "\305\211", "\312\274N", "\305\211", "\312\274N" },
	{ "\304\260", "\304\260", "i\314\207", "\304\260" },
	{ "\317\203\317\202", "\316\243\316\243", "\317\203\317\202",
	    "\316\243\317\202" },
	{ "\307\206", "\307\204", "\307\206", "\307\205" },
	{ "\320\266\320\226", "\320\226\320\226", "\320\266\320\266",
	    "\320\226\320\266" },
	{ "\357\254\201", "FI", "\357\254\201", "Fi" },
	{ "\346\227\245", "\346\227\245", "\346\227\245", "\346\227\245" },
	{ "\360\220\220\250", "\360\220\220\200", "\360\220\220\250",
	    "\360\220\220\200" },
	/* stray bytes stay what they are */
	{ "a\377B\303", "A\377B\303", "a\377b\303", "A\377b\303" },
};

static void
check(void (*change)(struct span text, struct buf *out), const char *text,
    const char *changed)
{
	struct buf out;

	buf_init_heap(&out, 1000);
	change(span_str(text), &out);
	ck_assert_str_eq(buf_cstr(&out), changed);
	buf_deinit(&out);
}

START_TEST(changes_case_as_ruby_does)
{
	check(letters_upper, rows[_i].text, rows[_i].upper);
	check(letters_lower, rows[_i].text, rows[_i].lower);
	check(letters_capital, rows[_i].text, rows[_i].capital);
}
END_TEST

START_TEST(counts_code_points)
{
	struct span text = SPAN("a\303\244\346\227\245\377b");

	ck_assert_uint_eq(letters_count(text), 5);
	ck_assert_uint_eq(letters_bytes(text, 0), 0);
	ck_assert_uint_eq(letters_bytes(text, 2), 3);
	ck_assert_uint_eq(letters_bytes(text, 3), 6);
	ck_assert_uint_eq(letters_bytes(text, 4), 7);
	ck_assert_uint_eq(letters_bytes(text, 99), 8);
	ck_assert(!unicode_valid(text));
	ck_assert(unicode_valid(span_first(text, 6)));
	ck_assert(!unicode_valid(span_first(text, 5)));
	ck_assert(!unicode_valid(SPAN("\355\240\200")));
	ck_assert(!unicode_valid(SPAN("\300\200")));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("letters");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, changes_case_as_ruby_does, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, counts_code_points);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
