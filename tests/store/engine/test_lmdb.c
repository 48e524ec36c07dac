/*
 * What the contract does not say about the engine on LMDB: how it gets over
 * a map, a disk and a file system that are full or fail.
 */
#include "tests/store/engine/lmdb_kit.h"
#include "tests/suite.h"

#include <sys/mount.h>

START_TEST(a_full_map_grows_without_a_word_to_anybody)
{
	struct engine_options options =
	    options_of((size_t)1 << 18, (size_t)1 << 30);
	static char text[100000];

	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	memset(text, 'g', sizeof text - 1);
	for (unsigned i = 0; i < 100; i++)
		ck_assert_int_eq(put(i, text), 1);
	for (unsigned i = 0; i < 100; i++)
		ck_assert_uint_eq(get(i).bytes.len, sizeof text - 1);
	ck_assert_uint_ge(numbers().grown, 4);
	ck_assert_uint_ge(events[EVENT_GROWN], 4);
	ck_assert_uint_ge(numbers().map_bytes, 10000000);
	ck_assert_uint_eq(events[EVENT_FAILED], 0);
}
END_TEST

START_TEST(a_map_at_its_end_fails_closed_and_raises_the_alarm)
{
	struct engine_options options =
	    options_of((size_t)1 << 20, (size_t)1 << 20);
	static char text[20000];
	unsigned written = 0;
	int got = 1;

	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	memset(text, 'f', sizeof text - 1);
	while (got == 1)
		got = put(written++, text);
	ck_assert_int_eq(got, -(int)WRITE_UNAVAILABLE);
	ck_assert_uint_gt(written, 20);
	ck_assert(numbers().alarm);
	ck_assert(numbers().failing);
	ck_assert_uint_eq(events[EVENT_ALARM], 1);
	ck_assert_uint_eq(events[EVENT_FAILED], 1);
	for (unsigned i = 0; i + 1 < written; i++)
		ck_assert_uint_eq(get(i).bytes.len, sizeof text - 1);
	ck_assert_uint_eq(get(written - 1).version, 0);
}
END_TEST

START_TEST(a_full_store_that_may_grow_later_recovers)
{
	struct engine_options options =
	    options_of((size_t)1 << 20, (size_t)1 << 20);
	static char text[20000];
	unsigned written = 0;

	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	memset(text, 'f', sizeof text - 1);
	while (put(written, text) == 1)
		written++;
	engine_close(&engine);
	options.map_max = (size_t)1 << 24;
	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	ck_assert_int_eq(put(written, text), 1);
	ck_assert_uint_eq(get(0).bytes.len, sizeof text - 1);
}
END_TEST

START_TEST(a_failed_sync_is_a_no_and_the_next_commit_works)
{
	begin();
	ck_assert_int_eq(put(1, "before"), 1);
	disk.sync_fails_in = 0;
	ck_assert_int_eq(put(1, "failed"), -(int)WRITE_UNAVAILABLE);
	ck_assert_uint_eq(events[EVENT_FAILED], 1);
	ck_assert(numbers().failing);
	ck_assert(span_eq(get(1).bytes, SPAN("before")));
	ck_assert_int_eq(put(1, "after"), 1);
	ck_assert(span_eq(get(1).bytes, SPAN("after")));
	ck_assert_uint_eq(events[EVENT_RECOVERED], 1);
	ck_assert(!numbers().failing);
}
END_TEST

START_TEST(eio_on_every_seventh_sync_loses_nothing)
{
	unsigned sure[20] = { 0 }, failed = 0;

	begin();
	for (unsigned i = 0; i < 300; i++) {
		char text[16];

		snprintf(text, sizeof text, "%u", i);
		if (i % 7 == 6)
			disk.sync_fails_in = 0;
		if (put(i % 20, text) == 1)
			sure[i % 20] = i;
		else
			failed++;
	}
	ck_assert_uint_eq(failed, 42);
	for (unsigned i = 0; i < 20; i++)
		ck_assert_uint_eq(strtoul(get(i).bytes.at, NULL, 10), sure[i]);
}
END_TEST

START_TEST(a_full_disk_fails_closed_and_recovers)
{
	begin();
	ck_assert_int_eq(put(1, "before"), 1);
	disk.error = ENOSPC;
	disk.write_fails_in = 0;
	disk.stuck = true;
	for (unsigned i = 0; i < 5; i++)
		ck_assert_int_eq(put(2, "x"), -(int)WRITE_UNAVAILABLE);
	ck_assert(span_eq(get(1).bytes, SPAN("before")));
	disk.stuck = false;
	disk.write_fails_in = DISK_NEVER;
	ck_assert_int_eq(put(2, "x"), 1);
	ck_assert_uint_eq(numbers().reopened, 0);
}
END_TEST

