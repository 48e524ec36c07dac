#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/seen.h"

static struct exposure_slot slots[8];
static struct exposure entries[8];
static struct history history;
static struct seen seen;
static struct arena *arena;

static void
begin(void)
{
	arena = arena_new(1 << 20);
	history = (struct history){ .exposures = entries };
	ck_assert_int_eq(seen_init(&seen, 200, arena, NULL), 0);
}

/* An entry that showed one or two contents. */
static void
entry(int64_t time, enum exposure_state state, const char *one, const char *two)
{
	size_t at = history.exposure_count++;

	slots[at * 2].block = span_str(one);
	slots[at * 2 + 1].block = span_str(two);
	entries[at] = (struct exposure){ .time = time,
		.state = state,
		.slots = &slots[at * 2],
		.slot_count = 2 };
}

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

	ck_assert(seen_in_window(rows[_i].time, rows[_i].now,
		      rows[_i].window) == rows[_i].in);
}
END_TEST

START_TEST(counts_what_counts_as_shown_once_per_entry)
{
	unsigned a, b;

	begin();
	a = seen_content(&seen, SPAN("a"), 100, SEEN_NONE);
	b = seen_content(&seen, SPAN("b"), 0, SEEN_NONE);
	ck_assert_uint_eq(seen_content(&seen, SPAN("a"), 100, SEEN_NONE), a);
	entry(NOW - 200, EXPOSURE_DELIVERED, "a", "b");
	entry(NOW - 50, EXPOSURE_RESERVED, "a", "a");
	entry(NOW - 40, EXPOSURE_BOUNCED, "a", "b");
	entry(NOW + 40, EXPOSURE_DELIVERED, "a", "b");
	seen_walk(&seen, &history, NOW);
	ck_assert_uint_eq(seen.counts[a].seen, 2);
	ck_assert_uint_eq(seen.counts[a].counted, 1);
	ck_assert_int_eq(seen.counts[a].last, NOW - 50);
	ck_assert_uint_eq(seen.counts[b].seen, 1);
	ck_assert_uint_eq(seen.counts[b].counted, 1);
	seen_pretend(&seen, SPAN("b"), NOW);
	seen_pretend(&seen, SPAN("nobody asked"), NOW);
	ck_assert_uint_eq(seen.counts[b].seen, 2);
	arena_free(&arena);
}
END_TEST

START_TEST(counts_a_pool_once_per_entry_and_folded_where_the_last_lies)
{
	static struct folded folded[] = {
		{ FOLDED_BLOCK, { "a", 1 }, 3, NOW - 900, NOW - 90 },
		{ FOLDED_BLOCK, { "b", 1 }, 5, NOW - 900, NOW - 500 },
		{ FOLDED_CAMPAIGN, { "a", 1 }, 7, NOW - 900, NOW - 90 },
	};
	unsigned pool, a, b;

	begin();
	pool = seen_pool(&seen, 100);
	a = seen_content(&seen, SPAN("a"), 100, pool);
	b = seen_content(&seen, SPAN("b"), 100, pool);
	entry(NOW - 10, EXPOSURE_DELIVERED, "a", "b");
	history.folded = folded;
	history.folded_count = 3;
	seen_walk(&seen, &history, NOW);
	ck_assert_uint_eq(seen.counts[a].counted, 4);
	ck_assert_uint_eq(seen.counts[b].seen, 6);
	ck_assert_uint_eq(seen.counts[b].counted, 1);
	ck_assert_uint_eq(seen.counts[pool].counted, 4);
	ck_assert_uint_eq(seen.counts[pool].seen, 9);
	arena_free(&arena);
}
END_TEST

START_TEST(tells_contents_apart_that_look_alike)
{
	static char names[200][40];
	unsigned index[200];

	begin();
	for (unsigned i = 0; i < 200; i++) {
		/* Same ends, and lengths from 1 to 33. */
		int len = (int)(i % 33);

		snprintf(names[i], sizeof names[i], "%.*s%u%.*s", len / 2,
		    "aaaaaaaaaaaaaaaa", i, len - len / 2, "bbbbbbbbbbbbbbbbbb");
		index[i] =
		    seen_content(&seen, span_str(names[i]), 0, SEEN_NONE);
		for (unsigned j = 0; j < i; j++)
			ck_assert((index[i] == index[j]) ==
				  (strcmp(names[i], names[j]) == 0));
	}
	for (unsigned i = 0; i < 200; i++)
		ck_assert_uint_eq(
		    seen_content(&seen, span_str(names[i]), 0, SEEN_NONE),
		    index[i]);
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("seen");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests,
	    keeps_the_window_open_at_its_start_and_closed_at_its_end, 0, 10);
	tcase_add_test(tests, counts_what_counts_as_shown_once_per_entry);
	tcase_add_test(
	    tests, counts_a_pool_once_per_entry_and_folded_where_the_last_lies);
	tcase_add_test(tests, tells_contents_apart_that_look_alike);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
