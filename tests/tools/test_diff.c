#include "tools/diff.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/base/buf.h"

static const struct {
	const char *a, *b, *printed;
} cases[] = {
	{ "a\nb\n", "a\nb\n", "" },
	{ "a\r\nb\r\n", "a\nb\n", "" },
	{ "a\nb\nc\n", "a\nB\nc\n", " a\n-b\n+B\n c\n" },
	{ "", "a\n", "+a\n" },
	{ "a\n", "", "-a\n" },
	{ "1\n2\n3\n4\n5\n6\n7\n8\n9\nx\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\ny\n",
	    "...\n 7\n 8\n 9\n-x\n+y\n" },
	{ "a\n\033[31m\n", "a\n", " a\n-\\x1b[31m\n" },
};

START_TEST(shows_what_changed)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct err err = ERR_INIT;
	FILE *file = tmpfile();
	char printed[400] = "";
	size_t len;

	ck_assert_int_eq(diff_print(file, span_str(cases[_i].a),
			     span_str(cases[_i].b), arena, &err),
	    0);
	rewind(file);
	len = fread(printed, 1, sizeof(printed) - 1, file);
	printed[len] = '\0';
	ck_assert_str_eq(printed, cases[_i].printed);
	fclose(file);
	arena_free(&arena);
}
END_TEST

START_TEST(refuses_what_is_too_long)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct err err = ERR_INIT;
	struct buf text;

	buf_init_heap(&text, 1 << 20);
	for (int i = 0; i <= DIFF_LINES_MAX; i++)
		buf_str(&text, "x\n");
	ck_assert_int_eq(
	    diff_print(stdout, buf_span(&text), SPAN("y"), arena, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	buf_deinit(&text);
	arena_free(&arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("diff");
	TCase *tests = tcase_create("diff");

	tcase_add_loop_test(tests, shows_what_changed, 0,
	    (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(tests, refuses_what_is_too_long);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
