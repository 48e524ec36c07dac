#include "milter/person.h"

#include "store/catalog/catalog.h"
#include "tests/store/engine/memory.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define DAY ((int64_t)86400)
#define NOW ((int64_t)1700000000)

static struct engine *engine;
static struct arena *arena;
static struct catalog *catalog;

/* The catalog: campaign c with these ledger_days, and d without. */
static void
keep_days(unsigned days)
{
	char text[64];

	catalog_free(&catalog);
	catalog = catalog_new((size_t)1 << 20);
	snprintf(text, sizeof text, "id: c\nledger_days: %u\n", days);
	ck_assert_int_eq(
	    catalog_add(catalog, SPAN("campaign/c"), span_str(text), NULL), 0);
	ck_assert_int_eq(
	    catalog_add(catalog, SPAN("campaign/d"), SPAN("id: d\n"), NULL), 0);
	ck_assert_int_eq(catalog_seal(catalog, NULL), 0);
}

static void
set_up(void)
{
	arena = arena_new((size_t)1 << 22);
	keep_days(90);
	ck_assert_int_eq(memory_open(&engine, NULL), 0);
}

static void
tear_down(void)
{
	engine_close(&engine);
	catalog_free(&catalog);
	arena_free(&arena);
}

/* fixture: set_up tear_down */

static struct person
read_anna(void)
{
	struct person person;

	ck_assert_int_eq(person_read(engine, SPAN("t"),
			     SPAN("Anna@example.org"), arena, &person, NULL),
	    0);
	return person;
}

static struct message_key
message(unsigned number)
{
	char text[16];

	snprintf(text, sizeof text, "<%u@x>", number);
	return message_key(SPAN("t"), SPAN("c"), span_str(text), SPAN("r"));
}

static int
expose_in(
    const char *campaign, struct person *person, unsigned number, int64_t time)
{
	struct message_key key = message(number);
	struct exposure entry = { .time = time,
		.state_at = time,
		.campaign = span_str(campaign),
		.propensity = 1,
		.state = EXPOSURE_RESERVED };

	memcpy(entry.tag, key.bytes, KEY_TAG);
	return person_expose(
	    engine, person, &entry, catalog, 1000, arena, NULL);
}

static int
expose(struct person *person, unsigned number, int64_t time)
{
	return expose_in("c", person, number, time);
}

static bool
is_recorded(unsigned number)
{
	struct person person = read_anna();
	struct message_key key = message(number);

	return history_find(&person.history, &key) != NULL;
}

START_TEST(an_exposure_is_read_back)
{
	struct person person = read_anna();

	ck_assert_ptr_null(person.profile);
	ck_assert_int_eq(expose(&person, 1, NOW), 1);
	ck_assert(is_recorded(1));
	ck_assert(!is_recorded(2));
}
END_TEST

START_TEST(who_read_before_another_wrote_is_told)
{
	struct person first = read_anna(), second = read_anna();

	ck_assert_int_eq(expose(&first, 1, NOW), 1);
	ck_assert_int_eq(expose(&second, 2, NOW), 0);
	ck_assert(!is_recorded(2));
}
END_TEST

START_TEST(what_is_old_is_folded)
{
	struct person person = read_anna();
	struct folded *folded;

	ck_assert_int_eq(expose(&person, 1, NOW), 1);
	person = read_anna();
	ck_assert_int_eq(expose(&person, 2, NOW + 80 * DAY), 1);
	person = read_anna();
	ck_assert_int_eq(expose(&person, 3, NOW + 100 * DAY), 1);
	ck_assert(!is_recorded(1));
	ck_assert(is_recorded(2));
	person = read_anna();
	folded = person.history.folded;
	ck_assert_uint_eq(person.history.folded_count, 1);
	ck_assert_int_eq(folded->kind, FOLDED_CAMPAIGN);
	ck_assert_uint_eq(folded->count, 1);
}
END_TEST

START_TEST(each_campaign_says_how_long_its_entries_are_kept)
{
	struct person person = read_anna();

	ck_assert_int_eq(expose_in("d", &person, 1, NOW), 1);
	person = read_anna();
	ck_assert_int_eq(expose_in("gone", &person, 2, NOW), 1);
	person = read_anna();
	ck_assert_int_eq(expose(&person, 3, NOW + 1), 1);
	person = read_anna();
	ck_assert_int_eq(expose(&person, 4, NOW + 100 * DAY), 1);
	person = read_anna();
	ck_assert_int_eq(expose(&person, 5, NOW + 200 * DAY), 1);
	ck_assert(is_recorded(1));
	ck_assert(is_recorded(2));
	ck_assert(!is_recorded(3));
	person = read_anna();
	ck_assert_int_eq(expose_in("d", &person, 6, NOW + 410 * DAY), 1);
	ck_assert(!is_recorded(1));
	ck_assert(!is_recorded(2));
}
END_TEST

/* I2 again: ledger_days may be fewer than the mail server's patience. */
START_TEST(a_short_ledger_folds_nothing_that_may_be_retried)
{
	struct person person = read_anna();

	keep_days(1);
	ck_assert_int_eq(expose(&person, 1, NOW), 1);
	person = read_anna();
	ck_assert_int_eq(expose(&person, 2, NOW + 6 * DAY), 1);
	ck_assert(is_recorded(1));
	person = read_anna();
	ck_assert_int_eq(expose(&person, 4, NOW + 10 * DAY), 1);
	ck_assert(is_recorded(2));
	person = read_anna();
	ck_assert_int_eq(expose(&person, 3, NOW + 20 * DAY), 1);
	ck_assert(!is_recorded(1));
}
END_TEST

/* I2: a message recorded just before the jump is retried after it. */
START_TEST(a_clock_that_jumps_ahead_folds_nothing_that_may_be_retried)
{
	struct person person = read_anna();

	ck_assert_int_eq(expose(&person, 1, NOW), 1);
	person = read_anna();
	ck_assert_int_eq(expose(&person, 2, NOW + 3650 * DAY), 1);
	ck_assert(is_recorded(1));
	person = read_anna();
	ck_assert_int_eq(expose(&person, 3, NOW + 1), 1);
	ck_assert(is_recorded(1));
	ck_assert(is_recorded(2));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("person");
	TCase *tcase = tcase_create("person");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_exposure_is_read_back);
	tcase_add_test(tcase, who_read_before_another_wrote_is_told);
	tcase_add_test(tcase, what_is_old_is_folded);
	tcase_add_test(tcase, each_campaign_says_how_long_its_entries_are_kept);
	tcase_add_test(tcase, a_short_ledger_folds_nothing_that_may_be_retried);
	tcase_add_test(
	    tcase, a_clock_that_jumps_ahead_folds_nothing_that_may_be_retried);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
