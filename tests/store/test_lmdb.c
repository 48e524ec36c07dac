/*
 * What the contract does not say about the engine on LMDB: how it gets over
 * trouble, what it does with damage, and who else may be at the store.
 */
#include "tests/store/disk.h"

#include "store/lmdb.h"
#include "tests/store/kit.h"

#include <check.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define EVENTS 6

static char directory[KIT_PATH];
static char other[KIT_PATH];
static struct engine *engine;
static struct arena *arena;
static struct err err;
static unsigned events[EVENTS];

static void
report(void *context, enum engine_event event, const char *text)
{
	(void)context;
	ck_assert_ptr_null(strchr(text, '@'));
	events[event]++;
}

static void
set_up(void)
{
	ck_assert_int_eq(kit_directory("/tmp", directory), 0);
	ck_assert_int_eq(kit_directory("/tmp", other), 0);
	kit_remove(other);
	arena = arena_new((size_t)64 * 1024 * 1024);
	err_clear(&err);
}

static void
tear_down(void)
{
	engine_close(&engine);
	arena_free(&arena);
	kit_remove(directory);
	kit_remove(other);
}

/* fixture: set_up tear_down */

static struct engine_options
options_of(size_t map_bytes, size_t map_max)
{
	return (struct engine_options){ .path = directory,
		.map_bytes = map_bytes,
		.map_max = map_max,
		.report = report };
}

static void
begin(void)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);

	ck_assert_msg(lmdb_open(&options, &engine, &err) == 0, "%s", err.text);
}

static int
put_in(struct engine *where, unsigned number, const char *text)
{
	struct record_key key = kit_key(number);
	struct record record;
	struct write write;
	struct arena *mine = arena_new((size_t)1 << 22);
	int got;

	ck_assert_int_ge(engine_get(where, &key, mine, &record, NULL), 0);
	write = kit_write(number, RECORD_PROFILE,
	    record.values[RECORD_PROFILE].version, text);
	got = engine_commit(where, &write, 1, NULL);
	arena_free(&mine);
	return got < 0 ? -(int)write.result : got;
}

static int
put(unsigned number, const char *text)
{
	return put_in(engine, number, text);
}

static struct stored
get(unsigned number)
{
	struct record_key key = kit_key(number);
	struct record record;
	int found = engine_get(engine, &key, arena, &record, &err);

	ck_assert_msg(found >= 0, "%s", err.text);
	return record.values[RECORD_PROFILE];
}

static struct engine_stat
numbers(void)
{
	struct engine_stat stat;

	ck_assert_int_eq(engine_stat(engine, &stat, &err), 0);
	return stat;
}

static char *
data_path(const char *place, char *out)
{
	char link[KIT_PATH + 16], name[32];
	ssize_t len;

	snprintf(link, sizeof link, "%s/current", place);
	len = readlink(link, name, sizeof name - 1);
	ck_assert_int_gt(len, 0);
	name[len] = '\0';
	snprintf(out, 256, "%s/%s/data.mdb", place, name);
	return out;
}

/* Where the text lies in the file of the store, or -1. */
static long
find_in_file(const char *place, const char *text)
{
	char path[256];
	FILE *file = fopen(data_path(place, path), "rb");
	size_t size, len = strlen(text);
	char *bytes;
	long at = -1;

	ck_assert_ptr_nonnull(file);
	fseek(file, 0, SEEK_END);
	size = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(size);
	ck_assert_uint_eq(fread(bytes, 1, size, file), size);
	fclose(file);
	for (size_t i = 0; at < 0 && i + len <= size; i++)
		if (memcmp(bytes + i, text, len) == 0)
			at = (long)i;
	free(bytes);
	return at;
}

