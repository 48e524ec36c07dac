#include "store/base/date_format.h"

#include <check.h>
#include <stdlib.h>

#include "store/base/timestamp.h"
#include "tests/suite.h"

static const struct {
	const char *format, *text, *iso; /* NULL: the text is none */
} readings[] = {
	{ "%d/%m/%Y", "31/12/1985", "1985-12-31" },
	{ "%d/%m/%Y", " 1/2/1985 ", "1985-02-01" },
	{ "%d/%m/%Y", "29/02/2000", "2000-02-29" },
	{ "%d/%m/%Y", "29/02/1900", NULL },
	{ "%d/%m/%Y", "31/13/1985", NULL },
	{ "%d/%m/%Y", "0/1/1985", NULL },
	{ "%d/%m/%Y", "31/12/85", NULL },
	{ "%d/%m/%Y", "31/12/1985 10:00", NULL },
	{ "%d/%m/%Y", "31-12-1985", NULL },
	{ "%d/%m/%Y", "", NULL },
	{ "%d/%m/%y", "31/12/85", "1985-12-31" },
	{ "%d/%m/%y", "31/12/68", "2068-12-31" },
	{ "%d/%m/%y", "31/12/69", "1969-12-31" },
	{ "%m/%e/%Y", "2/29/2024", "2024-02-29" },
	{ "%d.%m.%Y %H:%M", "1.2.2026   7:05", "2026-02-01T07:05:00" },
	{ "%d.%m.%Y %H:%M:%S", "01.02.2026 23:59:59", "2026-02-01T23:59:59" },
	{ "%d.%m.%Y %H:%M", "01.02.2026 24:00", NULL },
	{ "%Y%m%d", "20260301", "2026-03-01" },
	{ "%Y%m%d", "2026031", "2026-03-01" },
	{ "%Hh%M le %d %m %Y", "7h05 le 1 2 2026", "2026-02-01T07:05:00" },
};

START_TEST(reads_dates_as_files_write_them)
{
	char iso[DATE_FORMAT_SIZE];
	int64_t seconds;

	ck_assert_pstr_eq(
	    date_format_fault(span_str(readings[_i].format)), NULL);
	if (!date_format_read(span_str(readings[_i].format),
		span_str(readings[_i].text), iso)) {
		ck_assert_ptr_null(readings[_i].iso);
		return;
	}
	ck_assert_pstr_eq(iso, readings[_i].iso);
	ck_assert(timestamp_parse(span_str(iso), &seconds));
}
END_TEST

START_TEST(survives_every_cut_of_a_date)
{
	struct span text = span_str(readings[_i].text);

	for (size_t cut = 0; cut <= text.len; cut++) {
		char *copy = malloc(cut + 1), iso[DATE_FORMAT_SIZE];

		memcpy(copy, text.at, cut);
		date_format_read(
		    span_str(readings[_i].format), span_of(copy, cut), iso);
		free(copy);
	}
}
END_TEST

static const struct {
	const char *format, *fault;
} faults[] = {
	{ "%d/%m", "a date has one %d, one %m and one %Y or %y" },
	{ "%d/%m/%Y %y", "a date has one %d, one %m and one %Y or %y" },
	{ "", "a date has one %d, one %m and one %Y or %y" },
	{ "%d %B %Y", "parts of a date are %d %m %Y %y %H %M %S" },
	{ "%d/%m/%Y%", "parts of a date are %d %m %Y %y %H %M %S" },
	{ "%d/%m/%Y %M", "a time is %H, %H:%M or %H:%M:%S" },
	{ "%d/%m/%Y %H:%S", "a time is %H, %H:%M or %H:%M:%S" },
	{ "%Y-%d-%m", "2001-02-03 is the third of February everywhere" },
	{ "%Y-%m-%d", NULL },
};

START_TEST(refuses_formats_that_are_none)
{
	ck_assert_pstr_eq(
	    date_format_fault(span_str(faults[_i].format)), faults[_i].fault);
}
END_TEST

#define READINGS (int)(sizeof readings / sizeof *readings)

static Suite *
suite(void)
{
	Suite *all = suite_create("date format");
	TCase *tests = tcase_create("date format");

	tcase_add_loop_test(
	    tests, reads_dates_as_files_write_them, 0, READINGS);
	tcase_add_loop_test(tests, survives_every_cut_of_a_date, 0, READINGS);
	tcase_add_loop_test(tests, refuses_formats_that_are_none, 0,
	    sizeof faults / sizeof *faults);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
