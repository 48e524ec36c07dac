#include "store/catalog/field_text.h"

#include <check.h>
#include <stdio.h>

#include "store/base/date_format.h"
#include "tests/suite.h"

#define ROOM ((size_t)1 << 20)

static const char text[] =
    "fields:\n"
    "  sex: {values: [H, F], map: {M.: H, Mme: F, Monsieur: H}}\n"
    "  born: {type: date, formats: ['%d/%m/%Y', '%d.%m.%y']}\n"
    "  since: {type: date}\n"
    "  price: {type: number, decimal: ','}\n"
    "  weight: {type: number, decimal: '.', map: {rien: '0'}}\n"
    "  plain: {type: number}\n"
    "  likes: {type: list, map: {Rosen: rose}}\n";

static const struct {
	const char *field, *text, *value;
} values[] = {
	{ "sex", " m. ", "H" },
	{ "sex", "MME", "F" },
	{ "sex", "H", "H" },
	{ "sex", "Dr", "Dr" },
	{ "born", "31/12/1985", "1985-12-31" },
	{ "born", "31.12.85", "1985-12-31" },
	{ "born", "1985-12-31", "1985-12-31" },
	{ "born", "31/31/1985", "31/31/1985" },
	{ "since", "31/12/1985", "31/12/1985" },
	{ "since", "12-31-1985", "1985-12-31" }, /* as the file says */
	{ "price", "12,50", "12.50" },
	{ "price", "1.250,5", "1250.5" },
	{ "price", "1 250", "1250" },
	{ "price",
	    "1\xc2\xa0"
	    "250",
	    "1250" },
	{ "price",
	    "1\xe2\x80\xaf"
	    "250\xe2\x80\xaf"
	    "000,00",
	    "1250000.00" },
	{ "price", "1'250", "1250" },
	{ "price", "-0,5", "-0.5" },
	{ "price", "+,5", "0.5" },
	{ "price", "007", "7" },
	{ "price", "0", "0" },
	{ "price", "5,", "5" },
	{ "price", "12.50", "12.50" },
	{ "price", "1.2.3", "1.2.3" },
	{ "price", "1,2,3", "1,2,3" },
	{ "price", "1 25", "1 25" },
	{ "price", " 1250 250", "1250 250" },
	{ "price", "12 EUR", "12 EUR" },
	{ "price", ",", "," },
	{ "price", "-", "-" },
	{ "price", "\xff", "\xff" },
	{ "weight", "1,250.5", "1250.5" },
	{ "weight", "rien", "0" },
	{ "plain", "1 250", "1 250" },
	{ "likes", "rose|tulip", "[\"rose\",\"tulip\"]" },
	{ "likes", "rose; Rosen;", "[\"rose\",\"rose\"]" },
	{ "likes", "a;b|c", "[\"a;b\",\"c\"]" },
	{ "likes", "rose", "[\"rose\"]" },
	{ "likes", "[\"rose\"]", "[\"rose\"]" },
	{ "likes", "[rose", "[\"[rose\"]" },
	{ "likes", "salt, pepper", "[\"salt, pepper\"]" },
	{ "likes", "a\"b\\;c\td", "[\"a\\\"b\\\\\",\"c\\u0009d\"]" },
	{ "likes", "|;", "[\";\"]" },
	{ "likes", "|", "[]" },
};

static struct arena *arena;
static struct schema *schema;
static struct err err;

static void
set_up(void)
{
	err_clear(&err);
	arena = arena_new(ROOM);
	ck_assert_int_eq(
	    schema_parse(span_str(text), "s", arena, &schema, &err), 0);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

static struct span
read_value(const char *field, struct span from)
{
	struct span american = SPAN("%m-%d-%Y"), value;
	const struct date_formats formats = { &american, 1 };

	ck_assert_int_eq(field_value(schema_field(schema, span_str(field)),
			     &formats, span_trim(from), arena, &value, &err),
	    0);
	return value;
}

/* What was read reads as itself again: an export loads without a change. */
START_TEST(texts_become_values)
{
	struct span value =
	    read_value(values[_i].field, span_str(values[_i].text));

	ck_assert_msg(span_eq(value, span_str(values[_i].value)),
	    "%s `%s` is `%.*s`", values[_i].field, values[_i].text,
	    SPAN_ARG(value));
	ck_assert(span_eq(read_value(values[_i].field, value), value));
}
END_TEST

static const struct {
	const char *field, *error;
} faults[] = {
	{ "{type: date, formats: ['%d/%m/%Y', '%d %B %Y']}",
	    "s:1:48: not a format of dates: parts of a date are %d %m %Y %y %H "
	    "%M %S" },
	{ "{type: date, formats: '%Y-%d-%m'}",
	    "s:1:35: not a format of dates: 2001-02-03 is the third of "
	    "February everywhere" },
	{ "{formats: ['%d/%m/%Y']}", "s:1:23: `formats` is for type date" },
	{ "{type: date, decimal: ','}",
	    "s:1:35: `decimal` is for type number" },
	{ "{type: number, decimal: ';'}",
	    "s:1:37: `decimal` is \",\" or \".\"" },
	{ "{map: {a: [b]}}",
	    "s:1:23: expected `as files write it: the value`" },
	{ "{map: {a: b, B: c}}", "s:1:23: `b` is itself written for `c`" },
	{ "{map: [a]}", NULL },
};

START_TEST(refuses_what_reads_files_wrongly)
{
	char whole[200], line[512];
	struct schema *none;

	snprintf(whole, sizeof whole, "fields: {a: %s}\n", faults[_i].field);
	ck_assert_int_eq(
	    schema_parse(span_str(whole), "s", arena, &none, &err), -1);
	if (faults[_i].error)
		ck_assert_str_eq(
		    err_line(&err, line, sizeof line), faults[_i].error);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("field text");
	TCase *tests = tcase_create("field text");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(
	    tests, texts_become_values, 0, sizeof values / sizeof *values);
	tcase_add_loop_test(tests, refuses_what_reads_files_wrongly, 0,
	    sizeof faults / sizeof *faults);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
