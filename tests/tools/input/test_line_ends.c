#include "tools/input/line_ends.h"

#include "tests/suite.h"

#include <check.h>

static const struct {
	const char *text, *wire;
} texts[] = {
	{ "", "" },
	{ "\n", "\r\n" },
	{ "\r\n", "\r\n" },
	{ "a", "a" },
	{ "a\nb\n\nc", "a\r\nb\r\n\r\nc" },
	{ "a\r\nb\nc\r", "a\r\nb\r\nc\r" },
	{ "a\rb\n", "a\rb\r\n" },
};

START_TEST(makes_every_line_end_crlf)
{
	struct arena *arena = arena_new(1 << 16);
	struct err err = ERR_INIT;
	struct span out;

	ck_assert_int_eq(
	    line_ends_crlf(span_str(texts[_i].text), arena, &out, &err), 0);
	ck_assert(span_eq(out, span_str(texts[_i].wire)));
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *all = suite_create("line ends");
	TCase *tests = tcase_create("line ends");

	tcase_add_loop_test(tests, makes_every_line_end_crlf, 0,
	    (int)(sizeof(texts) / sizeof(*texts)));
	suite_add_tcase(all, tests);
	return suite_run(all);
}
