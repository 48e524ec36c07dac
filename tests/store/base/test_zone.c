#include "store/base/zone.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "milter/liquid/date/date.h"
#include "store/base/timestamp.h"
#include "store/base/zone_rule.h"
#include "tests/suite.h"

/* A zone file of the smallest kind: one transition at 1000 from LMT (+1:00)
 * to the rule, an empty first block. */
static const char file[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\x8"
			   "\0\0\0\0\0\0\x3\xe8"
			   "\1"
			   "\0\0\xe\x10\0\0"
			   "\0\0\x1c\x20\1\4"
			   "LMT\0XST\0"
			   "\nAAA-1BBB,M3.5.0,M10.5.0/3\n";

static const struct zone *
load(const char *name, struct arena *arena)
{
	const struct zone *zone = NULL;

	ck_assert_int_eq(
	    zone_read(NULL, span_str(name), arena, &zone, NULL), 1);
	return zone;
}

/* From the tz database and, beyond it, the rules in its files. */
static const struct {
	const char *zone;
	int64_t epoch;
	int offset;
	const char *abbreviation;
} moments[] = {
	{ "UTC", 0, 0, "UTC" },
	{ "Europe/Berlin", 1704067318, 3600, "CET" },
	{ "Europe/Berlin", 1719791999, 7200, "CEST" },
	{ "Europe/Berlin", 1711846799, 3600, "CET" },
	{ "Europe/Berlin", 1711846800, 7200, "CEST" },
	{ "Europe/Berlin", 4070908800, 3600, "CET" },
	{ "Europe/Berlin", 4090000000, 7200, "CEST" },
	{ "America/New_York", 1704067318, -18000, "EST" },
	{ "America/New_York", 4090000000, -14400, "EDT" },
	{ "Australia/Lord_Howe", 1704067318, 39600, "+11" },
	{ "Asia/Kolkata", 1704067318, 19800, "IST" },
	{ "Etc/GMT+5", 1704067318, -18000, "-05" },
};

START_TEST(knows_offset_and_name_at_any_moment)
{
	struct arena *arena = arena_new(1 << 20);
	const struct zone *zone = load(moments[_i].zone, arena);
	struct zone_time time = zone_at(zone, moments[_i].epoch);

	ck_assert_int_eq(time.offset, moments[_i].offset);
	ck_assert_str_eq(time.abbreviation, moments[_i].abbreviation);
	arena_free(&arena);
}
END_TEST

/* Shown in Berlin; the 28 March 2021 has no 02:30, the 31 October two. */
static const struct {
	int64_t shown;
	int64_t epoch;
} clocks[] = {
	{ 1616895000, 1616891400 }, /* 01:30 */
	{ 1616898600, 1616895000 }, /* 02:30: never */
	{ 1616902200, 1616895000 }, /* 03:30 */
	{ 1635643800, 1635636600 }, /* 01:30 */
	{ 1635647400, 1635643800 }, /* 02:30: the second */
	{ 1635651000, 1635647400 }, /* 03:30 */
};

START_TEST(finds_the_moment_that_a_clock_shows)
{
	struct arena *arena = arena_new(1 << 20);
	const struct zone *zone = load("Europe/Berlin", arena);

	ck_assert_int_eq(zone_epoch(zone, clocks[_i].shown), clocks[_i].epoch);
	arena_free(&arena);
}
END_TEST

static const char *const strangers[] = { "", "/etc/passwd", "../zoneinfo/UTC",
	"Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin",
	"Europe/Nowhere", "tzdata.zi", "a\nb", "Europe/Ber lin", "." };

START_TEST(reads_nothing_but_zones)
{
	struct arena *arena = arena_new(1 << 20);
	const struct zone *zone;

	ck_assert_int_eq(
	    zone_read(NULL, span_str(strangers[_i]), arena, &zone, NULL), 0);
	arena_free(&arena);
}
END_TEST

START_TEST(reads_transitions_and_the_rule_behind_them)
{
	struct arena *arena = arena_new(1 << 20);
	const struct zone *zone;

	ck_assert_int_eq(
	    zone_parse(span_of(file, sizeof file - 1), arena, &zone, NULL), 1);
	ck_assert_str_eq(zone_at(zone, 999).abbreviation, "LMT");
	ck_assert_int_eq(zone_at(zone, 999).offset, 3600);
	ck_assert_str_eq(zone_at(zone, 1000).abbreviation, "AAA");
	ck_assert_str_eq(zone_at(zone, 1719791999).abbreviation, "BBB");
	arena_free(&arena);
}
END_TEST

START_TEST(survives_a_file_cut_at_every_byte)
{
	for (size_t len = 0; len < sizeof file - 1; len++) {
		struct arena *arena = arena_new(1 << 20);
		char *exact = malloc(len ? len : 1);
		const struct zone *zone;

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, file, len);
		if (zone_parse(span_of(exact, len), arena, &zone, NULL) == 1)
			zone_at(zone, 5000);
		free(exact);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(survives_every_byte_changed)
{
	char copy[sizeof file];

	for (size_t i = 0; i < sizeof file - 1; i++) {
		for (int bit = 0; bit < 8; bit++) {
			struct arena *arena = arena_new(1 << 20);
			const struct zone *zone;

			memcpy(copy, file, sizeof file);
			copy[i] = (char)(copy[i] ^ (1 << bit));
			if (zone_parse(span_of(copy, sizeof file - 1), arena,
				&zone, NULL) == 1) {
				zone_at(zone, 5000);
				zone_at(zone, 1719791999);
			}
			arena_free(&arena);
		}
	}
}
END_TEST

static const struct {
	const char *rule;
	bool valid;
	int64_t epoch;
	int offset;
} rules[] = {
	{ "UTC0", true, 0, 0 },
	{ "<+0330>-3:30", true, 0, 12600 },
	{ "EST5EDT,M3.2.0,M11.1.0", true, 1704067318, -18000 },
	{ "EST5EDT,M3.2.0,M11.1.0", true, 1719791999, -14400 },
	{ "AEST-10AEDT,M10.1.0,M4.1.0/3", true, 1704067318, 39600 },
	{ "AEST-10AEDT,M10.1.0,M4.1.0/3", true, 1719791999, 36000 },
	{ "IST-1GMT0,M10.5.0,M3.5.0/1", true, 1704067318, 0 },
	{ "AAA0BBB,J60,J300", true, 1709164799, 0 },
	{ "AAA0BBB,J60,J300", true, 1709251200 + 7200, 3600 },
	{ "AAA0BBB,59,300/-1", true, 1709164800 + 7200, 3600 },
	{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true, 1704067318, -7200 },
	{ "", false, 0, 0 },
	{ "UTC", false, 0, 0 },
	{ "EST5EDT", false, 0, 0 },
	{ "EST5EDT,M3.2.0", false, 0, 0 },
	{ "EST5EDT,M13.2.0,M11.1.0", false, 0, 0 },
	{ "EST5EDT,M0.2.0,M11.1.0", false, 0, 0 },
	{ "EST5EDT,M3.2.0,M11.1.0x", false, 0, 0 },
	{ "<EST5EDT,M3.2.0,M11.1.0", false, 0, 0 },
};

START_TEST(follows_a_rule_for_ever)
{
	struct zone_rule rule;

	ck_assert_int_eq(
	    zone_rule_parse(span_str(rules[_i].rule), &rule), rules[_i].valid);
	if (rules[_i].valid)
		ck_assert_int_eq(zone_rule_at(&rule, rules[_i].epoch).offset,
		    rules[_i].offset);
}
END_TEST

START_TEST(caches_what_it_has_read)
{
	struct zones *zones = zones_new(NULL);
	const struct zone *first, *second, *none;
	bool fresh;

	ck_assert_ptr_nonnull(zones);
	ck_assert_int_eq(
	    zones_acquire(zones, SPAN("Europe/Paris"), &first, &fresh, NULL),
	    1);
	ck_assert_int_eq(
	    zones_acquire(zones, SPAN("Europe/Paris"), &second, &fresh, NULL),
	    1);
	ck_assert_ptr_eq(first, second);
	ck_assert(!fresh);
	ck_assert_int_eq(
	    zones_acquire(zones, SPAN("Mars/Base"), &none, &fresh, NULL), 0);
	zones_release(zones, first);
	zones_release(zones, second);
	zones_free(&zones);
	ck_assert_ptr_null(zones);
}
END_TEST

/* 1 found; whether it had to be read. */
static int
use(struct zones *zones, const char *name, bool *fresh)
{
	const struct zone *zone;
	int found = zones_acquire(zones, span_str(name), &zone, fresh, NULL);

	if (found == 1)
		zones_release(zones, zone);
	return found;
}

/* However many there are, each is found; what nobody used for long goes, and
 * what somebody holds stays. */
START_TEST(evicts_what_was_not_used_for_long)
{
	char directory[] = "/tmp/inlay-zones-XXXXXX", path[64], name[16];
	const struct zone *held;
	struct zones *zones;
	bool fresh;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	for (int i = 0; i < 700; i++) {
		snprintf(path, sizeof path, "%s/Z%d", directory, i);
		ck_assert_int_eq(
		    symlink("/usr/share/zoneinfo/Europe/Paris", path), 0);
	}
	zones = zones_new(directory);
	ck_assert_int_eq(
	    zones_acquire(zones, SPAN("Z0"), &held, &fresh, NULL), 1);
	for (int i = 1; i < 700; i++) {
		snprintf(name, sizeof name, "Z%d", i);
		ck_assert_int_eq(use(zones, name, &fresh), 1);
		ck_assert(fresh);
	}
	ck_assert_int_eq(use(zones, "Z0", &fresh), 1);
	ck_assert(!fresh);
	ck_assert_int_eq(use(zones, "Z699", &fresh), 1);
	ck_assert(!fresh);
	ck_assert_int_eq(use(zones, "Z1", &fresh), 1);
	ck_assert(fresh);
	ck_assert_int_eq(zone_at(held, 0).offset, 3600);
	zones_release(zones, held);
	zones_free(&zones);
	for (int i = 0; i < 700; i++) {
		snprintf(path, sizeof path, "%s/Z%d", directory, i);
		unlink(path);
	}
	rmdir(directory);
}
END_TEST

static void *
find_many(void *zones)
{
	static const char *const names[] = { "Europe/Rome", "Asia/Tokyo",
		"Africa/Cairo", "Mars/Base" };
	const struct zone *zone;
	intptr_t found = 0;
	bool fresh;

	for (int i = 0; i < 400; i++) {
		if (zones_acquire(zones, span_str(names[i % 4]), &zone, &fresh,
			NULL) != 1)
			continue;
		found += zone_at(zone, 0).offset != 0;
		zones_release(zones, zone);
	}
	return (void *)found;
}

START_TEST(caches_for_many_threads)
{
	struct zones *zones = zones_new(NULL);
	pthread_t threads[4];
	void *found;

	ck_assert_ptr_nonnull(zones);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, find_many, zones), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &found);
		ck_assert_int_eq((intptr_t)found, 300);
	}
	zones_free(&zones);
}
END_TEST

