/*
 * Several processes at one store on LMDB, some of which die.
 */
#include "tests/store/engine/lmdb_kit.h"
#include "tests/suite.h"

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

int
main(void)
{
	Suite *suite = suite_create("lmdb_processes");
	TCase *tcase = tcase_create("lmdb_processes");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, two_processes_share_one_store);
	tcase_add_test(tcase, a_compaction_by_another_process_loses_nothing);
	tcase_add_test(tcase, who_slept_through_two_compactions_is_not_fooled);
	tcase_add_test(tcase, growth_by_another_process_is_followed);
	tcase_add_test(tcase, readers_left_by_the_dead_are_cleared);
	tcase_add_test(tcase, a_process_that_dies_in_a_commit_harms_nobody);
	tcase_add_test(
	    tcase, a_process_that_dies_just_after_a_commit_leaves_a_whole_file);
	tcase_add_test(tcase, a_row_that_is_refused_is_no_trouble_of_the_store);
	tcase_add_test(tcase, a_load_by_another_process_lets_commits_through);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
