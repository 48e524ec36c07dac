#include "store/engine/chore.h"

#include "tests/store/engine/memory.h"
#include "tests/suite.h"

#include <check.h>

static struct engine *engine;
static struct arena *arena;
static int64_t at;

static void
set_up(void)
{
	at = -1;
	arena = arena_new((size_t)16 << 20);
	ck_assert_int_eq(memory_open(&engine, NULL), 0);
}

static void
tear_down(void)
{
	engine_close(&engine);
	arena_free(&arena);
}

static void
note(const char *name, const char *text)
{
	struct entry entry = { span_str(name), span_str(text) };

	ck_assert_int_eq(engine_catalog_change(engine, &entry, 1, NULL), 0);
}

START_TEST(of_several_readings_the_oldest_counts)
{
	ck_assert_int_eq(chore_last_reading(engine, arena, &at, NULL), 0);
	note("note/delivery/1", "a b 500");
	note("note/delivery/2", "a b 300 c");
	note("note/delivery/3", "nonsense");
	note("note/load/1", "a b 100");
	ck_assert_int_eq(chore_last_reading(engine, arena, &at, NULL), 1);
	ck_assert_int_eq(at, 300);
}
END_TEST

START_TEST(a_log_that_is_gone_is_forgotten)
{
	struct chore_readings all;

	note("note/delivery/1", "a b 500 c d\njournal mx1");
	note("note/delivery/2", "a b 300 c\njournal mx2");
	note("note/delivery/3", "a b 400"); /* of an older version */
	note("note/event/2", "a b 200");
	ck_assert_int_eq(
	    chore_readings(engine, CHORE_READING, arena, &all, NULL), 0);
	ck_assert_uint_eq(all.count, 3);
	ck_assert(span_eq(all.list[1].id, SPAN("2")));
	ck_assert(span_eq(all.list[1].log, SPAN("journal mx2")));
	ck_assert_uint_eq(all.list[2].log.len, 0);
	ck_assert_int_eq(
	    chore_forget(engine, CHORE_READING, SPAN_NONE, arena, NULL), 0);
	ck_assert_int_eq(chore_forget(engine, CHORE_READING,
			     SPAN("journal mx2"), arena, NULL),
	    1);
	ck_assert_int_eq(chore_last_reading(engine, arena, &at, NULL), 1);
	ck_assert_int_eq(at, 400);
	ck_assert_int_eq(
	    chore_forget(engine, CHORE_READING, SPAN("3"), arena, NULL), 1);
	ck_assert_int_eq(
	    chore_forget(engine, CHORE_READING, SPAN("3"), arena, NULL), 0);
	ck_assert_int_eq(chore_last_reading(engine, arena, &at, NULL), 1);
	ck_assert_int_eq(at, 500);
	ck_assert_int_eq(chore_last_events(engine, arena, &at, NULL), 1);
	ck_assert_int_eq(at, 200);
}
END_TEST

START_TEST(the_last_tidying_counts)
{
	uint64_t reserved = 7;

	ck_assert_int_eq(
	    chore_last_tidying(engine, arena, &at, &reserved, NULL), 0);
	ck_assert_int_eq(chore_tidied(engine, 400, 9, NULL), 0);
	ck_assert_int_eq(chore_tidied(engine, 900, 2, NULL), 0);
	ck_assert_int_eq(
	    chore_last_tidying(engine, arena, &at, &reserved, NULL), 1);
	ck_assert_int_eq(at, 900);
	ck_assert_uint_eq(reserved, 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store/engine/chore");
	TCase *tcase = tcase_create("chore");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, of_several_readings_the_oldest_counts);
	tcase_add_test(tcase, a_log_that_is_gone_is_forgotten);
	tcase_add_test(tcase, the_last_tidying_counts);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
