/*
 * Who has the data and not the secret beside it cannot find out who was
 * erased; who has both keeps them away, also through backups.
 */
#include "tests/store/engine/lmdb_kit.h"

#include "store/engine/env.h"
#include "tests/suite.h"

static const struct record_key who = { "guessed address" };

static struct stored
tombstone(void)
{
	struct record record;

	ck_assert_msg(engine_get(engine, &who, arena, &record, &err) >= 0, "%s",
	    err.text);
	return record.values[RECORD_TOMBSTONE];
}

static int
write_tombstone(const char *text)
{
	struct write write = { .key = who,
		.kind = RECORD_TOMBSTONE,
		.version = tombstone().version,
		.bytes = span_str(text) };

	return engine_commit(engine, &write, 1, &err);
}

static char *
secret_path(const char *place)
{
	static char path[KIT_PATH + 32];

	snprintf(path, sizeof path, "%s/tombstone.key", place);
	return path;
}

static void
lose_secret(const char *place)
{
	ck_assert_int_eq(unlink(secret_path(place)), 0);
}

START_TEST(the_data_alone_tell_nothing_of_a_guess)
{
	begin();
	ck_assert_int_eq(write_tombstone("erased"), 1);
	ck_assert(span_eq(tombstone().bytes, SPAN("erased")));
	engine_close(&engine);
	ck_assert_int_ge(find_in_file(directory, "erased"), 0);
	ck_assert_int_eq(find_in_file(directory, "guessed address"), -1);
}
END_TEST

START_TEST(the_secret_is_made_once_and_for_its_owner_alone)
{
	struct stat before, since;

	begin();
	ck_assert_int_eq(stat(secret_path(directory), &before), 0);
	ck_assert_int_eq(before.st_mode & 07777, 0600);
	ck_assert_int_eq(before.st_size, 32);
	engine_close(&engine);
	begin();
	ck_assert_int_eq(stat(secret_path(directory), &since), 0);
	ck_assert_uint_eq(before.st_ino, since.st_ino);
}
END_TEST

static int
write_as_another(void)
{
	return write_tombstone("by another") != 1;
}

START_TEST(all_processes_have_the_same)
{
	/* First: with the writers' thread of this one there is no fork. */
	await_child(in_child(write_as_another));
	begin();
	ck_assert(span_eq(tombstone().bytes, SPAN("by another")));
}
END_TEST

/* That there is none is known of one snapshot and no other. */
START_TEST(the_first_of_all_is_seen_at_once_and_so_is_its_end)
{
	begin();
	for (int round = 0; round < 3; round++) {
		ck_assert_uint_eq(tombstone().version, 0);
		ck_assert_uint_eq(tombstone().version, 0);
		ck_assert_int_eq(write_tombstone("erased"), 1);
		ck_assert(span_eq(tombstone().bytes, SPAN("erased")));
		ck_assert_int_eq(write_tombstone(""), 1);
	}
}
END_TEST

/* Nobody is taken for somebody who was not erased. */
START_TEST(without_its_secret_a_store_is_not_opened)
{
	struct engine_options options = options_of(0, 0);
	struct record record;

	begin();
	ck_assert_int_eq(write_tombstone("erased"), 1);
	engine_close(&engine);
	for (unsigned other_one = 0; other_one < 2; other_one++) {
		lose_secret(directory);
		if (other_one)
			kit_secret(directory);
		err_clear(&err);
		ck_assert_int_eq(lmdb_open(&options, &engine, &err), -1);
		ck_assert_int_eq(err.code, ERR_STORE);
		ck_assert_ptr_nonnull(strstr(err.text, "tombstone.key"));
		err_clear(&err);
		ck_assert_int_eq(
		    lmdb_open_readonly(&options, &engine, &err), 0);
		ck_assert_int_eq(
		    engine_get(engine, &who, arena, &record, &err), -1);
		engine_close(&engine);
		kit_secret(directory);
	}
}
END_TEST

/* As layout 1 has them. */
static void
put_old_tombstone(void)
{
	struct env_options options = { .mode = 0600,
		.map_bytes = (size_t)1 << 26 };
	struct env *env;
	struct env_txn *txn;
	char path[256], key[18] = "\3", *at;
	struct span bytes = SPAN("of old");

	begin();
	engine_close(&engine);
	data_path(directory, path);
	*strrchr(path, '/') = '\0';
	options.directory = path;
	memcpy(key + 1, who.bytes, KEY_SIZE);
	key[17] = RECORD_TOMBSTONE;
	ck_assert_int_eq(env_open(&options, &env, &err), 0);
	ck_assert_int_eq(env_write_begin(env, &txn, &err), ENV_OK);
	ck_assert_int_eq(env_write_put(txn, span_of(key, sizeof key),
			     RECORD_HEADER + bytes.len, &at, &err),
	    ENV_OK);
	record_seal(at, span_of(key, sizeof key), RECORD_TOMBSTONE, 1, bytes);
	ck_assert_int_eq(env_write_commit(txn, &err), ENV_OK);
	env_close(&env);
	begin();
}

