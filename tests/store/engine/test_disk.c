/*
 * Power losses, played on the real engine: whatever moment the power goes,
 * what was WRITE_OK is there, and what is there checks. A seed replays a
 * run. The control is a disk whose syncs do nothing: it must be found out.
 */
#include "tests/store/engine/disk.h"

#include "store/engine/lmdb.h"
#include "tests/store/kit.h"
#include "tests/suite.h"

#include <check.h>
#include <sys/wait.h>

#define PEOPLE 40

static char directory[KIT_PATH];
static char after[KIT_PATH];

/* What the engine has promised so far: the number written to each person,
 * and the one that may have been. */
struct promise {
	unsigned sure;
	unsigned maybe;
};

static void
set_up(void)
{
	ck_assert_int_eq(kit_directory("/tmp", directory), 0);
	ck_assert_int_eq(kit_directory("/tmp", after), 0);
	kit_secret(directory);
	kit_secret(after);
}

static void
tear_down(void)
{
	kit_remove(directory);
	kit_remove(after);
}

/* fixture: set_up tear_down */

static struct engine *
open_at(const char *path)
{
	struct engine_options options = { .path = path,
		.map_bytes = (size_t)1 << 24 };
	struct engine *engine = NULL;
	struct err err = ERR_INIT;

	ck_assert_msg(lmdb_open(&options, &engine, &err) == 0, "%s", err.text);
	return engine;
}

static unsigned
number_at(struct engine *engine, unsigned who, bool *corrupt, uint64_t *version)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct record_key key = kit_key(who);
	struct record record;
	unsigned number = 0;

	ck_assert_int_ge(engine_get(engine, &key, arena, &record, NULL), 0);
	*corrupt |= record.values[RECORD_HISTORY].corrupt;
	*version = record.values[RECORD_HISTORY].version;
	if (record.values[RECORD_HISTORY].bytes.len != 0)
		number = (unsigned)strtoul(
		    record.values[RECORD_HISTORY].bytes.at, NULL, 10);
	arena_free(&arena);
	return number;
}

/* Opens what the power loss left. How many promises it breaks; a store that
 * does not even open breaks all. */
static unsigned
broken(const struct promise *promises)
{
	struct engine_options options = { .path = after,
		.map_bytes = (size_t)1 << 24 };
	struct engine *engine;
	struct engine_verdict verdict;
	unsigned count = 0;
	bool corrupt = false;

	if (lmdb_open_readonly(&options, &engine, NULL) < 0)
		return PEOPLE;
	for (unsigned who = 0; who < PEOPLE; who++) {
		uint64_t version;
		unsigned number = number_at(engine, who, &corrupt, &version);

		count += number != promises[who].sure &&
			 number != promises[who].maybe;
	}
	if (engine_verify(engine, NULL, NULL, &verdict, NULL) != 1)
		count++;
	engine_close(&engine);
	return count + corrupt;
}

/* The same in a process of its own: LMDB ends the process over some pages
 * that it does not believe. */
static unsigned
broken_apart(const struct promise *promises)
{
	pid_t child = fork();
	int status = 0;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		unsigned count;

		(void)!freopen("/dev/null", "w", stderr);
		count = broken(promises);

		_exit(count > 100 ? 100 : (int)count);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : PEOPLE;
}

/* What a write's fate promises. */
static void
settle(struct engine *engine, const struct write *write,
    struct promise *promise, uint64_t *version)
{
	bool corrupt = false;

	if (write->result == WRITE_OK) {
		promise->sure = promise->maybe;
		*version = write->now;
	} else if (write->result == WRITE_UNKNOWN) {
		(void)number_at(
		    engine, kit_number(&write->key), &corrupt, version);
	} else if (write->result == WRITE_UNAVAILABLE) {
		promise->maybe = promise->sure;
	}
}

/* One round of business: some people get one more, in one commit. */
static void
do_business(struct engine *engine, struct promise *promises, uint64_t *versions,
    uint64_t *seed)
{
	struct write writes[4];
	char texts[4][3000];
	unsigned who[4], count = 1 + (unsigned)(disk_random(seed) % 4);

	for (unsigned i = 0; i < count; i++) {
		size_t len;

		who[i] = (unsigned)(disk_random(seed) % PEOPLE);
		promises[who[i]].maybe = promises[who[i]].sure + 1;
		len = (size_t)snprintf(
		    texts[i], 32, "%u ", promises[who[i]].maybe);
		memset(texts[i] + len, 'x', sizeof texts[i] - len);
		writes[i] =
		    kit_write(who[i], RECORD_HISTORY, versions[who[i]], "");
		writes[i].bytes =
		    span_of(texts[i], 40 + (size_t)(disk_random(seed) % 2900));
	}
	(void)engine_commit(engine, writes, count, NULL);
	for (unsigned i = 0; i < count; i++)
		settle(
		    engine, &writes[i], &promises[who[i]], &versions[who[i]]);
}

/* Rounds of business with a power loss after some of them, and in the middle
 * of others: a sync or the page that makes a commit visible fails first, so
 * that half a commit is pending. How many promises were broken. */
static unsigned
run(uint64_t seed, unsigned rounds)
{
	struct promise promises[PEOPLE] = { { 0, 0 } };
	uint64_t versions[PEOPLE] = { 0 };
	struct engine *engine = open_at(directory);
	char path[KIT_PATH + 32];
	unsigned count = 0;

	engine_close(&engine);
	engine = open_at(after);
	engine_close(&engine);
	snprintf(path, sizeof path, "%s/data.1/data.mdb", directory);
	engine = open_at(directory);
	disk.only = directory;
	disk_watch(path);
	snprintf(path, sizeof path, "%s/data.1/data.mdb", after);
	for (unsigned i = 0; i < rounds; i++) {
		uint64_t fault = disk_random(&seed) % 8;

		if (fault == 0)
			disk.sync_fails_in = 0;
		if (fault == 1)
			disk.write_fails_in = (unsigned)(seed % 5);
		if (fault == 2)
			disk.meta_fails_in = 0;
		do_business(engine, promises, versions, &seed);
		if (disk_random(&seed) % 2 == 0) {
			disk_power_loss(path, seed);
			count += broken_apart(promises);
		}
		disk.sync_fails_in = disk.write_fails_in = DISK_NEVER;
		disk.meta_fails_in = DISK_NEVER;
		do_business(engine, promises, versions, &seed);
	}
	disk_unwatch();
	engine_close(&engine);
	return count;
}

START_TEST(a_power_loss_breaks_no_promise)
{
	const char *given = getenv("INLAY_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : 20261121;

	ck_assert_msg(
	    run(seed, 400) == 0, "INLAY_SEED=%llu", (unsigned long long)seed);
}
END_TEST

START_TEST(a_disk_that_lies_is_found_out)
{
	disk.lying = true;
	ck_assert_uint_gt(run(4711, 60), 0);
	disk.lying = false;
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("disk");
	TCase *tcase = tcase_create("disk");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_power_loss_breaks_no_promise);
	tcase_add_test(tcase, a_disk_that_lies_is_found_out);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
