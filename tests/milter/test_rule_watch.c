#include "milter/rule_watch.h"
#include "tests/suite.h"

#include <check.h>

#define NOW ((int64_t)1800000000) /* a full hour */

START_TEST(warns_at_the_tenth_and_each_tenfold)
{
	struct rule_watch *watch = rule_watch_new(2);

	for (unsigned i = 1; i <= 1000; i++)
		ck_assert_uint_eq(rule_watch_refused(watch, 1, NOW + i),
		    i == 10 || i == 100 || i == 1000 ? i : 0);
	rule_watch_free(&watch);
	ck_assert_ptr_null(watch);
}
END_TEST

START_TEST(counts_each_rule_and_hour_by_itself)
{
	struct rule_watch *watch = rule_watch_new(2);

	for (unsigned i = 0; i < 9; i++) {
		ck_assert_uint_eq(rule_watch_refused(watch, 0, NOW - 1), 0);
		ck_assert_uint_eq(rule_watch_refused(watch, 1, NOW), 0);
	}
	ck_assert_uint_eq(rule_watch_refused(watch, 0, NOW), 0);
	ck_assert_uint_eq(rule_watch_refused(watch, 1, NOW + 3599), 10);
	rule_watch_free(&watch);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rule_watch");
	TCase *tests = tcase_create("rule_watch");

	tcase_add_test(tests, warns_at_the_tenth_and_each_tenfold);
	tcase_add_test(tests, counts_each_rule_and_hour_by_itself);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
