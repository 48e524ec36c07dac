#include "milter/pulse.h"
#include "tests/suite.h"

#define MINUTE_US (60 * INT64_C(1000000))

static struct engine_stat stuck = { .writes = 7, .queued = 3 };

/* What it says of a writer that was last seen to move a minute ago. */
static int
after_a_minute(const struct engine_stat *stat)
{
	struct pulse pulse = { 0 };
	struct err err = ERR_INIT;

	ck_assert_int_eq(pulse_writer(&pulse, &stuck, &err), 0);
	pulse.moved_us -= MINUTE_US;
	return pulse_writer(&pulse, stat, &err);
}

START_TEST(stops_where_writes_wait_and_none_is_done)
{
	ck_assert_int_eq(after_a_minute(&stuck), -1);
}
END_TEST

START_TEST(goes_on_where_something_is_done_or_nothing_waits)
{
	struct engine_stat moved = stuck, idle = stuck, failed = stuck;
	struct engine_stat others = stuck;

	moved.writes++;
	idle.queued = 0;
	failed.failures++;
	others.at_lock = true;
	ck_assert_int_eq(after_a_minute(&moved), 0);
	ck_assert_int_eq(after_a_minute(&idle), 0);
	ck_assert_int_eq(after_a_minute(&failed), 0);
	ck_assert_int_eq(after_a_minute(&others), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("milter/pulse");
	TCase *tcase = tcase_create("pulse");

	tcase_add_test(tcase, stops_where_writes_wait_and_none_is_done);
	tcase_add_test(tcase, goes_on_where_something_is_done_or_nothing_waits);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
