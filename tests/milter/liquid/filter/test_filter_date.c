#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] = "{\"d\":\"2006-07-05 10:00:00 -04:00\"}";

static const struct kit_case cases[] = {
	{ "{{ 1152098955 | date: '%Y-%m-%d' }}", "2006-07-05", NULL },
	{ "{{ 'now' | date: '%F %T %Z' }}", "2024-01-01 00:01:58 UTC", NULL },
	{ "{{ 'today' | date: '%A' }}", "Monday", NULL },
	{ "{{ d | date: '%B %-d, %Y at %-I:%M %p %z' }}",
	    "July 5, 2006 at 10:00 AM -0400", NULL },
	{ "{{ 'March 14, 2016' | date: '%d.%m.%y' }}", "14.03.16", NULL },
	{ "{{ 'soon' | date: '%Y' }}", "soon", NULL },
	{ "[{{ x | date: '%Y' }}]", "[]", NULL },
	{ "{{ d | date: '' }}", "2006-07-05 10:00:00 -04:00", NULL },
	{ "{{ d | date: x }}", "2006-07-05 10:00:00 -04:00", NULL },
	{ "{{ 1.5 | date: '%Y' }}", "1.5", NULL },
	{ "{{ d | date: '%' }}", NULL, "invalid format" },
	{ "{{ d | date: '%9999999d' }}", NULL, "width" },
	{ "{{ '1990-01-01' | age }}", "34", NULL },
	{ "{{ '1990-01-02' | age }}", "33", NULL },
	{ "{{ '1990-12-31' | age | divided_by: 10 | times: 10 }}", "30", NULL },
	{ "[{{ 'soon' | age }}{{ x | age }}]", "[]", NULL },
	{ "{{ d | time_zone: 'Europe/Berlin' }}", "2006-07-05 16:00:00 +0200",
	    NULL },
	{ "{{ d | time_zone: 'Europe/Berlin' | date: '%H:%M' }}", "16:00",
	    NULL },
	{ "{{ 'now' | timezone: 'America/New_York' | date: '%F %R' }}",
	    "2023-12-31 19:01", NULL },
	{ "{{ d | time_zone: 'UTC' }}", "2006-07-05 14:00:00 UTC", NULL },
	{ "{{ 'soon' | time_zone: 'UTC' }}", "soon", NULL },
	{ "{{ '2023-12-24' | days_since }} {{ '2024-03-01' | days_until }}",
	    "8 60", NULL },
	{ "{{ 'now' | days_since }} {{ '2024-01-01 23:59' | days_until }}",
	    "0 0", NULL },
	{ "{{ '2023-12-24' | days_until }} {{ '2024-03-01' | days_since }}",
	    "-8 -60", NULL },
	{ "{{ 1704067199 | days_since }}", "1", NULL },
	{ "[{{ 'soon' | days_since }}{{ x | days_until }}{{ '' | days_since "
	  "}}]",
	    "[soon]", NULL },
	{ "{{ d | date: '%A %e. %B %Y', locale: 'de' }}",
	    "Mittwoch  5. Juli 2006", NULL },
	{ "{{ d | date: '%B', locale: x }} {{ d | date: '%B', locale: 'pl' }} "
	  "{{ d | date: '%-d %B', locale: 'pl' }}",
	    "July lipiec 5 lipca", NULL },
	{ "{{ d | time_zone: 'Mars/Base' }}", NULL,
	    "no such time zone: Mars/Base" },
};

START_TEST(shows_dates_in_the_zone_of_the_rendering)
{
	struct err err = ERR_INIT;
	struct buf out;

	buf_init_heap(&out, 1000);
	ck_assert_int_eq(
	    kit_render("{{ 'now' | date: '%F %T %Z' }} "
		       "{{ '2024-07-01 12:00' | date: '%s %Z' }} "
		       "{{ '2024-07-01 12:00 CEST' | date: '%s %Z' }}",
		PLACE_NONE, "{}", "Europe/Berlin", 1 << 20, &out, &err),
	    0);
	ck_assert_str_eq(buf_cstr(&out),
	    "2024-01-01 01:01:58 CET 1719828000 CEST 1719828000 CEST");
	buf_deinit(&out);
}
END_TEST

/* Days of 23 and 25 hours: the clocks change on 2024-03-31 and 2023-10-29.
 * In New York it is still the last day of 2023. */
static const struct {
	const char *zone, *text, *printed;
} zones[] = {
	{ "Europe/Berlin",
	    "{{ '2024-03-31' | days_until }} {{ '2024-04-01' | days_until }} "
	    "{{ '2023-10-30' | days_since }} {{ '2023-10-29' | days_since }}",
	    "90 91 63 64" },
	{ "Europe/Berlin", "{{ '2023-12-31T23:30:00Z' | days_since }}", "0" },
	{ "America/New_York",
	    "{{ '2024-01-01' | days_until }} {{ 'now' | days_since }}", "1 0" },
};

START_TEST(counts_the_days_of_the_zone)
{
	struct err err = ERR_INIT;
	struct buf out;

	buf_init_heap(&out, 1000);
	ck_assert_int_eq(kit_render(zones[_i].text, PLACE_NONE, "{}",
			     zones[_i].zone, 1 << 20, &out, &err),
	    0);
	ck_assert_str_eq(buf_cstr(&out), zones[_i].printed);
	buf_deinit(&out);
}
END_TEST

int
main(void)
{
	TCase *tests =
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data);

	tcase_add_test(tests, shows_dates_in_the_zone_of_the_rendering);
	tcase_add_loop_test(tests, counts_the_days_of_the_zone, 0,
	    sizeof zones / sizeof *zones);
	return filter_run("filter_date", tests);
}