static void
flip_in_file(long at)
{
	char path[256];
	int fd = open(data_path(directory, path), O_RDWR);
	char byte;

	ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
	byte ^= 0x40;
	ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

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

START_TEST(a_corrupt_record_is_unknown_and_nobody_else_suffers)
{
	struct engine_verdict verdict;
	struct stored bad;
	struct write write;
	long at;

	begin();
	ck_assert_int_eq(put(1, "the one that will be damaged"), 1);
	ck_assert_int_eq(put(2, "the one beside it"), 1);
	engine_close(&engine);
	at = find_in_file(directory, "will be damaged");
	ck_assert_int_gt(at, 0);
	while (at > 0) {
		flip_in_file(at);
		at = find_in_file(directory, "will be damaged");
	}
	begin();
	bad = get(1);
	ck_assert(bad.corrupt);
	ck_assert_uint_eq(bad.bytes.len, 0);
	ck_assert_uint_eq(events[EVENT_CORRUPT], 1);
	ck_assert_uint_eq(numbers().corrupt, 1);
	ck_assert(span_eq(get(2).bytes, SPAN("the one beside it")));
	ck_assert_int_eq(engine_verify(engine, NULL, NULL, &verdict, &err), 0);
	ck_assert_uint_eq(verdict.corrupt, 1);
	ck_assert_uint_eq(verdict.records, 2);
	write = kit_write(1, RECORD_PROFILE, 0, "as if it were new");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 0);
	write = kit_write(1, RECORD_PROFILE, bad.version, "known again");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	ck_assert(span_eq(get(1).bytes, SPAN("known again")));
	ck_assert_int_eq(engine_verify(engine, NULL, NULL, &verdict, &err), 1);
}
END_TEST

START_TEST(a_file_cut_short_is_an_error_and_not_a_signal)
{
	static char text[100000];
	struct engine_options options = options_of((size_t)1 << 26, 0);
	struct record_key key = kit_key(1);
	struct record record;
	char path[256];

	begin();
	memset(text, 't', sizeof text - 1);
	for (unsigned i = 0; i < 20; i++)
		ck_assert_int_eq(put(i, text), 1);
	ck_assert_int_eq(engine_backup(engine, other, &err), 0);
	ck_assert_int_eq(truncate(data_path(directory, path), 200000), 0);
	for (unsigned i = 0; i < 20; i++) {
		struct write write = kit_write(i, RECORD_HISTORY, 0, "x");

		key = kit_key(i);
		err_clear(&err);
		ck_assert_int_eq(
		    engine_get(engine, &key, arena, &record, &err), -1);
		ck_assert_int_eq(err.code, ERR_STORE);
		ck_assert_int_eq(engine_commit(engine, &write, 1, NULL), -1);
		ck_assert_int_eq(write.result, WRITE_UNAVAILABLE);
	}
	engine_close(&engine);
	err_clear(&err);
	ck_assert_int_eq(lmdb_open(&options, &engine, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "cut short"));
	engine = NULL;
	err_clear(&err);
	ck_assert_msg(
	    lmdb_restore_over(&options, other, &err) == 0, "%s", err.text);
	begin();
	ck_assert_uint_eq(get(7).bytes.len, sizeof text - 1);
	ck_assert_int_eq(put(7, "works"), 1);
}
END_TEST

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
		_exit(lmdb_restore_over(&options, other, NULL) != 0);
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
	kit_seal_number(at, span_of(name, sizeof name - 1), 2);
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
	ck_assert_msg(engine_restore(engine, other, &err) == 0, "%s", err.text);
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
	ck_assert_int_eq(engine_restore(engine, other, &err), -1);
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

/* A child does its part and says with 0 that all went well. */
static pid_t
in_child(int (*work)(void))
{
	int opened[2];
	char byte;
	pid_t child;

	ck_assert_int_eq(pipe(opened), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct engine_options options = options_of(0, 0);

		options.report = NULL;
		if (lmdb_open(&options, &engine, NULL) < 0)
			_exit(99);
		close(opened[0]);
		close(opened[1]);
		_exit(work());
	}
	/* Nothing is ever written: the end says that the store is open. */
	close(opened[1]);
	ck_assert_int_eq(read(opened[0], &byte, 1), 0);
	close(opened[0]);
	return child;
}