static const struct {
	const char *zone, *text, *printed;
} told[] = {
	{ "Europe/Berlin", "2026-03-01", "2026-03-01T00:00:00+01:00" },
	{ "Europe/Berlin", "2026-03-29 12:00", "2026-03-29T12:00:00+02:00" },
	{ "Europe/Berlin", "2026-03-01T00:00Z", "2026-03-01T01:00:00+01:00" },
	{ "Europe/Berlin", "2026-03-01T00:00-01:00",
	    "2026-03-01T02:00:00+01:00" },
	{ "Europe/Berlin", "@0", "1970-01-01T01:00:00+01:00" },
	{ "America/St_Johns", "2026-01-01", "2026-01-01T00:00:00-03:30" },
	{ "UTC", "2026-03-01", "2026-03-01T00:00:00Z" },
	{ NULL, "2026-03-01", "2026-03-01T00:00:00Z" },
	{ "Europe/Berlin", "@99999999999999", "@99999999999999" },
};

START_TEST(reads_and_tells_moments_by_its_clocks)
{
	struct arena *arena = arena_new(1 << 20);
	const struct zone *zone =
	    told[_i].zone ? load(told[_i].zone, arena) : zone_utc();
	char text[TIMESTAMP_SIZE];
	int64_t seconds;

	ck_assert_int_eq(
	    zone_timestamp(zone, span_str(told[_i].text), &seconds), 1);
	ck_assert_str_eq(zone_print(zone, seconds, text), told[_i].printed);
	ck_assert_int_eq(zone_timestamp(zone, SPAN("soon"), &seconds), 0);
	ck_assert_str_eq(zone_print(zone, WHEN_FUTURE, text), "-");
	arena_free(&arena);
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	size_t limit = 1;
	int read;

	do {
		struct arena *arena = arena_new(limit);
		const struct zone *zone;
		struct err err = ERR_INIT;

		read =
		    zone_read(NULL, SPAN("Europe/Berlin"), arena, &zone, &err);
		ck_assert(read == 1 || (read == -1 && err.code == ERR_MEMORY));
		arena_free(&arena);
		limit += 64;
	} while (read < 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("zone");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, knows_offset_and_name_at_any_moment, 0,
	    sizeof moments / sizeof *moments);
	tcase_add_loop_test(tests, finds_the_moment_that_a_clock_shows, 0,
	    sizeof clocks / sizeof *clocks);
	tcase_add_loop_test(tests, reads_nothing_but_zones, 0,
	    sizeof strangers / sizeof *strangers);
	tcase_add_loop_test(
	    tests, follows_a_rule_for_ever, 0, sizeof rules / sizeof *rules);
	tcase_add_loop_test(tests, reads_and_tells_moments_by_its_clocks, 0,
	    sizeof told / sizeof *told);
	tcase_add_test(tests, reads_transitions_and_the_rule_behind_them);
	tcase_add_test(tests, survives_a_file_cut_at_every_byte);
	tcase_add_test(tests, survives_every_byte_changed);
	tcase_add_test(tests, caches_what_it_has_read);
	tcase_add_test(tests, evicts_what_was_not_used_for_long);
	tcase_add_test(tests, caches_for_many_threads);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
