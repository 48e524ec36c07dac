#include "milter/liquid/date/date.h"

#include "store/base/calendar.h"
#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW 1704067318 /* 2024-01-01 00:01:58 UTC, a Monday */
#define SHOW "%Y-%m-%d %H:%M:%S.%N %z %Z"

/* What Ruby 3.1 makes of the same text, by Liquid's rules, in UTC. */
static const struct {
	const char *text;
	const char *shown; /* by SHOW without trailing zeros; NULL: no date */
} parsed[] = {
	{ "now", "2024-01-01 00:01:58.000000000 +0000 UTC" },
	{ "Today", "2024-01-01 00:01:58.000000000 +0000 UTC" },
	{ "0", "1970-01-01 00:00:00.000000000 +0000 UTC" },
	{ "1152098955", "2006-07-05 11:29:15.000000000 +0000 UTC" },
	{ "-1", NULL },
	{ "-07", "2024-01-07 00:00:00.000000000 +0000 UTC" },
	{ "2006-07-05", "2006-07-05 00:00:00.000000000 +0000 UTC" },
	{ "2006-07-05 10:00:00 -04:00",
	    "2006-07-05 10:00:00.000000000 -0400 " },
	{ "2006-07-05T10:00:00.25Z",
	    "2006-07-05 10:00:00.250000000 +0000 UTC" },
	{ "Wed, 05 Jul 2006 10:00:00 +0200",
	    "2006-07-05 10:00:00.000000000 +0200 " },
	{ "Wed, 05 Jul 2006 10:00:00 GMT",
	    "2006-07-05 10:00:00.000000000 +0000 UTC" },
	{ "March 14, 2016", "2016-03-14 00:00:00.000000000 +0000 UTC" },
	{ "14 Mar 2016 5pm", "2016-03-14 17:00:00.000000000 +0000 UTC" },
	{ "14 mar 2016 5:30 a.m. EST", "2016-03-14 05:30:00.000000000 -0500 " },
	{ "3rd of May 2011", "2011-05-01 00:00:00.000000000 +0000 UTC" },
	{ "May 3rd", "2024-05-03 00:00:00.000000000 +0000 UTC" },
	{ "3/14/16", NULL },
	{ "3/4/16", "2003-04-16 00:00:00.000000000 +0000 UTC" },
	{ "2016/03/14", "2016-03-14 00:00:00.000000000 +0000 UTC" },
	{ "14.3.2016", "2016-03-14 00:00:00.000000000 +0000 UTC" },
	{ "14-Mar-2016", "2016-03-14 00:00:00.000000000 +0000 UTC" },
	{ "20160314", "1970-08-22 08:05:14.000000000 +0000 UTC" },
	{ "20160314T123000Z", "2016-03-14 12:30:00.000000000 +0000 UTC" },
	{ "2016-074", "2016-03-14 00:00:00.000000000 +0000 UTC" },
	{ "10:30", "2024-01-01 10:30:00.000000000 +0000 UTC" },
	{ "5pm", "2024-01-01 17:00:00.000000000 +0000 UTC" },
	{ "H28.03.14", "2016-03-14 00:00:00.000000000 +0000 UTC" },
	{ "2016-02-31", "2016-03-02 00:00:00.000000000 +0000 UTC" },
	{ "2016-03-14 24:00:00", "2016-03-15 00:00:00.000000000 +0000 UTC" },
	{ "10 jan 5 bc", "-0004-01-10 00:00:00.000000000 +0000 UTC" },
	{ "1 jan 68", "2068-01-01 00:00:00.000000000 +0000 UTC" },
	{ "1 jan 69", "1969-01-01 00:00:00.000000000 +0000 UTC" },
	{ "", NULL },
	{ "hello", NULL },
	{ "monday", NULL },
	{ "2016-13-01", NULL },
	{ "2016-03-32", NULL },
	{ "2016-03-14 25:00", NULL },
	{ "1152098955.5", NULL },
	{ "99999999999999999999", NULL },
	{ "2016-W11-1", NULL },
};

