#include "store/engine/sweep.h"

#include "tests/store/engine/memory.h"
#include "tests/store/kit.h"
#include "tests/suite.h"

#define PEOPLE 700

static struct engine *engine;

/* What was seen, and when to have enough. */
static struct {
	unsigned records, pauses, stop_after, fail_after, pause_after;
	uint64_t read;
	struct record_key last;
} seen;

static void
set_up(void)
{
	ck_assert_int_eq(memory_open(&engine, NULL), 0);
	for (unsigned who = 0; who < PEOPLE; who++) {
		struct write write = { .key = kit_key(who),
			.kind = RECORD_PROFILE,
			.bytes = SPAN("somebody") };

		ck_assert_int_ge(engine_commit(engine, &write, 1, NULL), 0);
	}
	memset(&seen, 0, sizeof seen);
}

static void
tear_down(void)
{
	engine_close(&engine);
}

static int
see(void *context, const struct record *record, struct arena *one,
    struct err *err)
{
	ck_assert_ptr_eq(context, &seen);
	ck_assert(
	    span_eq(record->values[RECORD_PROFILE].bytes, SPAN("somebody")));
	ck_assert(
	    seen.records == 0 || record_key_cmp(&seen.last, &record->key) < 0);
	/* Were it not emptied each time, it would be full before the end. */
	ck_assert_ptr_nonnull(arena_alloc(one, (size_t)1 << 20));
	seen.last = record->key;
	seen.records++;
	if (seen.records == seen.fail_after)
		return err_set(err, ERR_STORE, "enough");
	return seen.records == seen.stop_after;
}

static bool
rest(void *context, uint64_t read)
{
	ck_assert_ptr_eq(context, &seen);
	seen.read = read;
	seen.pauses++;
	return seen.pauses == seen.pause_after;
}

static const struct sweep sweep = { see, rest, &seen };

START_TEST(every_record_comes_once_and_in_order)
{
	ck_assert_int_eq(sweep_run(&sweep, engine, NULL), 1);
	ck_assert_uint_eq(seen.records, PEOPLE);
	ck_assert_uint_eq(seen.read, PEOPLE);
	ck_assert_uint_gt(seen.pauses, 1);
}
END_TEST

START_TEST(it_stops_in_the_midst_of_a_page)
{
	seen.stop_after = 300;
	ck_assert_int_eq(sweep_run(&sweep, engine, NULL), 0);
	ck_assert_uint_eq(seen.records, 300);
}
END_TEST

START_TEST(it_stops_between_pages)
{
	seen.pause_after = 1;
	ck_assert_int_eq(sweep_run(&sweep, engine, NULL), 0);
	ck_assert_uint_eq(seen.records, seen.read);
	ck_assert_uint_lt(seen.records, PEOPLE);
}
END_TEST

START_TEST(a_failure_is_told)
{
	struct err err = ERR_INIT;

	seen.fail_after = 10;
	ck_assert_int_eq(sweep_run(&sweep, engine, &err), -1);
	ck_assert_str_eq(err.text, "enough");
	ck_assert_uint_eq(seen.records, 10);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sweep");
	TCase *tcase = tcase_create("sweep");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, every_record_comes_once_and_in_order);
	tcase_add_test(tcase, it_stops_in_the_midst_of_a_page);
	tcase_add_test(tcase, it_stops_between_pages);
	tcase_add_test(tcase, a_failure_is_told);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
