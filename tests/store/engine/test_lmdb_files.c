/*
 * The files of the engine on LMDB: whose they are, and how they are copied,
 * replaced and made smaller.
 */
#include "tests/store/engine/lmdb_kit.h"
#include "tests/suite.h"

START_TEST(a_running_engine_moves_to_what_was_restored)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);
	struct timespec second = { 1, 100000000 };
	char path[256];
	int status;

	begin();
	ck_assert_int_eq(put(1, "in the backup"), 1);
	ck_assert_int_eq(engine_backup(engine, other, &err), 0);
	ck_assert_int_eq(put(1, "lost"), 1);
	ck_assert_int_eq(truncate(data_path(directory, path), 5000), 0);
	if (fork() == 0)
		_exit(lmdb_restore(&options, other, NULL) != 0);
	wait(&status);
	ck_assert_int_eq(status, 0);
	nanosleep(&second, NULL);
	ck_assert(span_eq(get(1).bytes, SPAN("in the backup")));
	ck_assert_int_eq(put(1, "on it goes"), 1);
}
END_TEST

START_TEST(a_newer_layout_is_refused)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	char path[256];
	char name[] = "\1schema";
	MDB_val key = { sizeof name - 1, name }, value;
	char *at;

	begin();
	engine_close(&engine);
	data_path(directory, path);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(mdb_env_create(&env), 0);
	ck_assert_int_eq(mdb_env_open(env, path, 0, 0600), 0);
	ck_assert_int_eq(mdb_txn_begin(env, NULL, 0, &txn), 0);
	ck_assert_int_eq(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
	ck_assert_int_eq(mdb_get(txn, dbi, &key, &value), 0);
	at = malloc(value.mv_size);
	kit_seal_number(at, span_of(name, sizeof name - 1), 3);
	value.mv_data = at;
	ck_assert_int_eq(mdb_put(txn, dbi, &key, &value, 0), 0);
	ck_assert_int_eq(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	free(at);
	ck_assert_int_eq(lmdb_open(&options, &engine, &err), -1);
	ck_assert_int_eq(err.code, ERR_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "newer version"));
	engine = NULL;
}
END_TEST

START_TEST(only_owner_and_group_may_read_the_files)
{
	struct stat stat;
	char path[256];

	begin();
	put(1, "x");
	ck_assert_int_eq(lstat(data_path(directory, path), &stat), 0);
	ck_assert_uint_eq(stat.st_mode & 07777, 0640);
	*strrchr(path, '/') = '\0';
	ck_assert_int_eq(lstat(path, &stat), 0);
	ck_assert_uint_eq(stat.st_mode & 07777, 0750);
}
END_TEST

START_TEST(what_root_creates_belongs_to_the_owner_of_the_store)
{
	struct stat stat;
	char path[256];

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(chown(directory, 65534, 65533), 0);
	begin();
	put(1, "x");
	ck_assert_int_eq(engine_compact(engine, &err), 0);
	ck_assert_int_eq(lstat(data_path(directory, path), &stat), 0);
	ck_assert_uint_eq(stat.st_uid, 65534);
	ck_assert_uint_eq(stat.st_gid, 65533);
	memcpy(strrchr(path, '/') + 1, "lock.mdb", 9);
	ck_assert_int_eq(lstat(path, &stat), 0);
	ck_assert_uint_eq(stat.st_uid, 65534);
}
END_TEST

START_TEST(an_engine_for_reading_does_not_write)
{
	struct engine_options options = options_of(0, 0);
	struct write write = kit_write(1, RECORD_PROFILE, 0, "x");
	struct entry entry = { SPAN("a"), SPAN("b") };

	begin();
	ck_assert_int_eq(put(1, "x"), 1);
	engine_close(&engine);
	ck_assert_int_eq(lmdb_open_readonly(&options, &engine, &err), 0);
	ck_assert(span_eq(get(1).bytes, SPAN("x")));
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), -1);
	ck_assert_int_eq(write.result, WRITE_UNAVAILABLE);
	ck_assert_int_eq(engine_catalog_change(engine, &entry, 1, &err), -1);
	ck_assert_int_eq(engine_compact(engine, &err), -1);
	engine_close(&engine);
	options.path = other;
	ck_assert_int_eq(lmdb_open_readonly(&options, &engine, &err), -1);
	engine = NULL;
}
END_TEST

START_TEST(a_backup_is_a_store_and_work_goes_on)
{
	struct engine_options options = options_of(0, 0);
	struct engine *copy;
	struct record_key key = kit_key(7);
	struct record record;

	begin();
	for (unsigned i = 0; i < 500; i++)
		ck_assert_int_eq(put(i, "in the backup"), 1);
	ck_assert_int_eq(engine_backup(engine, other, &err), 0);
	ck_assert_int_eq(put(7, "later"), 1);
	ck_assert_int_eq(engine_backup(engine, other, &err), -1);
	options.path = other;
	ck_assert_int_eq(lmdb_open(&options, &copy, &err), 0);
	ck_assert_int_eq(engine_get(copy, &key, arena, &record, &err), 1);
	ck_assert(span_eq(
	    record.values[RECORD_PROFILE].bytes, SPAN("in the backup")));
	ck_assert_int_eq(put_in(copy, 1000, "new"), 1);
	engine_close(&copy);
}
END_TEST

