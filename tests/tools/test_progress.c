#include "tools/progress.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	double seconds;
	uint64_t units, done, total;
	const char *line;
} cases[] = {
	{ 10, 500, 50, 100,
	    "loading [############............]  50 %  500 rows, 50/s, "
	    "0:10 left" },
	{ 2, 100, 0, 100,
	    "loading [........................]   0 %  100 rows, 50/s" },
	{ 4, 100, 200, 100,
	    "loading [########################] 100 %  100 rows, 25/s, "
	    "0:00 left" },
	{ 10, 50, 50, 100,
	    "loading [############............]  50 %  50 of 100 rows, 5/s, "
	    "0:10 left" },
	{ 2, 100, 50, 0, "loading: 100 rows, 50/s" },
	{ 0, 0, 0, 0, "loading: 0 rows, 0/s" },
	{ 100, 1, 1, 1000000000,
	    "loading [........................]   0 %  1 of 1000000000 rows, "
	    "0/s, "
	    "5999:59 left" },
};

START_TEST(tells_how_far_how_fast_and_how_long)
{
	struct progress progress;
	char line[160];

	progress_begin(&progress, NULL, "loading", "rows");
	ck_assert_str_eq(
	    progress_line(&progress, cases[_i].seconds, cases[_i].units,
		cases[_i].done, cases[_i].total, line, sizeof(line)),
	    cases[_i].line);
}
END_TEST

START_TEST(says_nothing_where_there_is_no_terminal)
{
	struct progress progress;
	FILE *file = tmpfile();

	progress_begin(&progress, file, "loading", "rows");
	progress.began = progress.last = 0; /* long ago */
	progress_at(&progress, 1, 1, 2);
	progress_end(&progress);
	ck_assert_int_eq(fflush(file), 0);
	ck_assert_int_eq(ftell(file), 0);
	fclose(file);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("progress");
	TCase *tests = tcase_create("progress");

	tcase_add_loop_test(tests, tells_how_far_how_fast_and_how_long, 0,
	    (int)(sizeof(cases) / sizeof(*cases)));
	tcase_add_test(tests, says_nothing_where_there_is_no_terminal);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
