#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/select.h"

#define NEVER SELECT_NEVER

static const struct candidate plain = { .eligible = true,
	.valid_from = INT64_MIN,
	.valid_until = INT64_MAX,
	.cap = 1,
	.last = NEVER };

/* A candidate with that priority, seen so often, last at that time. */
static struct candidate
seen_one(double priority, uint32_t seen, int64_t last)
{
	struct candidate out = plain;

	out.priority = priority;
	out.seen = seen;
	out.last = last;
	out.cap = 99;
	return out;
}

START_TEST(prefers_unseen_then_priority_then_least_recent_then_order)
{
	const struct {
		struct candidate list[3];
		int chosen;
	} rows[] = {
		{ { seen_one(9, 1, 5), seen_one(1, 0, NEVER),
		      seen_one(2, 0, NEVER) },
		    2 },
		{ { seen_one(9, 1, 5), seen_one(9, 1, 4), seen_one(8, 1, 1) },
		    1 },
		{ { seen_one(1, 1, 5), seen_one(2, 1, 6), seen_one(2, 1, 7) },
		    1 },
		{ { seen_one(1, 0, NEVER), seen_one(1, 0, NEVER),
		      seen_one(1, 0, NEVER) },
		    0 },
		{ { seen_one(1, 2, 5), seen_one(1, 1, 5), seen_one(1, 3, 5) },
		    0 },
	};

	ck_assert_int_eq(select_one(rows[_i].list, 3, 100), rows[_i].chosen);
}
END_TEST

START_TEST(lets_nothing_through_that_is_not_eligible)
{
	struct candidate one = plain;

	ck_assert_int_eq(select_one(&one, 1, 100), 0);
	one.eligible = false;
	ck_assert_int_eq(select_one(&one, 1, 100), -1);
	one = plain;
	one.valid_from = 101;
	ck_assert_int_eq(select_one(&one, 1, 100), -1);
	ck_assert_int_eq(select_one(&one, 1, 101), 0);
	one = plain;
	one.valid_until = 100;
	ck_assert_int_eq(select_one(&one, 1, 100), -1);
	ck_assert_int_eq(select_one(&one, 1, 99), 0);
	one = plain;
	one.counted = 1;
	ck_assert_int_eq(select_one(&one, 1, 100), -1);
	ck_assert_int_eq(select_one(&one, 0, 100), -1);
}
END_TEST

START_TEST(keeps_the_window_open_at_its_start_and_closed_at_its_end)
{
	static const struct {
		int64_t time, now, window;
		bool in;
	} rows[] = {
		{ 900, 1000, 100, false },
		{ 901, 1000, 100, true },
		{ 1000, 1000, 100, true },
		{ 1001, 1000, 100, false },
		{ INT64_MIN, 1000, 0, true },
		{ INT64_MIN, INT64_MAX, INT64_MAX, false },
		{ INT64_MIN, INT64_MAX, 0, true },
		{ 0, INT64_MAX, INT64_MAX, false },
		{ 1, INT64_MAX, INT64_MAX, true },
		{ INT64_MAX, INT64_MIN, 0, false },
	};

	ck_assert(select_in_window(rows[_i].time, rows[_i].now,
		      rows[_i].window) == rows[_i].in);
}
END_TEST

START_TEST(counts_exposures_into_a_candidate)
{
	struct candidate one = plain;

	candidate_count(&one, 10, 100, 50);
	candidate_count(&one, 60, 100, 50);
	candidate_count(&one, 200, 100, 50);
	ck_assert_uint_eq(one.seen, 2);
	ck_assert_uint_eq(one.counted, 1);
	ck_assert_int_eq(one.last, 60);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("select");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests,
	    prefers_unseen_then_priority_then_least_recent_then_order, 0, 5);
	tcase_add_test(tests, lets_nothing_through_that_is_not_eligible);
	tcase_add_loop_test(tests,
	    keeps_the_window_open_at_its_start_and_closed_at_its_end, 0, 10);
	tcase_add_test(tests, counts_exposures_into_a_candidate);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
