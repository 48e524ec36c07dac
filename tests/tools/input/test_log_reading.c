#include "tools/input/log_reading.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/store/engine/memory.h"
#include "tests/suite.h"

#define ARENA_MAX ((size_t)16 << 20)
#define HOUR 3600

static const struct engine_class *beneath;
static unsigned changes; /* of the catalog */

static int
count_change(struct engine *engine, const struct entry *entries, size_t count,
    struct err *err)
{
	changes++;
	return beneath->catalog_change(engine, entries, count, err);
}

static int
take_line(
    void *context, struct span line, struct log_place *at, struct err *err)
{
	(void)context, (void)line, (void)at, (void)err;
	return 0;
}

static struct log_reading reading;
static char path[] = "/tmp/inlay-log-XXXXXX";
static unsigned rounds;

static void
append(const char *line)
{
	FILE *file = fopen(path, "a");

	ck_assert_ptr_nonnull(file);
	fputs(line, file);
	fclose(file);
}

/* What happens before each round's note, and how many were written before. */
static int
settle(void *context, bool end, struct log_place *safe, struct err *err)
{
	static const unsigned before[] = { 0, 1, 1, 1, 2, 2, 3 };

	(void)context, (void)safe, (void)err;
	ck_assert_uint_eq(changes, before[rounds]);
	if (++rounds == 3)
		append("three\n"); /* is read in the next round */
	if (rounds == 6)
		reading.noted.read_at -= HOUR;
	if (rounds == 7 && !end)
		raise(SIGTERM);
	rounds -= rounds == 7;
	return 1;
}

static void
wake(int number)
{
	(void)number;
}

/* A follower waits a second each time: signals wake it. */
static void
wake_often(void)
{
	const struct itimerval often = { { 0, 5000 }, { 0, 5000 } };
	struct sigaction action = { .sa_handler = wake };

	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

START_TEST(a_follower_notes_what_is_new_and_keeps_the_time_fresh)
{
	struct cli cli = { .errors = stderr, .arena = arena_new(ARENA_MAX) };
	struct engine_class counting;
	int file = mkstemp(path);

	ck_assert_int_ge(file, 0);
	close(file);
	append("one\ntwo\n");
	ck_assert_int_eq(memory_open(&cli.engine, NULL), 0);
	beneath = cli.engine->class;
	counting = *beneath;
	counting.catalog_change = count_change;
	cli.engine->class = &counting;
	reading = (struct log_reading){ .cli = &cli,
		.origin = { .path = path, .errors = stderr, .follow = true },
		.notes = "note/delivery/",
		.take = take_line,
		.settle = settle };
	wake_often();
	ck_assert_int_eq(log_reading_run(&reading, NULL), 0);
	ck_assert_uint_eq(reading.lines, 3);
	ck_assert_uint_eq(changes, 3);
	cli.engine->class = beneath;
	engine_close(&cli.engine);
	arena_free(&cli.arena);
	unlink(path);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tools/input/log_reading");
	TCase *tests = tcase_create("log reading");

	tcase_add_test(
	    tests, a_follower_notes_what_is_new_and_keeps_the_time_fresh);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