static void
await_child(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

#define COUNTS 200

/* Adds one to a counter over and over; conflicts are tried again. */
static int
count_up(void)
{
	struct arena *mine = arena_new((size_t)1 << 20);
	struct record_key key = kit_key(5);

	for (unsigned done = 0; done < COUNTS;) {
		struct record record;
		struct write write;
		char text[16];
		unsigned long now = 0;

		arena_reset(mine);
		if (engine_get(engine, &key, mine, &record, NULL) > 0)
			now = strtoul(
			    record.values[RECORD_PROFILE].bytes.at, NULL, 10);
		snprintf(text, sizeof text, "%lu", now + 1);
		write = kit_write(5, RECORD_PROFILE,
		    record.values[RECORD_PROFILE].version, text);
		switch (engine_commit(engine, &write, 1, NULL)) {
		case 1:
			done++;
			break;
		case 0:
			break;
		default:
			return 1;
		}
	}
	engine_close(&engine);
	arena_free(&mine);
	return 0;
}

START_TEST(two_processes_share_one_store)
{
	pid_t one, two;
	char text[16];

	begin();
	engine_close(&engine);
	one = in_child(count_up);
	two = in_child(count_up);
	await_child(one);
	await_child(two);
	begin();
	snprintf(text, sizeof text, "%d", 2 * COUNTS);
	ck_assert(span_eq(get(5).bytes, span_str(text)));
}
END_TEST

static int
compact_often(void)
{
	for (unsigned i = 0; i < 5; i++)
		if (engine_compact(engine, NULL) < 0)
			return 1;
	engine_close(&engine);
	return 0;
}

START_TEST(a_compaction_by_another_process_loses_nothing)
{
	pid_t child;
	unsigned i = 0;
	int status = -1;

	begin();
	engine_close(&engine);
	child = in_child(compact_often);
	begin();
	for (; waitpid(child, &status, WNOHANG) == 0; i++)
		ck_assert_int_eq(put(i, "kept"), 1);
	ck_assert_int_eq(status, 0);
	for (unsigned j = 0; j < i; j++)
		ck_assert(span_eq(get(j).bytes, SPAN("kept")));
	engine_close(&engine);
	begin();
	for (unsigned j = 0; j < i; j++)
		ck_assert(span_eq(get(j).bytes, SPAN("kept")));
}
END_TEST

static int
compact_twice(void)
{
	raise(SIGSTOP);
	if (engine_compact(engine, NULL) < 0 ||
	    engine_compact(engine, NULL) < 0)
		return 1;
	engine_close(&engine);
	return 0;
}

/* The old name must not come back while somebody has it open. */
START_TEST(who_slept_through_two_compactions_is_not_fooled)
{
	pid_t child;
	int status;

	begin();
	ck_assert_int_eq(put(1, "before"), 1);
	engine_close(&engine);
	child = in_child(compact_twice);
	begin();
	ck_assert(span_eq(get(1).bytes, SPAN("before")));
	ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
	kill(child, SIGCONT);
	await_child(child);
	ck_assert_int_eq(put(2, "after"), 1);
	engine_close(&engine);
	begin();
	ck_assert(span_eq(get(2).bytes, SPAN("after")));
}
END_TEST

static int
grow_it(void)
{
	static char text[400000];

	memset(text, 'x', sizeof text - 1);
	for (unsigned i = 100; i < 120; i++)
		if (put(i, text) != 1)
			return 1;
	engine_close(&engine);
	return 0;
}

START_TEST(growth_by_another_process_is_followed)
{
	struct engine_options options = options_of((size_t)1 << 20, 0);
	pid_t child;

	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	ck_assert_int_eq(put(1, "before"), 1);
	engine_close(&engine);
	child = in_child(grow_it);
	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	await_child(child);
	ck_assert_uint_eq(get(119).bytes.len, 399999);
	ck_assert_int_eq(put(1, "after"), 1);
}
END_TEST

static int
stay(void)
{
	pause();
	return 0;
}

static int
die_reading(void)
{
	MDB_env *env;
	MDB_txn *txn;
	char path[256];

	engine_close(&engine);
	data_path(directory, path);
	*strrchr(path, '/') = '\0';
	if (mdb_env_create(&env) != 0 ||
	    mdb_env_open(env, path, MDB_RDONLY, 0600) != 0 ||
	    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0)
		return 1;
	raise(SIGKILL);
	return 1;
}

START_TEST(readers_left_by_the_dead_are_cleared)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);
	pid_t dead, daemon;
	int status;

	begin();
	ck_assert_int_eq(put(1, "x"), 1);
	engine_close(&engine);
	/* The lock file begins anew when nobody has it: somebody must. */
	daemon = in_child(stay);
	dead = in_child(die_reading);
	ck_assert_int_eq(waitpid(dead, &status, 0), dead);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	ck_assert_uint_eq(numbers().stale_readers, 1);
	kill(daemon, SIGKILL);
	waitpid(daemon, &status, 0);
}
END_TEST

