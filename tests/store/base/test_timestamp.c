#include "store/base/timestamp.h"

#include <check.h>
#include <stdlib.h>

#include "store/base/calendar.h"

#include "tests/suite.h"

static const struct {
	const char *text;
	int valid;
	int64_t seconds;
	const char *printed;
} moments[] = {
	{ "1970-01-01", 1, 0, "1970-01-01T00:00:00Z" },
	{ "2026-03-01T08:00+01:00", 1, 1772348400, "2026-03-01T07:00:00Z" },
	{ "2026-03-01 08:00:30.75 -0230", 1, 1772361030,
	    "2026-03-01T10:30:30Z" },
	{ "2026-03-01T08:00:00Z", 1, 1772352000, "2026-03-01T08:00:00Z" },
	{ "2024-02-29", 1, 1709164800, "2024-02-29T00:00:00Z" },
	{ "1969-12-31T23:59:59Z", 1, -1, "1969-12-31T23:59:59Z" },
	{ "0001-01-01", 1, -62135596800, "0001-01-01T00:00:00Z" },
	{ "9999-12-31", 1, 253402214400, "9999-12-31T00:00:00Z" },
	{ "@1772348400", 1, 1772348400, "2026-03-01T07:00:00Z" },
	{ "@-1", 1, -1, "1969-12-31T23:59:59Z" },
	{ " 2026-03-01 ", 1, 1772323200, "2026-03-01T00:00:00Z" },
	{ "2023-02-29", 0, 0, NULL },
	{ "2026-13-01", 0, 0, NULL },
	{ "2026-3-1", 0, 0, NULL },
	{ "2026-03-01T", 0, 0, NULL },
	{ "2026-03-01T24:00", 0, 0, NULL },
	{ "2026-03-01T08:00+15:00", 0, 0, NULL },
	{ "2026-03-01x", 0, 0, NULL },
	{ "@", 0, 0, NULL },
	{ "@99999999999999999999", 0, 0, NULL },
	{ "", 0, 0, NULL },
};

START_TEST(reads_and_prints_moments)
{
	char printed[TIMESTAMP_SIZE];
	int64_t seconds = 0;
	int valid = timestamp_parse(span_str(moments[_i].text), &seconds);

	ck_assert_int_eq(valid, moments[_i].valid);
	if (!valid)
		return;
	ck_assert_int_eq(seconds, moments[_i].seconds);
	ck_assert_str_eq(
	    timestamp_print(seconds, printed), moments[_i].printed);
}
END_TEST

START_TEST(prints_what_it_reads_for_every_day)
{
	char printed[TIMESTAMP_SIZE];

	for (int64_t day = calendar_days(1, 1, 1);
	     day < calendar_days(9999, 1, 1); day += 13) {
		int64_t seconds;

		timestamp_print(day * 86400 + 3661, printed);
		ck_assert_int_eq(
		    timestamp_parse(span_str(printed), &seconds), 1);
		ck_assert_int_eq(seconds, day * 86400 + 3661);
	}
	ck_assert_str_eq(timestamp_print(WHEN_PAST, printed), "-");
	ck_assert_str_eq(timestamp_print(WHEN_FUTURE, printed), "-");
}
END_TEST

static const struct {
	const char *text;
	int valid;
	int64_t seconds;
} lapses[] = {
	{ "30d", 1, 30 * 86400 },
	{ "12h", 1, 43200 },
	{ "15m", 1, 900 },
	{ "90s", 1, 90 },
	{ "2 weeks", 1, 14 * 86400 },
	{ "7", 1, 7 * 86400 },
	{ "0", 1, 0 },
	{ "-1d", 0, 0 },
	{ "3y", 0, 0 },
	{ "d", 0, 0 },
	{ "", 0, 0 },
	{ "9223372036854775807d", 0, 0 },
};

START_TEST(reads_spans_of_time)
{
	int64_t seconds = 0;

	ck_assert_int_eq(duration_parse(span_str(lapses[_i].text), &seconds),
	    lapses[_i].valid);
	ck_assert_int_eq(seconds, lapses[_i].seconds);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(*(table)))

static Suite *
suite(void)
{
	Suite *all = suite_create("when");
	TCase *tests = tcase_create("when");

	tcase_add_loop_test(tests, reads_and_prints_moments, 0, ROWS(moments));
	tcase_add_test(tests, prints_what_it_reads_for_every_day);
	tcase_add_loop_test(tests, reads_spans_of_time, 0, ROWS(lapses));
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