START_TEST(one_of_before_counts_and_moves_when_written_again)
{
	put_old_tombstone();
	ck_assert(span_eq(tombstone().bytes, SPAN("of old")));
	ck_assert_uint_eq(numbers().records[RECORD_TOMBSTONE], 1);
	ck_assert_int_eq(write_tombstone("moved"), 1);
	ck_assert(span_eq(tombstone().bytes, SPAN("moved")));
	ck_assert_uint_eq(numbers().records[RECORD_TOMBSTONE], 1);
	ck_assert_int_eq(engine_compact(engine, &err), 0);
	ck_assert(span_eq(tombstone().bytes, SPAN("moved")));
	ck_assert_int_eq(find_in_file(directory, "guessed address"), -1);
	ck_assert_int_eq(write_tombstone(""), 1);
	ck_assert_uint_eq(tombstone().version, 0);
	ck_assert_uint_eq(numbers().records[RECORD_TOMBSTONE], 0);
}
END_TEST

static int
one_row(void *context, struct load_row *row, struct err *error)
{
	bool *done = context;

	(void)error;
	*row = (struct load_row){ .key = who, .bytes = SPAN("row") };
	return *done ? 0 : (*done = true);
}

static struct stored loaded;

static int
merge(void *context, const struct load_row *row, const struct record *now,
    struct arena *room, struct span changes[RECORD_KINDS], unsigned *kinds,
    struct err *error)
{
	(void)context, (void)row, (void)room, (void)changes, (void)error;
	loaded = now->values[RECORD_TOMBSTONE];
	*kinds = 0;
	return 0;
}

START_TEST(a_load_sees_who_was_erased)
{
	bool done = false;
	const struct load_source source = { one_row, merge, NULL, &done };
	uint64_t rows = 0;

	begin();
	ck_assert_int_eq(write_tombstone("erased"), 1);
	ck_assert_int_eq(engine_load(engine, &source, &rows, &err), 1);
	ck_assert_uint_ne(loaded.version, 0);
}
END_TEST

/* Restores `other` into the directory, empty but for what is left there. */
static int
restore_anew(void)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);
	int restored;

	engine_close(&engine);
	kit_remove(directory);
	restored = lmdb_restore(&options, other, &err);
	ck_assert_msg(restored >= 0, "%s", err.text);
	begin();
	return restored;
}

START_TEST(a_backup_brings_its_secret)
{
	begin();
	ck_assert_int_eq(write_tombstone("erased"), 1);
	ck_assert_int_eq(engine_backup(engine, other, &err), 0);
	ck_assert_int_eq(restore_anew(), 0);
	ck_assert(span_eq(tombstone().bytes, SPAN("erased")));
}
END_TEST

START_TEST(a_backup_without_it_says_so_unless_the_store_has_it)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);

	begin();
	ck_assert_int_eq(write_tombstone("erased"), 1);
	ck_assert_int_eq(engine_backup(engine, other, &err), 0);
	lose_secret(other);
	engine_close(&engine);
	ck_assert_int_eq(lmdb_restore(&options, other, &err), 0);
	begin();
	ck_assert(span_eq(tombstone().bytes, SPAN("erased")));
	ck_assert_int_eq(restore_anew(), 1);
	ck_assert_uint_eq(tombstone().version, 0);
	ck_assert_int_eq(write_tombstone("again"), 1);
}
END_TEST

START_TEST(names_people_for_other_files)
{
	struct record_key veiled, again;

	begin();
	ck_assert_int_eq(engine_veil(engine, &who, &veiled, &err), 1);
	ck_assert_int_ne(record_key_cmp(&who, &veiled), 0);
	engine_close(&engine);
	begin();
	ck_assert_int_eq(engine_veil(engine, &who, &again, &err), 1);
	ck_assert_int_eq(record_key_cmp(&again, &veiled), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lmdb_tombstone");
	TCase *tcase = tcase_create("lmdb_tombstone");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_data_alone_tell_nothing_of_a_guess);
	tcase_add_test(tcase, the_secret_is_made_once_and_for_its_owner_alone);
	tcase_add_test(tcase, all_processes_have_the_same);
	tcase_add_test(
	    tcase, the_first_of_all_is_seen_at_once_and_so_is_its_end);
	tcase_add_test(tcase, without_its_secret_a_store_is_not_opened);
	tcase_add_test(
	    tcase, one_of_before_counts_and_moves_when_written_again);
	tcase_add_test(tcase, a_load_sees_who_was_erased);
	tcase_add_test(tcase, a_backup_brings_its_secret);
	tcase_add_test(
	    tcase, a_backup_without_it_says_so_unless_the_store_has_it);
	tcase_add_test(tcase, names_people_for_other_files);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
