#include "store/base/unicode.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

START_TEST(reads_utf8_and_lets_stray_bytes_stand)
{
	static const struct {
		const char *text;
		uint32_t first;
		size_t offset;
	} rows[] = {
		{ "a", 'a', 1 },
		{ "\xc3\xa9x", 0xe9, 2 },
		{ "\xe2\x82\xac", 0x20ac, 3 },
		{ "\xf0\x9f\x98\x80", 0x1f600, 4 },
		{ "\xc3", 0xdcc3, 1 },
		{ "\xc3x", 0xdcc3, 1 },
		{ "\xc0\xaf", 0xdcc0, 1 },	   /* overlong */
		{ "\xe0\x80\xaf", 0xdce0, 1 },	   /* overlong */
		{ "\xed\xa0\x80", 0xdced, 1 },	   /* surrogate */
		{ "\xf4\x90\x80\x80", 0xdcf4, 1 }, /* beyond Unicode */
		{ "\xff", 0xdcff, 1 },
		{ "\xe2\x82", 0xdce2, 1 },
	};
	size_t offset = 0;

	ck_assert_uint_eq(
	    unicode_next(span_str(rows[_i].text), &offset), rows[_i].first);
	ck_assert_uint_eq(offset, rows[_i].offset);
}
END_TEST

START_TEST(writes_back_every_byte_it_read)
{
	for (unsigned a = 0; a < 65536; a++) {
		char bytes[4] = { (char)(a >> 8), (char)a, (char)(a * 7),
			(char)(a * 31) };
		struct span text = span_of(bytes, sizeof bytes);
		struct buf out;
		size_t offset = 0;

		buf_init_heap(&out, 64);
		while (offset < text.len)
			unicode_write(&out, unicode_next(text, &offset));
		ck_assert(span_eq(buf_span(&out), text));
		buf_deinit(&out);
	}
}
END_TEST

START_TEST(calls_the_same_what_people_call_the_same)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "Marie", " marie ", true },
		{ "ZO\xc3\x8b", "zo\xc3\xab", true },
		{ "\xc5\x81\xc3\xb3\xc5\xba", "\xc5\x82\xc3\x93\xc5\xb9",
		    true },
		{ "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd",
		    "\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd", true },
		{ "\xce\x91\xce\xb8", "\xce\xb1\xce\x98", true },
		{ "\xc2\xa0x", "x", true },
		{ "", "  ", true },
		{ "a", "ab", false },
		{ "a b", "ab", false },
		{ "e", "\xc3\xa9", false },
	};
	struct buf folds[2];

	ck_assert(unicode_same(span_str(rows[_i].a), span_str(rows[_i].b)) ==
		  rows[_i].same);
	buf_init_heap(&folds[0], 64);
	buf_init_heap(&folds[1], 64);
	unicode_fold(&folds[0], span_str(rows[_i].a));
	unicode_fold(&folds[1], span_str(rows[_i].b));
	ck_assert(
	    span_eq(buf_span(&folds[0]), buf_span(&folds[1])) == rows[_i].same);
	buf_deinit(&folds[0]);
	buf_deinit(&folds[1]);
}
END_TEST

START_TEST(knows_letters_digits_and_blanks)
{
	ck_assert(unicode_is_word('_') && unicode_is_word(0xe9) &&
		  unicode_is_word(0x4e00) && unicode_is_word('Z'));
	ck_assert(!unicode_is_word('-') && !unicode_is_word(0x2019) &&
		  !unicode_is_word(0xd7) && !unicode_is_word(0x1f600) &&
		  !unicode_is_word(0xdcff) && !unicode_is_word('@'));
	ck_assert(unicode_is_digit('7') && unicode_is_digit(0x661) &&
		  !unicode_is_digit('a') && !unicode_is_digit(0xb2));
	ck_assert(unicode_is_space(' ') && unicode_is_space(0xa0) &&
		  unicode_is_space('\n') && !unicode_is_space(0x200b));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("unicode");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, reads_utf8_and_lets_stray_bytes_stand, 0, 12);
	tcase_add_test(tests, writes_back_every_byte_it_read);
	tcase_add_loop_test(
	    tests, calls_the_same_what_people_call_the_same, 0, 10);
	tcase_add_test(tests, knows_letters_digits_and_blanks);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
