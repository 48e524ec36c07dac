#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "milter/statistics.h"
#include "tests/suite.h"

static struct statistics statistics = STATISTICS_INIT;
static struct tally tallies[TALLIES];

/* Messages of that row. */
static unsigned long long
tallied(enum counter verdict, const char *reason, const char *campaign)
{
	size_t count = statistics_tallies(&statistics, tallies);

	for (size_t i = 0; i < count; i++)
		if (tallies[i].verdict == verdict &&
		    strcmp(tallies[i].reason, reason) == 0 &&
		    strcmp(tallies[i].campaign, campaign) == 0)
			return tallies[i].count;
	return 0;
}

START_TEST(tells_messages_apart_and_adds_up_those_alike)
{
	statistics_message(
	    &statistics, COUNT_REFUSED, SPAN("missing"), SPAN("a"));
	statistics_message(
	    &statistics, COUNT_REFUSED, SPAN("missing"), SPAN("a"));
	statistics_message(
	    &statistics, COUNT_REFUSED, SPAN("missing"), SPAN("b"));
	statistics_message(
	    &statistics, COUNT_DEFERRED, SPAN("missing"), SPAN("a"));
	ck_assert_uint_eq(tallied(COUNT_REFUSED, "missing", "a"), 2);
	ck_assert_uint_eq(tallied(COUNT_REFUSED, "missing", "b"), 1);
	ck_assert_uint_eq(tallied(COUNT_DEFERRED, "missing", "a"), 1);
	ck_assert_uint_eq(atomic_load(&statistics.counts[COUNT_REFUSED]), 3);
}
END_TEST

START_TEST(has_an_end_of_rows_and_loses_no_message)
{
	unsigned long long sum = 0;
	char name[200];
	size_t count;

	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "c%u", i);
		statistics_message(&statistics, COUNT_PERSONALISED,
		    SPAN("decided"), span_str(name));
	}
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "%0100u", i);
		statistics_message(&statistics, COUNT_REFUSED,
		    span_str(name + 80), span_str(name));
	}
	statistics_message(
	    &statistics, COUNT_DEFERRED, SPAN("late"), SPAN("x"));
	count = statistics_tallies(&statistics, tallies);
	ck_assert_uint_le(count, TALLIES);
	for (size_t i = 0; i < count; i++)
		sum += tallies[i].count;
	ck_assert_uint_eq(sum, 6001);
	ck_assert_uint_eq(tallied(COUNT_PERSONALISED, "decided", "c7"), 1);
	ck_assert_uint_gt(
	    tallied(COUNT_PERSONALISED, "decided", "other"), 2000);
	ck_assert_uint_gt(tallied(COUNT_REFUSED, "other", "other"), 2000);
	ck_assert_uint_eq(tallied(COUNT_DEFERRED, "other", "other"), 1);
}
END_TEST

static void *
count_many(void *context)
{
	(void)context;
	for (int i = 0; i < 10000; i++)
		statistics_message(&statistics, COUNT_PERSONALISED,
		    SPAN("decided"), i % 2 ? SPAN("a") : SPAN("b"));
	return NULL;
}

START_TEST(is_counted_in_by_several_threads)
{
	pthread_t threads[4];

	for (size_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count_many, NULL);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(tallied(COUNT_PERSONALISED, "decided", "a"), 20000);
	ck_assert_uint_eq(tallied(COUNT_PERSONALISED, "decided", "b"), 20000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("milter/statistics");
	TCase *tcase = tcase_create("statistics");

	tcase_add_test(tcase, tells_messages_apart_and_adds_up_those_alike);
	tcase_add_test(tcase, has_an_end_of_rows_and_loses_no_message);
	tcase_add_test(tcase, is_counted_in_by_several_threads);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
