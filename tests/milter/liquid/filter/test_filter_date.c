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

int
main(void)
{
	TCase *tests =
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data);

	tcase_add_test(tests, shows_dates_in_the_zone_of_the_rendering);
	return filter_run("filter_date", tests);
}
