#include "tools/message/diff.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/base/buf.h"

#include "tests/suite.h"

static const struct {
	const char *a, *b, *printed;
} cases[] = {
	{ "a\nb\n", "a\nb\n", "" },
	{ "a\nb\nc\n", "a\nB\nc\n", "@@ -1,3 +1,3 @@ x\n a\n-b\n+B\n c\n" },
	{ "", "a\n", "@@ -0,0 +1,1 @@ x\n+a\n" },
	{ "a\n", "", "@@ -1,1 +0,0 @@ x\n-a\n" },
	{ "1\n2\n3\n4\n5\n6\n7\n8\n9\nx\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\ny\n",
	    "@@ -7,4 +7,4 @@ x\n 7\n 8\n 9\n-x\n+y\n" },
	{ "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\nc\n",
	    "@@ -1,4 +1,3 @@ x\n-a\n 1\n 2\n 3\n"
	    "@@ -6,4 +5,4 @@ x\n 5\n 6\n 7\n-b\n+c\n" },
	{ "a\n1\n2\n3\n4\n5\nb\n", "1\n2\n3\n4\n5\nb\nc\n",
	    "@@ -1,7 +1,7 @@ x\n-a\n 1\n 2\n 3\n 4\n 5\n b\n+c\n" },
	{ "a\n\033[31m\n", "a\n", "@@ -1,2 +1,1 @@ x\n a\n-\\x1b[31m\n" },
	{ "a\tb\n", "", "@@ -1,1 +0,0 @@ x\n-a\tb\n" },
};

static int
print(struct span a, struct span b, char *printed, size_t size)
{
	struct arena *arena = arena_new((size_t)64 << 20);
	struct err err = ERR_INIT;
	FILE *file = tmpfile();
	int differ = diff_print(file, SPAN("x"), a, b, arena, &err);

	rewind(file);
	printed[fread(printed, 1, size - 1, file)] = '\0';
	fclose(file);
	arena_free(&arena);
	return differ;
}

START_TEST(prints_hunks_as_diff_does)
{
	char printed[400];
	int differ = print(span_str(cases[_i].a), span_str(cases[_i].b),
	    printed, sizeof(printed));

	ck_assert_str_eq(printed, cases[_i].printed);
	ck_assert_int_eq(differ, *cases[_i].printed != '\0');
}
END_TEST

/* Too much for the table: all of the one, then all of the other. */
START_TEST(what_is_too_long_differs_altogether)
{
	struct buf a, b;
	char printed[64];

	buf_init_heap(&a, 1 << 20);
	buf_init_heap(&b, 1 << 20);
	for (int i = 0; i < 3000; i++) {
		buf_printf(&a, "a%d\n", i);
		buf_printf(&b, "b%d\n", i);
	}
	ck_assert_int_eq(
	    print(buf_span(&a), buf_span(&b), printed, sizeof(printed)), 1);
	ck_assert_ptr_nonnull(strstr(printed, "@@ -1,3000 +1,3000 @@ x\n-a0"));
	buf_deinit(&a);
	buf_deinit(&b);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("diff");
	TCase *tests = tcase_create("diff");

	tcase_add_loop_test(tests, prints_hunks_as_diff_does, 0,
	    (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(tests, what_is_too_long_differs_altogether);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
