/*
 * What the engine on LMDB does with bytes that are not what it wrote.
 */
#include "tests/store/engine/lmdb_kit.h"
#include "tests/suite.h"

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
	ck_assert_msg(lmdb_restore(&options, other, &err) == 0, "%s", err.text);
	begin();
	ck_assert_uint_eq(get(7).bytes.len, sizeof text - 1);
	ck_assert_int_eq(put(7, "works"), 1);
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

int
main(void)
{
	Suite *suite = suite_create("lmdb_damage");
	TCase *tcase = tcase_create("lmdb_damage");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(
	    tcase, a_corrupt_record_is_unknown_and_nobody_else_suffers);
	tcase_add_test(tcase, a_file_cut_short_is_an_error_and_not_a_signal);
	tcase_add_test(tcase, random_damage_never_shows_what_is_not_theirs);
	tcase_add_test(
	    tcase, a_store_damaged_beyond_reading_is_told_and_kills_nobody);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