static int
die_writing(void)
{
	for (unsigned i = 0;; i++)
		if (put(i % 50, "by one that dies") < 0)
			return 1;
}

START_TEST(a_process_that_dies_in_a_commit_harms_nobody)
{
	begin();
	engine_close(&engine);
	for (unsigned i = 0; i < 10; i++) {
		struct timespec pause = { 0, 3000000 + (long)i * 1700000 };
		struct engine_verdict verdict;
		pid_t child = in_child(die_writing);
		int status;

		begin();
		nanosleep(&pause, NULL);
		ck_assert_int_eq(put(100 + i, "by one that lives"), 1);
		kill(child, SIGKILL);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(put(200 + i, "by one that lives"), 1);
		ck_assert_int_eq(
		    engine_verify(engine, NULL, NULL, &verdict, &err), 1);
		engine_close(&engine);
	}
}
END_TEST

/* A change that adds pages and frees them again. */
static int
put_and_delete(unsigned turn)
{
	static char text[39000];
	struct span whole = span_of(text, sizeof text);
	struct entry changes[] = {
		{ SPAN("b"), span_first(whole, turn * 7919 % 20000 + 1) },
		{ SPAN("c"), span_first(whole, turn * 104729 % 3000 + 1) },
		{ SPAN("a"), whole },
		{ SPAN("a"), SPAN_NONE },
	};

	memset(text, 'x', sizeof text);
	return engine_catalog_change(engine, changes, 4, NULL);
}

static unsigned turns;

static int
die_committed(void)
{
	disk.dies_in = turns;
	for (unsigned i = 0; i <= turns; i++)
		if (put_and_delete(i) < 0)
			return 1;
	return 1;
}

START_TEST(a_process_that_dies_just_after_a_commit_leaves_a_whole_file)
{
	begin();
	ck_assert_int_eq(put(1, "by one that lives"), 1);
	engine_close(&engine);
	for (turns = 0; turns < 20; turns++) {
		pid_t child = in_child(die_committed);
		int status;

		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		begin();
		ck_assert_uint_eq(get(1).bytes.len, 17);
		engine_close(&engine);
	}
}
END_TEST

#define DAMAGED 200

static char *
text_of(unsigned number, char *out)
{
	int len = snprintf(out, 400, "person %u ", number);

	memset(out + len, 'a' + (int)(number % 26), (size_t)(390 - len));
	out[390] = '\0';
	return out;
}

/* 1 where anybody is given bytes that are not theirs. */
static int
wrong_by_engine(void)
{
	char text[400];

	for (unsigned i = 0; i < DAMAGED; i++) {
		struct record_key key = kit_key(i);
		struct record record;
		struct stored *value = &record.values[RECORD_PROFILE];

		if (engine_get(engine, &key, arena, &record, NULL) < 1 ||
		    value->corrupt || value->version == 0)
			continue;
		if (!span_eq(value->bytes, span_str(text_of(i, text))))
			return 1;
	}
	return 0;
}

