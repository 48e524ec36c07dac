#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "milter/turn.h"
#include "tests/suite.h"

enum { WAITERS = 20, LONG = 60000 };

static struct turns *turns;

static void
set_up(void)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(turns_open(&turns, &err), 0);
}

static void
tear_down(void)
{
	turns_close(&turns);
}

static struct record_key
key_of(int number)
{
	struct record_key key;

	memset(key.bytes, number, sizeof key.bytes);
	return key;
}

static int
take(int number, unsigned ms, struct turn *turn)
{
	struct record_key key = key_of(number);
	struct err err = ERR_INIT;

	return turn_take(turns, &key, ms, turn, &err);
}

START_TEST(waits_for_its_own_key_only)
{
	struct turn one, same, other, neighbour;

	ck_assert_int_eq(take(1, 0, &one), 1);
	ck_assert_int_eq(take(2, 0, &other), 1);
	/* In the same queue, but another recipient. */
	ck_assert_int_eq(take(1 + 64, 0, &neighbour), 1);
	ck_assert_int_eq(take(1, 0, &same), 0);
	ck_assert_int_eq(take(1, 20, &same), 0);
	turn_give(turns, &one);
	ck_assert_int_eq(take(1, 0, &same), 1);
	turn_give(turns, &other);
	turn_give(turns, &same);
	turn_give(turns, &neighbour);
}
END_TEST

static int inside;
static atomic_int done;

static void *
work(void *context)
{
	struct turn turn;

	(void)context;
	ck_assert_int_eq(take(7, LONG, &turn), 1);
	ck_assert_int_eq(inside++, 0);
	sched_yield();
	ck_assert_int_eq(--inside, 0);
	turn_give(turns, &turn);
	atomic_fetch_add(&done, 1);
	return NULL;
}

START_TEST(lets_one_in_at_a_time_and_all_in_the_end)
{
	pthread_t threads[WAITERS];
	struct turn first, given_up;

	ck_assert_int_eq(take(7, 0, &first), 1);
	for (int i = 0; i < WAITERS; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	ck_assert_int_eq(take(7, 1, &given_up), 0);
	ck_assert_int_eq(atomic_load(&done), 0);
	turn_give(turns, &first);
	for (int i = 0; i < WAITERS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&done), WAITERS);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("milter/turn");
	TCase *tcase = tcase_create("turn");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, waits_for_its_own_key_only);
	tcase_add_test(tcase, lets_one_in_at_a_time_and_all_in_the_end);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