static void
show(const struct date *date, const char *format, char *out, size_t size)
{
	struct buf text;

	buf_init_heap(&text, 100000);
	ck_assert_int_eq(
	    date_format(date, span_str(format), NULL, &text, NULL), 0);
	ck_assert(!text.failed);
	snprintf(out, size, "%s", buf_cstr(&text));
	buf_deinit(&text);
}

START_TEST(reads_what_ruby_reads)
{
	const char *text = parsed[_i].text;
	char shown[100] = "";
	struct date date;
	unsigned work;
	int is = date_parse(span_str(text), NOW, 0, zone_utc(), &date, &work);

	ck_assert_msg(is == (parsed[_i].shown != NULL), "%s", text);
	if (is)
		show(&date, SHOW, shown, sizeof shown);
	ck_assert_str_eq(shown, is ? parsed[_i].shown : "");
}
END_TEST

START_TEST(reads_every_beginning_of_a_date_without_harm)
{
	const char *text = parsed[_i].text;
	struct date date;
	unsigned work;

	for (size_t len = 0; len <= strlen(text); len++) {
		char *exact = malloc(len ? len : 1);

		ck_assert_ptr_nonnull(exact);
		memcpy(exact, text, len);
		date_parse(
		    span_of(exact, len), NOW, 0, zone_utc(), &date, &work);
		free(exact);
	}
}
END_TEST

START_TEST(refuses_text_too_long_to_be_a_date)
{
	char text[200];
	struct date date;
	unsigned work;

	memset(text, ' ', sizeof text);
	memcpy(text, "2016-03-14", 10);
	ck_assert_int_eq(
	    date_parse(span_of(text, 128), NOW, 0, zone_utc(), &date, &work),
	    1);
	ck_assert_int_eq(
	    date_parse(span_of(text, 129), NOW, 0, zone_utc(), &date, &work),
	    0);
}
END_TEST

/* A text may be built so that the patterns go over it again and again. */
START_TEST(tells_the_work_that_reading_took)
{
	static const char hostile[] = "0000000000000000000000000000000000000000"
				      "0000000000000000000000000 th th th th";
	struct date date;
	unsigned now, plain, bad;

	date_parse(SPAN("now"), NOW, 0, zone_utc(), &date, &now);
	date_parse(SPAN("2024-05-01 10:00"), NOW, 0, zone_utc(), &date, &plain);
	date_parse(span_str(hostile), NOW, 0, zone_utc(), &date, &bad);
	ck_assert_uint_lt(now, 100);
	ck_assert_uint_lt(plain, 1500);
	ck_assert_uint_gt(bad, 15000);
}
END_TEST

/* 2009-03-07 09:05:03.123456789 +0930, as Ruby prints it. */
static const struct {
	const char *format;
	const char *text;
} formatted[] = {
	{ "%Y %C %y %m %d %e %j", "2009 20 09 03 07  7 066" },
	{ "%H %k %I %l %M %S %L %N", "09  9 09  9 05 03 123 123456789" },
	{ "%p %P %^P %#p", "AM am AM am" },
	{ "%A %a %^a %#a %B %b %h", "Saturday Sat SAT SAT March Mar Mar" },
	{ "%u %w %U %W %V %G %g", "6 6 09 09 10 2009 09" },
	{ "%z %:z %::z %:::z", "+0930 +09:30 +09:30:00 +09:30" },
	{ "%10z|%_10z|%_z|%-z", "+000000930|      +930| +930|+0930" },
	{ "%Z|%10Z", "|" },
	{ "%s", "1236382503" },
	{ "%c|%D|%F|%T|%R|%r|%x|%X|%v",
	    "Sat Mar  7 09:05:03 2009|03/07/09|2009-03-07|09:05:03|09:05|"
	    "09:05:03 AM|03/07/09|09:05:03| 7-MAR-2009" },
	{ "%-d %_d %0e %-m %-H %-I %-j", "7  7 07 3 9 9 66" },
	{ "%5d|%_5d|%-5d|%05e|%8Y", "00007|    7|7|00007|00002009" },
	{ "%10A|%^10a|%010p", "  Saturday|       SAT|00000000AM" },
	{ "%3N %6N %9N %12N %24N", "123 123456 123456789 123456789000 "
				   "123456789000000000000000" },
	{ "%30c|%12F", "      Sat Mar  7 09:05:03 2009|  2009-03-07" },
	{ "%n%t%%", "\n\t%" },
	{ "%Ey %Od %Oz %E", "09 07 %Oz %E" },
	{ "%Q %+ %J %! %:d", "%Q %+ %J %! %:d" },
	{ "no directive", "no directive" },
	{ "", "" },
};