/* The same question to LMDB alone. */
static int
wrong_by_lmdb(void)
{
	char path[256], text[400];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	engine_close(&engine);
	data_path(directory, path);
	*strrchr(path, '/') = '\0';
	if (mdb_env_create(&env) != 0 ||
	    mdb_env_open(env, path, MDB_RDONLY, 0600) != 0 ||
	    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 ||
	    mdb_dbi_open(txn, NULL, 0, &dbi) != 0)
		return 0;
	for (unsigned i = 0; i < DAMAGED; i++) {
		char key[KEY_SIZE + 2] = { 3 };
		struct record_key who = kit_key(i);
		MDB_val name = { sizeof key, key }, value;

		memcpy(key + 1, who.bytes, KEY_SIZE);
		text_of(i, text);
		if (mdb_get(txn, dbi, &name, &value) == 0 &&
		    (value.mv_size != RECORD_HEADER + 390 ||
			memcmp((char *)value.mv_data + RECORD_HEADER, text,
			    390) != 0))
			return 1;
	}
	return 0;
}

#define WRONG 42 /* an exit status that no sanitizer has */

/* Asks in a child, which the damage may kill: that is an answer too. */
static int
ask(int (*question)(void), unsigned *died)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);
	pid_t child = fork();
	int status;

	if (child == 0) {
		options.report = NULL;
		(void)!freopen("/dev/null", "w", stderr);
		if (lmdb_open_readonly(&options, &engine, NULL) < 0)
			_exit(0);
		_exit(question() ? WRONG : 0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	*died += !WIFEXITED(status);
	return WIFEXITED(status) && WEXITSTATUS(status) == WRONG;
}

START_TEST(random_damage_never_shows_what_is_not_theirs)
{
	unsigned wrong = 0, bare = 0, died = 0, ignored = 0;
	uint64_t seed = 88172645463325252u;
	char path[256], text[400];
	char *image;
	size_t size;
	FILE *file;

	begin();
	for (unsigned i = 0; i < DAMAGED; i++)
		ck_assert_int_eq(put(i, text_of(i, text)), 1);
	engine_close(&engine);
	file = fopen(data_path(directory, path), "r+b");
	fseek(file, 0, SEEK_END);
	size = (size_t)ftell(file);
	image = malloc(size);
	rewind(file);
	ck_assert_uint_eq(fread(image, 1, size, file), size);
	for (unsigned round = 0; round < 60; round++) {
		for (unsigned i = 0; i < 40; i++) {
			long at = (long)(disk_random(&seed) % size);

			fseek(file, at, SEEK_SET);
			fputc((int)(disk_random(&seed) & 0xff), file);
		}
		fflush(file);
		wrong += (unsigned)ask(wrong_by_engine, &died);
		bare += (unsigned)ask(wrong_by_lmdb, &ignored);
		rewind(file);
		fwrite(image, 1, size, file);
		fflush(file);
	}
	fclose(file);
	free(image);
	ck_assert_uint_eq(wrong, 0);
	/* The control: without the checksum it happens. */
	ck_assert_uint_gt(bare, 0);
	ck_assert_uint_lt(died, 60);
}
END_TEST

START_TEST(a_store_damaged_beyond_reading_is_told_and_kills_nobody)
{
	struct engine_verdict verdict;
	char path[256], zero[4096] = { 0 };
	int fd;

	begin();
	for (unsigned i = 0; i < 2000; i++) {
		struct write write = kit_write(i, RECORD_PROFILE, 0, "text");

		ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	}
	ck_assert_int_eq(engine_compact(engine, &err), 0);
	fd = open(data_path(directory, path), O_RDWR);
	for (off_t at = 5 * 4096; at < 20 * 4096; at += 4096)
		ck_assert_int_eq(pwrite(fd, zero, sizeof zero, at), 4096);
	close(fd);
	ck_assert_int_eq(engine_verify(engine, NULL, NULL, &verdict, &err), 0);
	ck_assert_uint_ge(verdict.corrupt, 1);
	ck_assert_uint_ge(events[EVENT_CORRUPT], 1);
}
END_TEST

#define LOADED 100000u

static int
next_person(void *context, struct load_row *row, struct err *why)
{
	unsigned *at = context;

	(void)why;
	if (*at == LOADED)
		return 0;
	*row = (struct load_row){ kit_key(*at * 7), SPAN("row"), *at };
	++*at;
	return 1;
}

static int
merge_person(void *context, const struct load_row *row,
    const struct record *now, struct arena *memory,
    struct span changes[RECORD_KINDS], unsigned *kinds, struct err *why)
{
	(void)context;
	(void)now;
	(void)memory;
	(void)why;
	changes[RECORD_PROFILE] = row->bytes;
	*kinds = 1u << RECORD_PROFILE;
	return 0;
}

static int
load_people(void)
{
	unsigned at = 0;
	struct load_source source = { next_person, merge_person, NULL, &at };
	uint64_t rows;

	if (engine_load(engine, &source, &rows, NULL) != 1 || rows != LOADED)
		return 1;
	engine_close(&engine);
	return 0;
}

static int
merge_nobody(void *context, const struct load_row *row,
    const struct record *now, struct arena *scratch,
    struct span changes[RECORD_KINDS], unsigned *kinds, struct err *why)
{
	(void)context, (void)row, (void)now, (void)scratch;
	(void)changes, (void)kinds;
	return err_set(why, ERR_INPUT, "not with me");
}

START_TEST(a_row_that_is_refused_is_no_trouble_of_the_store)
{
	unsigned at = 0;
	struct load_source source = { next_person, merge_nobody, NULL, &at };
	uint64_t rows;

	begin();
	ck_assert_int_eq(engine_load(engine, &source, &rows, &err), -1);
	ck_assert_str_eq(err.text, "not with me");
	ck_assert_uint_eq(events[EVENT_FAILED], 0);
	ck_assert(!numbers().failing);
}
END_TEST

START_TEST(a_load_by_another_process_lets_commits_through)
{
	unsigned commits = 0;
	int status;
	pid_t child;

	begin();
	engine_close(&engine);
	child = in_child(load_people);
	begin();
	while (waitpid(child, &status, WNOHANG) == 0)
		ck_assert_int_eq(put(commits++ * 7 + 3, "between"), 1);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_gt(commits, 3);
	/* 100 ms are promised; machines that test are busy. */
	ck_assert_uint_lt(numbers().lock_wait_us, 1000000);
	for (unsigned i = 0; i < LOADED; i += 1000)
		ck_assert(span_eq(get(i * 7).bytes, SPAN("row")));
	for (unsigned i = 0; i < commits; i++)
		ck_assert(span_eq(get(i * 7 + 3).bytes, SPAN("between")));
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
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
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
	tcase_add_test(
	    tcase, a_corrupt_record_is_unknown_and_nobody_else_suffers);
	tcase_add_test(tcase, a_file_cut_short_is_an_error_and_not_a_signal);
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
	tcase_add_test(tcase, two_processes_share_one_store);
	tcase_add_test(tcase, a_compaction_by_another_process_loses_nothing);
	tcase_add_test(tcase, who_slept_through_two_compactions_is_not_fooled);
	tcase_add_test(tcase, growth_by_another_process_is_followed);
	tcase_add_test(tcase, readers_left_by_the_dead_are_cleared);
	tcase_add_test(tcase, a_process_that_dies_in_a_commit_harms_nobody);
	tcase_add_test(
	    tcase, a_process_that_dies_just_after_a_commit_leaves_a_whole_file);
	tcase_add_test(tcase, random_damage_never_shows_what_is_not_theirs);
	tcase_add_test(
	    tcase, a_store_damaged_beyond_reading_is_told_and_kills_nobody);
	tcase_add_test(tcase, a_row_that_is_refused_is_no_trouble_of_the_store);
	tcase_add_test(tcase, a_load_by_another_process_lets_commits_through);
	tcase_add_test(tcase, a_small_file_system_fills_and_empties);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
