#include "store/engine/upkeep.h"

#include "store/record/history.h"
#include "tests/store/engine/memory.h"
#include "tests/store/kit.h"
#include "tests/suite.h"

#include <check.h>

#define PEOPLE 700

static struct engine *engine;
static struct arena *arena;
static struct upkeep upkeep;
static struct upkeep_counts counts;

static void
set_up(void)
{
	arena = arena_new((size_t)64 << 20);
	ck_assert_int_eq(memory_open(&engine, NULL), 0);
	upkeep = (struct upkeep){ .engine = engine,
		.now = 1000,
		.expire_before = 900,
		.keep = { .before = 500 } };
}

static void
tear_down(void)
{
	engine_close(&engine);
	arena_free(&arena);
}

/* fixture: set_up tear_down */

static struct history
history_of(unsigned who)
{
	struct record_key key = kit_key(who);
	struct record record;
	struct history history;

	ck_assert_int_ge(engine_get(engine, &key, arena, &record, NULL), 0);
	ck_assert_int_eq(history_decode(record.values[RECORD_HISTORY].bytes,
			     arena, &history, NULL),
	    0);
	return history;
}

/* One entry, at that time in that state. */
static void
give(unsigned who, int64_t time, enum exposure_state state)
{
	struct exposure entry = { .tag = { 1 },
		.time = time,
		.state_at = time,
		.campaign = SPAN("c"),
		.propensity = 1,
		.state = state };
	struct history history = { .exposures = &entry, .exposure_count = 1 };
	struct write write = kit_write(who, RECORD_HISTORY, 0, "");
	struct buf out;

	buf_init(&out, arena, 10000);
	ck_assert_int_eq(history_encode(&history, arena, &out, NULL), 0);
	write.bytes = buf_span(&out);
	ck_assert_int_eq(engine_commit(engine, &write, 1, NULL), 1);
}

START_TEST(what_was_never_confirmed_expires)
{
	struct history history;

	give(1, 899, EXPOSURE_RESERVED);
	give(2, 900, EXPOSURE_RESERVED);
	give(3, 899, EXPOSURE_DELIVERED);
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, NULL), 1);
	ck_assert_uint_eq(counts.histories, 3);
	ck_assert_uint_eq(counts.expired, 1);
	history = history_of(1);
	ck_assert_int_eq(history.exposures[0].state, EXPOSURE_EXPIRED);
	ck_assert_int_eq(history.exposures[0].state_at, 1000);
	ck_assert_int_eq(history_of(2).exposures[0].state, EXPOSURE_RESERVED);
}
END_TEST

START_TEST(what_is_old_is_folded_for_everybody)
{
	for (unsigned who = 0; who < PEOPLE; who++)
		give(who, who % 2 ? 499 : 500, EXPOSURE_DELIVERED);
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, NULL), 1);
	ck_assert_uint_eq(counts.histories, PEOPLE);
	ck_assert_uint_eq(counts.folded, PEOPLE / 2);
	for (unsigned who = 0; who < PEOPLE; who++)
		ck_assert_uint_eq(history_of(who).exposure_count, 1 - who % 2);
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, NULL), 1);
	ck_assert_uint_eq(counts.folded, 0);
}
END_TEST

START_TEST(histories_larger_than_its_memory_are_done_in_parts)
{
	static char bytes[2 << 20];
	struct exposure entry = { .tag = { 1 },
		.time = 600,
		.state_at = 600,
		.campaign = SPAN("c"),
		.propensity = 1,
		.decision = span_of(bytes, sizeof bytes) };
	struct history history = { .exposures = &entry, .exposure_count = 1 };

	for (unsigned who = 0; who < 70; who++) {
		struct write write = kit_write(who, RECORD_HISTORY, 0, "");
		struct buf out;

		arena_reset(arena);
		buf_init(&out, arena, ENGINE_VALUE_MAX);
		ck_assert_int_eq(
		    history_encode(&history, arena, &out, NULL), 0);
		write.bytes = buf_span(&out);
		ck_assert_int_eq(engine_commit(engine, &write, 1, NULL), 1);
	}
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, NULL), 1);
	ck_assert_uint_eq(counts.expired, 70);
}
END_TEST

static int
stop(void *context, const struct upkeep_counts *so_far)
{
	(void)context;
	(void)so_far;
	return 1;
}

START_TEST(it_stops_between_two_pages)
{
	for (unsigned who = 0; who < PEOPLE; who++)
		give(who, 1, EXPOSURE_DELIVERED);
	upkeep.step = stop;
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, NULL), 0);
	ck_assert_uint_lt(counts.histories, PEOPLE);
	ck_assert_uint_eq(counts.folded, counts.histories);
}
END_TEST

START_TEST(a_damaged_history_is_left_alone)
{
	struct record_key key = kit_key(1);

	give(1, 1, EXPOSURE_RESERVED);
	ck_assert_int_eq(memory_damage(engine, &key, RECORD_HISTORY), 1);
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, NULL), 1);
	ck_assert_uint_eq(counts.skipped, 1);
	ck_assert_uint_eq(counts.expired, 0);
}
END_TEST

static enum memory_fate
unavailable(void *context, const struct write *write)
{
	(void)context;
	(void)write;
	return FATE_UNAVAILABLE;
}

START_TEST(an_engine_that_cannot_commit_is_a_failure)
{
	struct err err = ERR_INIT;

	give(1, 1, EXPOSURE_RESERVED);
	memory_fate(engine, unavailable, NULL);
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, &err), -1);
	ck_assert_int_eq(err.code, ERR_STORE);
}
END_TEST

START_TEST(counts_what_is_reserved_for_over_a_day)
{
	upkeep.now = 1000 + 86400;
	upkeep.expire_before = 0;
	give(1, 999, EXPOSURE_RESERVED);
	give(2, 1000, EXPOSURE_RESERVED);
	give(3, 999, EXPOSURE_DELIVERED);
	ck_assert_int_eq(upkeep_run(&upkeep, &counts, NULL), 1);
	ck_assert_uint_eq(counts.reserved, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("upkeep");
	TCase *tcase = tcase_create("upkeep");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, counts_what_is_reserved_for_over_a_day);
	tcase_add_test(tcase, what_was_never_confirmed_expires);
	tcase_add_test(tcase, what_is_old_is_folded_for_everybody);
	tcase_add_test(
	    tcase, histories_larger_than_its_memory_are_done_in_parts);
	tcase_add_test(tcase, it_stops_between_two_pages);
	tcase_add_test(tcase, a_damaged_history_is_left_alone);
	tcase_add_test(tcase, an_engine_that_cannot_commit_is_a_failure);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
