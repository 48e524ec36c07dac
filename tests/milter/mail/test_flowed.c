#include "milter/mail/flowed.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

static const struct {
	const char *lines;
	const char *text;
	bool delsp;
} rows[] = {
	{ "", "", false },
	{ "fixed\r\nlines\r\n", "fixed\r\nlines\r\n", false },
	{ "soft \r\nbreak\r\n", "soft break\r\n", false },
	{ "{{ pro \r\nfile }}\r\n", "{{ profile }}\r\n", true },
	{ "a \r\n> b \r\n> c\r\n>> d\r\n", "a \r\n> b c\r\n>> d\r\n", false },
	{ " stuffed\r\n >no quote\r\n From x\r\n",
	    "stuffed\r\n >no quote\r\nFrom x\r\n", false },
	{ "text \r\n-- \r\nsig\r\n", "text \r\n-- \r\nsig\r\n", false },
	{ "no end ", "no end ", false },
	{ "soft  \r\n\r\nend\r\n", "soft \r\nend\r\n", true },
	{ "bare \nline\n", "bare line\n", false },
};

START_TEST(soft_breaks_join)
{
	struct span text, lines;

	ck_assert_int_eq(flowed_decode(span_str(rows[_i].lines), rows[_i].delsp,
			     arena, &text, &err),
	    0);
	ck_span(text, rows[_i].text);
	/* Nothing changed: the line breaks come back as they were. */
	ck_assert_int_eq(flowed_encode(text, span_str(rows[_i].lines),
			     rows[_i].delsp, arena, &lines, &err),
	    0);
	ck_span(lines, rows[_i].lines);
}
END_TEST

#define LONG "twenty_characters...."
#define L4 LONG " " LONG " " LONG " " LONG

static const struct {
	const char *text;
	const char *lines;
	bool delsp;
} wrapped[] = {
	{ "short\r\n", "short\r\n", false },
	{ L4 "\r\n", LONG " " LONG " " LONG " \r\n" LONG "\r\n", false },
	{ L4 "\r\n", LONG " " LONG " " LONG "  \r\n" LONG "\r\n", true },
	{ ">> " L4 "\r\n", ">> " LONG " " LONG " " LONG " \r\n>> " LONG "\r\n",
	    false },
	{ "From me\r\n indent\r\n", " From me\r\n  indent\r\n", false },
	{ "value with blanks  \r\n-- \r\n", "value with blanks\r\n-- \r\n",
	    false },
	{ "  \r\n", "\r\n", false },
};

START_TEST(new_lines_are_broken_softly)
{
	struct span lines, back;

	ck_assert_int_eq(
	    flowed_encode(span_str(wrapped[_i].text), SPAN("other\r\n"),
		wrapped[_i].delsp, arena, &lines, &err),
	    0);
	ck_span(lines, wrapped[_i].lines);
	ck_assert_int_eq(
	    flowed_decode(lines, wrapped[_i].delsp, arena, &back, &err), 0);
}
END_TEST

START_TEST(unchanged_lines_keep_their_breaks)
{
	struct span lines;

	ck_assert_int_eq(
	    flowed_encode(SPAN("Dear Anna,\r\na short line\r\n> b c\r\n"),
		SPAN("Dear X,\r\na short \r\nline\r\n> b \r\n> c\r\n"), false,
		arena, &lines, &err),
	    0);
	ck_span(lines, "Dear Anna,\r\na short \r\nline\r\n> b \r\n> c\r\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("flowed");
	TCase *tcase = kit_case(suite, "flowed");

	tcase_add_loop_test(
	    tcase, soft_breaks_join, 0, sizeof rows / sizeof rows[0]);
	tcase_add_loop_test(tcase, new_lines_are_broken_softly, 0,
	    sizeof wrapped / sizeof wrapped[0]);
	tcase_add_test(tcase, unchanged_lines_keep_their_breaks);
	return suite_run(suite);
}