/* FACTS: after a failed meta write every begin gives MDB_PANIC. */
START_TEST(after_a_panic_the_store_is_opened_again_by_itself)
{
	int got;

	begin();
	ck_assert_int_eq(put(1, "before"), 1);
	disk.meta_fails_in = 0;
	disk.stuck = true;
	got = put(1, "lost");
	ck_assert_int_eq(got, -(int)WRITE_UNKNOWN);
	disk.stuck = false;
	disk.meta_fails_in = DISK_NEVER;
	ck_assert_uint_eq(numbers().reopened, 1);
	ck_assert(span_eq(get(1).bytes, SPAN("before")));
	ck_assert_int_eq(put(1, "after"), 1);
	ck_assert(span_eq(get(1).bytes, SPAN("after")));
	ck_assert_uint_eq(events[EVENT_FAILED], 1);
	ck_assert_uint_eq(events[EVENT_RECOVERED], 1);
}
END_TEST

/* The control of the above: without opening it again, nothing works. */
START_TEST(a_panic_really_is_one)
{
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	MDB_val key = { 1, directory }, value = { 1, directory };

	ck_assert_int_eq(mdb_env_create(&env), 0);
	ck_assert_int_eq(mdb_env_open(env, directory, 0, 0600), 0);
	ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
	ck_assert_int_eq(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	ck_assert_int_eq(mdb_put(txn, dbi, &key, &value, 0), 0);
	disk.meta_fails_in = 0;
	disk.stuck = true;
	ck_assert_int_ne(mdb_txn_commit(txn), 0);
	disk.stuck = false;
	disk.meta_fails_in = DISK_NEVER;
	ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, &txn), MDB_PANIC);
	mdb_env_close(env);
}
END_TEST

START_TEST(readers_go_on_while_a_panic_is_got_over)
{
	begin();
	for (unsigned i = 0; i < 50; i++) {
		ck_assert_int_eq(put(i, "v"), 1);
		disk.meta_fails_in = 0;
		ck_assert_int_lt(put(i, "w"), 0);
		disk.meta_fails_in = DISK_NEVER;
		ck_assert_uint_ne(get(i).version, 0);
	}
}
END_TEST

/* A real file system without room, where a test may mount one. */
START_TEST(a_small_file_system_fills_and_empties)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);
	static char text[50000];
	char ballast[KIT_PATH + 16];
	unsigned written = 0;
	int fd;

	if (mount("none", directory, "tmpfs", 0, "size=3m") < 0) {
		fprintf(stderr, "skipped: cannot mount a tmpfs\n");
		return;
	}
	options.path = directory;
	snprintf(ballast, sizeof ballast, "%s/ballast", directory);
	fd = open(ballast, O_CREAT | O_RDWR, 0600);
	ck_assert_int_eq(posix_fallocate(fd, 0, 1 << 20), 0);
	close(fd);
	ck_assert_msg(lmdb_open(&options, &engine, &err) == 0, "%s", err.text);
	memset(text, 'd', sizeof text - 1);
	while (put(written, text) == 1)
		written++;
	ck_assert_uint_gt(written, 5);
	ck_assert(numbers().failing);
	ck_assert(numbers().alarm);
	for (unsigned i = 0; i < written; i++)
		ck_assert_uint_eq(get(i).bytes.len, sizeof text - 1);
	ck_assert_int_eq(unlink(ballast), 0);
	ck_assert_int_eq(put(written, text), 1);
	ck_assert(!numbers().failing);
	engine_close(&engine);
	ck_assert_int_eq(umount(directory), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lmdb");
	TCase *tcase = tcase_create("lmdb");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_full_map_grows_without_a_word_to_anybody);
	tcase_add_test(
	    tcase, a_map_at_its_end_fails_closed_and_raises_the_alarm);
	tcase_add_test(tcase, a_full_store_that_may_grow_later_recovers);
	tcase_add_test(tcase, a_failed_sync_is_a_no_and_the_next_commit_works);
	tcase_add_test(tcase, eio_on_every_seventh_sync_loses_nothing);
	tcase_add_test(tcase, a_full_disk_fails_closed_and_recovers);
	tcase_add_test(
	    tcase, after_a_panic_the_store_is_opened_again_by_itself);
	tcase_add_test(tcase, a_panic_really_is_one);
	tcase_add_test(tcase, readers_go_on_while_a_panic_is_got_over);
	tcase_add_test(tcase, a_small_file_system_fills_and_empties);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
