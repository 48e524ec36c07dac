#include "milter/liquid/value/locale.h"

#include "tests/milter/liquid/value/kit_cldr.h"

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

/* A sign among those of the locale's numbers; "" for none. */
static void
symbol(const char *name, const char *tag, char out[CLDR_TEXT])
{
	const char *const tags[CLDR_DEPTH] = { "symbols numberSystem=\"latn\"",
		tag };

	cldr_find(name, tags, out);
}

/* As CLDR writes money there, which is how numbers stand nearly everywhere. */
static void
check_separators(const struct locale *locale, const char *name)
{
	char group[CLDR_TEXT], point[CLDR_TEXT];

	symbol(name, "currencyGroup", group);
	if (group[0] == '\0')
		symbol(name, "group", group);
	symbol(name, "currencyDecimal", point);
	if (point[0] == '\0')
		symbol(name, "decimal", point);
	ck_assert_msg(strcmp(locale->group, group) == 0, "%s: group %s, not %s",
	    name, locale->group, group);
	ck_assert_msg(strcmp(locale->point, point) == 0, "%s: point %s, not %s",
	    name, locale->point, point);
}

/* From how many digits on: "1234" in Spanish, "12.345". */
static void
check_least(const struct locale *locale, const char *name)
{
	const char *const tags[CLDR_DEPTH] = { "minimumGroupingDigits" };
	char least[CLDR_TEXT];

	cldr_find(name, tags, least);
	ck_assert_msg(locale->least == least[0] - '0', "%s: from %d, not %s",
	    name, locale->least, least);
}

START_TEST(separates_as_cldr_does)
{
	cldr_each(check_separators);
	cldr_each(check_least);
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
	tcase_add_test(tests, separates_as_cldr_does);
	tcase_add_test(tests, knows_currencies_by_code);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
