/*
 * The writer over a store that does what each test says: it can be held at
 * any step, fail, or want to start over.
 */
#include "store/engine/writer.h"
#include "tests/store/kit.h"
#include "tests/suite.h"

#include <check.h>
#include <pthread.h>
#include <time.h>

#define CELLS 4096

/* A store of counters: the version is the value. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool hold_begin, hold_commit; /* steps that wait while set */
	bool at_begin, at_commit;     /* the writer waits there */
	enum writer_step begins;
	enum writer_step commits;
	unsigned again;	 /* so many times AGAIN before what commits says */
	unsigned poison; /* put of this key fails; 0: none */
	unsigned begun, committed, abandoned;
	uint64_t now[CELLS];
	uint64_t next[CELLS];
} fake;

static struct writer *writer;

static void
wait_while(bool *held, bool *there)
{
	pthread_mutex_lock(&fake.lock);
	*there = true;
	pthread_cond_broadcast(&fake.moved);
	while (*held)
		pthread_cond_wait(&fake.moved, &fake.lock);
	*there = false;
	pthread_mutex_unlock(&fake.lock);
}

static void
set_hold(bool *held, bool value)
{
	pthread_mutex_lock(&fake.lock);
	*held = value;
	pthread_cond_broadcast(&fake.moved);
	pthread_mutex_unlock(&fake.lock);
}

static void
await_there(const bool *there)
{
	pthread_mutex_lock(&fake.lock);
	while (!*there)
		pthread_cond_wait(&fake.moved, &fake.lock);
	pthread_mutex_unlock(&fake.lock);
}

static enum writer_step
fake_begin(void *context, struct err *err)
{
	(void)context;
	wait_while(&fake.hold_begin, &fake.at_begin);
	fake.begun++;
	memcpy(fake.next, fake.now, sizeof fake.now);
	if (fake.begins == STEP_FAILED)
		err_set(err, ERR_STORE, "no lock");
	return fake.begins;
}

static enum writer_step
fake_put(void *context, struct write *write, struct err *err)
{
	unsigned number = kit_number(&write->key);

	(void)context;
	if (fake.poison != 0 && number == fake.poison) {
		err_set(err, ERR_STORE, "poison");
		return STEP_FAILED;
	}
	if (fake.next[number] != write->version) {
		write->result = WRITE_CONFLICT;
		return STEP_DONE;
	}
	/* Reads the bytes, for the sanitizers to see. */
	fake.next[number] += 1 + (write->bytes.at[0] == '?');
	write->now = fake.next[number];
	write->result = WRITE_OK;
	return STEP_DONE;
}

static enum writer_step
fake_commit(void *context, struct err *err)
{
	(void)context;
	wait_while(&fake.hold_commit, &fake.at_commit);
	if (fake.again > 0) {
		fake.again--;
		return STEP_AGAIN;
	}
	if (fake.commits == STEP_DONE) {
		fake.committed++;
		memcpy(fake.now, fake.next, sizeof fake.now);
	} else {
		err_set(err, ERR_STORE, "disk");
	}
	return fake.commits;
}

static void
fake_abandon(void *context)
{
	(void)context;
	fake.abandoned++;
}

static void
open_writer(unsigned queue_max)
{
	struct writer_store store = { fake_begin, fake_put, fake_commit,
		fake_abandon, NULL };

	ck_assert_int_eq(writer_open(&store, queue_max, &writer, NULL), 0);
}

static void
set_up(void)
{
	memset(&fake, 0, sizeof fake);
	pthread_mutex_init(&fake.lock, NULL);
	pthread_cond_init(&fake.moved, NULL);
	open_writer(1000);
}

static void
tear_down(void)
{
	writer_close(&writer);
}

/* fixture: set_up tear_down */

struct caller {
	pthread_t thread;
	struct write write;
	struct err err;
	unsigned ms;
	int got;
};

static void *
call(void *context)
{
	struct caller *caller = context;
	char *bytes = strdup("bytes");

	caller->write.bytes = span_str(bytes);
	caller->got =
	    writer_commit(writer, caller->ms, &caller->write, 1, &caller->err);
	/* Gone with the caller, whatever becomes of the write. */
	memset(bytes, 'X', 5);
	free(bytes);
	return NULL;
}

static void
start(struct caller *caller, unsigned number, unsigned ms)
{
	*caller =
	    (struct caller){ .write = kit_write(number, RECORD_PROFILE, 0, "x"),
		    .ms = ms };
	pthread_create(&caller->thread, NULL, call, caller);
}

static void
finish(struct caller *caller)
{
	pthread_join(caller->thread, NULL);
}