/* What lmdb_restore says, the engine closed meanwhile. */
static int
restore(void)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);
	int restored;

	engine_close(&engine);
	restored = lmdb_restore(&options, other, &err);
	ck_assert_int_eq(lmdb_open(&options, &engine, NULL), 0);
	return restored;
}

START_TEST(a_restore_brings_back_and_nothing_old_passes_for_new)
{
	struct entry entry = { SPAN("schema"), SPAN("one") };
	uint64_t before, since;
	struct write stale;

	begin();
	ck_assert_int_eq(put(1, "first"), 1);
	ck_assert_int_eq(engine_catalog_change(engine, &entry, 1, &err), 0);
	ck_assert_int_eq(engine_backup(engine, other, &err), 0);
	ck_assert_int_eq(put(1, "second"), 1);
	ck_assert_int_eq(put(2, "third"), 1);
	stale = kit_write(1, RECORD_PROFILE, get(1).version, "stale");
	engine_catalog_generation(engine, &before, &err);
	ck_assert_msg(restore() == 0, "%s", err.text);
	engine_catalog_generation(engine, &since, &err);
	ck_assert_uint_gt(since, before);
	ck_assert(span_eq(get(1).bytes, SPAN("first")));
	ck_assert_uint_eq(get(2).version, 0);
	ck_assert_int_eq(engine_commit(engine, &stale, 1, &err), 0);
	ck_assert_int_eq(put(1, "fourth"), 1);
	ck_assert_uint_gt(get(1).version, stale.version);
}
END_TEST

START_TEST(a_damaged_backup_is_refused)
{
	char path[256];
	long at;
	int fd;

	begin();
	ck_assert_int_eq(put(1, "the text of the backup"), 1);
	ck_assert_int_eq(engine_backup(engine, other, &err), 0);
	at = find_in_file(other, "text of the backup");
	fd = open(data_path(other, path), O_RDWR);
	ck_assert_int_eq(pwrite(fd, "X", 1, at), 1);
	close(fd);
	ck_assert_int_eq(put(1, "what there is"), 1);
	ck_assert_int_eq(restore(), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "damaged"));
	ck_assert(span_eq(get(1).bytes, SPAN("what there is")));
}
END_TEST

START_TEST(a_switch_that_the_disk_does_not_take_loses_nothing)
{
	begin();
	ck_assert_int_eq(put(1, "what there is"), 1);
	/* The first sync is that of the new directory itself. */
	disk.directory_fails_in = 1;
	ck_assert_int_eq(engine_compact(engine, &err), -1);
	ck_assert_uint_eq(disk.directory_fails_in, DISK_NEVER);
	ck_assert(span_eq(get(1).bytes, SPAN("what there is")));
	ck_assert_int_eq(put(2, "goes on"), 1);
	engine_close(&engine);
	err_clear(&err);
	begin();
	ck_assert(span_eq(get(1).bytes, SPAN("what there is")));
	ck_assert(span_eq(get(2).bytes, SPAN("goes on")));
	ck_assert_int_eq(engine_compact(engine, &err), 0);
}
END_TEST

START_TEST(compaction_leaves_no_byte_of_the_deleted)
{
	struct write write;
	char text[4000];
	uint64_t used;

	begin();
	for (unsigned i = 0; i < 600; i++) {
		snprintf(text, sizeof text, "%s-%u-%0*u",
		    i % 3 ? "erase" : "keepme", i, (int)(i * 7 % 3000), i);
		ck_assert_int_eq(put(i, text), 1);
	}
	for (unsigned i = 0; i < 600; i++) {
		if (i % 3 == 0)
			continue;
		write = kit_write(i, RECORD_PROFILE, get(i).version, "");
		ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	}
	/* The control: deleting alone leaves plenty. */
	ck_assert_int_gt(find_in_file(directory, "erase-"), 0);
	used = numbers().used_bytes;
	ck_assert_msg(engine_compact(engine, &err) == 0, "%s", err.text);
	ck_assert_int_eq(find_in_file(directory, "erase-"), -1);
	ck_assert_int_gt(find_in_file(directory, "keepme-"), 0);
	ck_assert_uint_lt(numbers().used_bytes, used);
	for (unsigned i = 0; i < 600; i++)
		ck_assert_int_eq(get(i).version != 0, i % 3 == 0);
	ck_assert_int_eq(put(1, "new life"), 1);
	ck_assert_int_eq(access(other, F_OK), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lmdb_files");
	TCase *tcase = tcase_create("lmdb_files");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_running_engine_moves_to_what_was_restored);
	tcase_add_test(tcase, a_newer_layout_is_refused);
	tcase_add_test(tcase, only_owner_and_group_may_read_the_files);
	tcase_add_test(
	    tcase, what_root_creates_belongs_to_the_owner_of_the_store);
	tcase_add_test(tcase, an_engine_for_reading_does_not_write);
	tcase_add_test(tcase, a_backup_is_a_store_and_work_goes_on);
	tcase_add_test(
	    tcase, a_restore_brings_back_and_nothing_old_passes_for_new);
	tcase_add_test(tcase, a_damaged_backup_is_refused);
	tcase_add_test(tcase, compaction_leaves_no_byte_of_the_deleted);
	tcase_add_test(
	    tcase, a_switch_that_the_disk_does_not_take_loses_nothing);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
