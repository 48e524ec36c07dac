#include "store/base/monotonic.h"

#include "tests/suite.h"

#include <check.h>
#include <errno.h>

START_TEST(a_moment_lies_as_far_ahead_as_was_asked)
{
	static const unsigned distances[] = { 0, 1, 999, 1000, 1999, 3600001 };

	for (size_t i = 0; i < sizeof distances / sizeof *distances; i++) {
		int64_t now = monotonic_us();
		struct timespec then = monotonic_in(distances[i]);

		ck_assert_int_ge(then.tv_nsec, 0);
		ck_assert_int_lt(then.tv_nsec, 1000000000);
		ck_assert_int_ge(
		    then.tv_sec * INT64_C(1000000) + then.tv_nsec / 1000,
		    now + distances[i] * INT64_C(1000));
	}
}
END_TEST

START_TEST(a_condition_waits_by_this_clock)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct timespec then = monotonic_in(1);
	pthread_cond_t cond;

	ck_assert_int_eq(monotonic_cond(&cond), 0);
	pthread_mutex_lock(&lock);
	while (pthread_cond_timedwait(&cond, &lock, &then) != ETIMEDOUT)
		;
	pthread_mutex_unlock(&lock);
	ck_assert_int_ge(monotonic_us(),
	    then.tv_sec * INT64_C(1000000) + then.tv_nsec / 1000);
	pthread_cond_destroy(&cond);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("monotonic");
	TCase *tcase = tcase_create("monotonic");

	tcase_add_test(tcase, a_moment_lies_as_far_ahead_as_was_asked);
	tcase_add_test(tcase, a_condition_waits_by_this_clock);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