static void
pause_ms(long ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

static void
await_queued(unsigned count)
{
	struct writer_stat stat;

	do {
		pause_ms(1);
		writer_stat(writer, &stat);
	} while (stat.queued < count);
}

START_TEST(what_waits_becomes_one_batch)
{
	struct caller callers[57];

	fake.hold_begin = true;
	for (unsigned i = 0; i < 57; i++)
		start(&callers[i], i, 10000);
	await_queued(57);
	set_hold(&fake.hold_begin, false);
	for (unsigned i = 0; i < 57; i++) {
		finish(&callers[i]);
		ck_assert_int_eq(callers[i].got, 1);
		ck_assert_int_eq(callers[i].write.result, WRITE_OK);
		ck_assert_uint_eq(callers[i].write.now, 1);
	}
	ck_assert_uint_eq(fake.committed, 1);
}
END_TEST

START_TEST(nobody_is_told_before_the_commit)
{
	struct caller caller;

	fake.hold_commit = true;
	start(&caller, 1, 10000);
	await_there(&fake.at_commit);
	pause_ms(30);
	ck_assert_int_eq(caller.got, 0);
	ck_assert_int_eq(caller.write.result, WRITE_NONE);
	set_hold(&fake.hold_commit, false);
	finish(&caller);
	ck_assert_int_eq(caller.got, 1);
}
END_TEST

START_TEST(time_up_in_the_queue_means_that_nothing_happened)
{
	struct caller caller;

	fake.hold_begin = true;
	start(&caller, 1, 40);
	finish(&caller);
	ck_assert_int_eq(caller.got, -1);
	ck_assert_int_eq(caller.write.result, WRITE_UNAVAILABLE);
	ck_assert_int_eq(caller.err.code, ERR_DEADLINE);
	set_hold(&fake.hold_begin, false);
	writer_close(&writer);
	ck_assert_uint_eq(fake.now[1], 0);
}
END_TEST

START_TEST(time_up_in_the_commit_means_that_nobody_knows)
{
	struct caller caller, next;

	fake.hold_commit = true;
	start(&caller, 1, 40);
	finish(&caller);
	ck_assert_int_eq(caller.got, -1);
	ck_assert_int_eq(caller.write.result, WRITE_UNKNOWN);
	ck_assert_int_eq(caller.err.code, ERR_DEADLINE);
	set_hold(&fake.hold_commit, false);
	start(&next, 2, 10000);
	finish(&next);
	ck_assert_int_eq(next.got, 1);
	ck_assert_uint_eq(fake.now[1], 1);
}
END_TEST

START_TEST(a_conflict_stays_known_when_time_is_up)
{
	struct caller good, bad;

	fake.now[2] = 5;
	fake.hold_begin = fake.hold_commit = true;
	start(&good, 1, 60);
	start(&bad, 2, 60);
	await_queued(2);
	set_hold(&fake.hold_begin, false);
	finish(&good);
	finish(&bad);
	ck_assert_int_eq(good.write.result, WRITE_UNKNOWN);
	ck_assert_int_eq(bad.write.result, WRITE_CONFLICT);
	ck_assert_int_eq(bad.got, 0);
	set_hold(&fake.hold_commit, false);
}
END_TEST

START_TEST(a_failed_commit_happened_to_nobody)
{
	struct caller caller;
	struct writer_stat stat;

	fake.commits = STEP_FAILED;
	start(&caller, 1, 10000);
	finish(&caller);
	ck_assert_int_eq(caller.got, -1);
	ck_assert_int_eq(caller.write.result, WRITE_UNAVAILABLE);
	ck_assert_str_eq(caller.err.text, "disk");
	writer_stat(writer, &stat);
	ck_assert(stat.failing);
	ck_assert_uint_eq(stat.failures, 1);
	fake.commits = STEP_DONE;
	start(&caller, 1, 10000);
	finish(&caller);
	ck_assert_int_eq(caller.got, 1);
	writer_stat(writer, &stat);
	ck_assert(!stat.failing);
}
END_TEST

START_TEST(an_unknown_commit_is_never_a_yes)
{
	struct caller caller;

	fake.commits = STEP_UNKNOWN;
	start(&caller, 1, 10000);
	finish(&caller);
	ck_assert_int_eq(caller.got, -1);
	ck_assert_int_eq(caller.write.result, WRITE_UNKNOWN);
	ck_assert_uint_eq(caller.write.now, 0);
}
END_TEST

START_TEST(a_store_without_a_lock_fails_everybody)
{
	struct caller callers[3];

	fake.begins = STEP_FAILED;
	for (unsigned i = 0; i < 3; i++)
		start(&callers[i], i, 10000);
	for (unsigned i = 0; i < 3; i++) {
		finish(&callers[i]);
		ck_assert_int_eq(callers[i].write.result, WRITE_UNAVAILABLE);
		ck_assert_str_eq(callers[i].err.text, "no lock");
	}
}
END_TEST

START_TEST(a_batch_that_starts_over_is_done_once)
{
	struct caller callers[5];

	fake.hold_begin = true;
	fake.again = 3;
	for (unsigned i = 0; i < 5; i++)
		start(&callers[i], i, 10000);
	await_queued(5);
	set_hold(&fake.hold_begin, false);
	for (unsigned i = 0; i < 5; i++) {
		finish(&callers[i]);
		ck_assert_int_eq(callers[i].got, 1);
		ck_assert_uint_eq(fake.now[i], 1);
	}
	ck_assert_uint_eq(fake.committed, 1);
}
END_TEST

START_TEST(a_store_that_always_starts_over_is_given_up)
{
	struct caller caller;

	fake.again = 1000000;
	start(&caller, 1, 10000);
	finish(&caller);
	ck_assert_int_eq(caller.write.result, WRITE_UNAVAILABLE);
	fake.again = 0;
}
END_TEST

START_TEST(one_that_cannot_be_written_does_not_harm_the_others)
{
	struct caller callers[6];

	fake.hold_begin = true;
	fake.poison = 3;
	for (unsigned i = 0; i < 6; i++)
		start(&callers[i], i, 10000);
	await_queued(6);
	set_hold(&fake.hold_begin, false);
	for (unsigned i = 0; i < 6; i++) {
		finish(&callers[i]);
		ck_assert_int_eq(callers[i].write.result,
		    i == 3 ? WRITE_UNAVAILABLE : WRITE_OK);
	}
	ck_assert_str_eq(callers[3].err.text, "poison");
}
END_TEST

START_TEST(the_queue_is_bounded)
{
	struct caller callers[3];
	struct write write = kit_write(9, RECORD_PROFILE, 0, "x");
	struct err err = ERR_INIT;

	writer_close(&writer);
	open_writer(2);
	fake.hold_begin = true;
	start(&callers[0], 0, 10000);
	start(&callers[1], 1, 10000);
	await_queued(2);
	ck_assert_int_eq(writer_commit(writer, 10000, &write, 1, &err), -1);
	ck_assert_int_eq(write.result, WRITE_UNAVAILABLE);
	ck_assert_int_eq(err.code, ERR_STORE);
	set_hold(&fake.hold_begin, false);
	finish(&callers[0]);
	finish(&callers[1]);
	start(&callers[2], 2, 10000);
	finish(&callers[2]);
	ck_assert_int_eq(callers[2].got, 1);
}
END_TEST

START_TEST(closing_finishes_what_is_queued)
{
	struct caller callers[4];

	fake.hold_begin = true;
	for (unsigned i = 0; i < 4; i++)
		start(&callers[i], i, 10000);
	await_queued(4);
	set_hold(&fake.hold_begin, false);
	writer_close(&writer);
	for (unsigned i = 0; i < 4; i++) {
		finish(&callers[i]);
		ck_assert_int_eq(callers[i].got, 1);
	}
}
END_TEST

START_TEST(a_batch_of_conflicts_does_not_touch_the_disk)
{
	struct caller caller;

	fake.now[1] = 7;
	start(&caller, 1, 10000);
	finish(&caller);
	ck_assert_int_eq(caller.got, 0);
	ck_assert_uint_eq(fake.committed, 0);
	ck_assert_uint_eq(fake.abandoned, 1);
}
END_TEST

#define BUSY 8
#define EACH 3000

static void *
hammer(void *context)
{
	unsigned number = *(unsigned *)context;

	for (unsigned i = 0; i < EACH; i++) {
		struct write write = kit_write(number, RECORD_PROFILE, i, "x");

		ck_assert_int_eq(
		    writer_commit(writer, 10000, &write, 1, NULL), 1);
	}
	return NULL;
}

/* A lost wake-up would show as a deadline after ten seconds. */
START_TEST(no_wake_up_is_lost)
{
	pthread_t threads[BUSY];
	unsigned numbers[BUSY];
	struct writer_stat stat;

	for (unsigned i = 0; i < BUSY; i++) {
		numbers[i] = i;
		pthread_create(&threads[i], NULL, hammer, &numbers[i]);
	}
	for (unsigned i = 0; i < BUSY; i++)
		pthread_join(threads[i], NULL);
	writer_stat(writer, &stat);
	ck_assert_uint_eq(stat.writes, BUSY * EACH);
	ck_assert_uint_eq(stat.queued, 0);
	for (unsigned i = 0; i < BUSY; i++)
		ck_assert_uint_eq(fake.now[i], EACH);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("writer");
	TCase *tcase = tcase_create("writer");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_waits_becomes_one_batch);
	tcase_add_test(tcase, nobody_is_told_before_the_commit);
	tcase_add_test(tcase, time_up_in_the_queue_means_that_nothing_happened);
	tcase_add_test(tcase, time_up_in_the_commit_means_that_nobody_knows);
	tcase_add_test(tcase, a_conflict_stays_known_when_time_is_up);
	tcase_add_test(tcase, a_failed_commit_happened_to_nobody);
	tcase_add_test(tcase, an_unknown_commit_is_never_a_yes);
	tcase_add_test(tcase, a_store_without_a_lock_fails_everybody);
	tcase_add_test(tcase, a_batch_that_starts_over_is_done_once);
	tcase_add_test(tcase, a_store_that_always_starts_over_is_given_up);
	tcase_add_test(
	    tcase, one_that_cannot_be_written_does_not_harm_the_others);
	tcase_add_test(tcase, the_queue_is_bounded);
	tcase_add_test(tcase, closing_finishes_what_is_queued);
	tcase_add_test(tcase, a_batch_of_conflicts_does_not_touch_the_disk);
	tcase_add_test(tcase, no_wake_up_is_lost);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