START_TEST(prints_what_ruby_prints)
{
	struct zone_time nowhere = { .offset = 34200 };
	struct date date;
	char shown[400];

	date_from_offset(1236382503, 123456789, &nowhere, &date);
	show(&date, formatted[_i].format, shown, sizeof shown);
	ck_assert_str_eq(shown, formatted[_i].text);
}
END_TEST

static const struct {
	int64_t epoch;
	const char *text; /* %F %j %G-W%V-%u */
} days[] = {
	{ 0, "1970-01-01 001 1970-W01-4" },
	{ -1, "1969-12-31 365 1970-W01-3" },
	{ 951782400, "2000-02-29 060 2000-W09-2" },
	{ 1609459199, "2020-12-31 366 2020-W53-4" },
	{ 1609459200, "2021-01-01 001 2020-W53-5" },
	{ 1230768000 - 86400 * 3, "2008-12-29 364 2009-W01-1" },
	{ -62135596800, "0001-01-01 001 0001-W01-1" },
	{ -62198755200, "-0001-01-01 001 -0002-W53-5" },
	{ 253402300800, "10000-01-01 001 9999-W52-6" },
};

START_TEST(counts_days_and_weeks_over_all_years)
{
	struct date date;
	char shown[100];

	date_from_epoch(days[_i].epoch, 0, zone_utc(), &date);
	show(&date, "%F %j %G-W%V-%u", shown, sizeof shown);
	ck_assert_str_eq(shown, days[_i].text);
	ck_assert_int_eq(calendar_days(date.year, date.month, date.day),
	    (days[_i].epoch - ((days[_i].epoch % 86400) + 86400) % 86400) /
		86400);
}
END_TEST

/* 5 March 2026, 15:04:09, a Thursday. */
static const struct {
	const char *locale, *format, *printed;
} spoken[] = {
	{ "de", "%A, %e. %B %Y", "Donnerstag,  5. März 2026" },
	{ "de-AT", "%-d. %b", "5. März" },
	{ "en", "%A %B %x %p", "Thursday March 3/5/2026 PM" },
	{ "pl", "%-d %B %Y", "5 marca 2026" },
	{ "pl", "%B %Y", "marzec 2026" },
	{ "cs", "%d. %B", "05. března" },
	{ "cs", "%^B", "BŘEZEN" },
	{ "el", "%e %B", " 5 Μαρτίου" },
	{ "el", "%B", "Μάρτιος" },
	{ "fi", "%A %-d. %B", "torstai 5. maaliskuuta" },
	{ "ca", "%-d %B", "5 de març" },
	{ "hr", "%-d. %B %Y.", "5. ožujka 2026." },
	{ "ru", "%d %b", "05 мар." },
	{ "ru", "%b %d%%", "мар. 05%" },
	{ "ru", "%b %%d", "март %d" },
	{ "ja", "%Y年%B%-d日(%a) %p%-l時", "2026年3月5日(木) 午後3時" },
	{ "tr", "%A %^A %^p", "Perşembe PERŞEMBE ÖS" },
	{ "tr", "%^b|%8b|%#b", "MAR|     Mar|MAR" },
	{ "de", "%8B|%-8B|%08a", "    März|März|00000Do." },
	{ "fr", "%x %c %D", "05/03/2026 05/03/2026 15:04:09 03/05/26" },
	{ "hu", "%x", "2026. 03. 05." },
	{ "de", "%12x|", "    5.3.2026|" },
	{ "fr", "%X %r %v %F", "15:04:09 03:04:09 PM  5-MARS-2026 2026-03-05" },
	{ "el", "%P %Z", "μ.μ. UTC" },
};

