#include "milter/liquid/value/locale.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static const struct {
	const char *asked;
	const char *found;
} rows[] = {
	{ "", "en" },
	{ "en", "en" },
	{ "de", "de" },
	{ "DE", "de" },
	{ "de-DE", "de" },
	{ "de_DE", "de" },
	{ "de_CH", "de-CH" },
	{ "de-ch", "de-CH" },
	{ "pt-BR", "pt-BR" },
	{ "pt-PT", "pt" },
	{ "xx-YY", "en" },
	{ "d", "en" },
	{ "-", "en" },
};

START_TEST(finds_the_nearest_locale)
{
	ck_assert_str_eq(
	    locale_find(span_str(rows[_i].asked))->name, rows[_i].found);
}
END_TEST

START_TEST(tells_the_names_it_knows)
{
	ck_assert(locale_known(SPAN("de-CH")));
	ck_assert(locale_known(SPAN("de_DE")));
	ck_assert(!locale_known(SPAN("xx")));
	ck_assert(!locale_known(SPAN("german")));
	ck_assert(!locale_known(SPAN("")));
}
END_TEST

START_TEST(knows_currencies_by_code)
{
	ck_assert_str_eq(currency_find(SPAN("EUR"))->symbol, "\342\202\254");
	ck_assert_str_eq(currency_find(SPAN("usd"))->symbol, "$");
	ck_assert_int_eq(currency_find(SPAN("JPY"))->digits, 0);
	ck_assert_ptr_null(currency_find(SPAN("")));
	ck_assert_ptr_null(currency_find(SPAN("ABC")));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("locale");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, finds_the_nearest_locale, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, tells_the_names_it_knows);
	tcase_add_test(tests, knows_currencies_by_code);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