START_TEST(speaks_the_language_of_a_locale)
{
	struct date date;
	struct buf text;

	date_from_epoch(1772723049, 0, zone_utc(), &date);
	buf_init_heap(&text, 1000);
	ck_assert_int_eq(
	    date_format(&date, span_str(spoken[_i].format),
		locale_find(span_str(spoken[_i].locale)), &text, NULL),
	    0);
	ck_assert_str_eq(buf_cstr(&text), spoken[_i].printed);
	buf_deinit(&text);
}
END_TEST

START_TEST(keeps_the_dot_of_a_turkish_capital)
{
	struct date date;
	struct buf text;

	date_from_epoch(1775000000 + 86400 * 6, 0, zone_utc(), &date);
	buf_init_heap(&text, 1000);
	date_format(
	    &date, SPAN("%^A %^B"), locale_find(SPAN("tr")), &text, NULL);
	ck_assert_str_eq(buf_cstr(&text), "PAZARTESİ NİSAN");
	buf_deinit(&text);
}
END_TEST

static const char *const bad[] = { "%", "a%", "%5", "%-", "%^", "%::::z",
	"%9999999d", "%99999999999999999999d", "%1025d" };

START_TEST(refuses_a_format_that_is_none)
{
	struct err err = ERR_INIT;
	struct date date;
	struct buf text;

	date_from_epoch(0, 0, zone_utc(), &date);
	buf_init_heap(&text, 100000);
	ck_assert_int_eq(
	    date_format(&date, span_str(bad[_i]), NULL, &text, &err), -1);
	ck_assert_int_eq(err.code, ERR_TEMPLATE);
	ck_assert(text.len < 100);
	buf_deinit(&text);
}
END_TEST

START_TEST(stops_where_the_text_is_full)
{
	struct date date;

	date_from_epoch(0, 0, zone_utc(), &date);
	for (size_t max = 0; max < 300; max++) {
		struct buf text;

		buf_init_heap(&text, max);
		date_format(&date, SPAN("%c%1000d%c%1000Y"), NULL, &text, NULL);
		ck_assert(text.failed && text.len <= max);
		buf_deinit(&text);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("date");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, reads_what_ruby_reads, 0, sizeof parsed / sizeof *parsed);
	tcase_add_loop_test(tests, reads_every_beginning_of_a_date_without_harm,
	    0, sizeof parsed / sizeof *parsed);
	tcase_add_loop_test(tests, prints_what_ruby_prints, 0,
	    sizeof formatted / sizeof *formatted);
	tcase_add_loop_test(tests, speaks_the_language_of_a_locale, 0,
	    sizeof spoken / sizeof *spoken);
	tcase_add_test(tests, keeps_the_dot_of_a_turkish_capital);
	tcase_add_loop_test(tests, counts_days_and_weeks_over_all_years, 0,
	    sizeof days / sizeof *days);
	tcase_add_test(tests, tells_the_work_that_reading_took);
	tcase_add_loop_test(
	    tests, refuses_a_format_that_is_none, 0, sizeof bad / sizeof *bad);
	tcase_add_test(tests, refuses_text_too_long_to_be_a_date);
	tcase_add_test(tests, stops_where_the_text_is_full);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
