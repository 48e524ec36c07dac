#include "milter/liquid/value/locale.h"

#include "tests/suite.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
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

#define CLDR "/usr/share/unicode/cldr/common/main"

/* Where CLDR looks next, where that is not the name without its last part. */
static const struct {
	const char *name, *parent;
} parents[] = {
	{ "es_MX", "es_419" },
	{ "es_US", "es_419" },
	{ "en_CH", "en_150" },
	{ "en_150", "en_001" },
	{ "en_ZA", "en_001" },
	{ "nb", "no" },
};

/* Makes of the name that of its parent; false behind the root. */
static bool
to_parent(char *name, size_t size)
{
	char *last = strrchr(name, '_');

	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++)
		if (strcmp(name, parents[i].name) == 0) {
			snprintf(name, size, "%s", parents[i].parent);
			return true;
		}
	if (last)
		*last = '\0';
	else if (strcmp(name, "root") != 0)
		snprintf(name, size, "root");
	else
		return false;
	return true;
}

/* The first element of that tag; "" for none. */
static void
element(const char *text, const char *end, const char *tag, char out[32])
{
	char open[32];
	const char *at;

	out[0] = '\0';
	snprintf(open, sizeof(open), "<%s", tag);
	at = strstr(text, open);
	if (!at || at > end)
		return;
	at = strchr(at, '>') + 1;
	snprintf(out, 32, "%.*s", (int)strcspn(at, "<"), at);
	if (strcmp(out, "\342\206\221\342\206\221\342\206\221") == 0)
		out[0] = '\0'; /* three arrows up: the parent's */
}

/* The element among the symbols of one CLDR file; "" for none. */
static void
symbol_in(const char *name, const char *tag, char out[32])
{
	char path[128];
	char *text = malloc(4 << 20);
	const char *symbols;
	FILE *file;

	out[0] = '\0';
	snprintf(path, sizeof(path), CLDR "/%s.xml", name);
	file = fopen(path, "re");
	if (file) {
		text[fread(text, 1, (4 << 20) - 1, file)] = '\0';
		fclose(file);
		symbols = strstr(text, "<symbols numberSystem=\"latn\">");
		if (symbols)
			element(
			    symbols, strstr(symbols, "</symbols>"), tag, out);
	}
	free(text);
}

static void
symbol(const char *name, const char *tag, char out[32])
{
	char at[32];

	snprintf(at, sizeof(at), "%s", name);
	do
		symbol_in(at, tag, out);
	while (out[0] == '\0' && to_parent(at, sizeof(at)));
}

/* As CLDR writes money there, which is how numbers stand nearly everywhere. */
static void
check_separators(const struct locale *locale, const char *name)
{
	char group[32], point[32];

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

START_TEST(separates_as_cldr_does)
{
	DIR *all = opendir(CLDR);
	unsigned compared = 0;

	if (!all) {
		fprintf(stderr, "skipped: unicode-cldr-core is not there\n");
		return;
	}
	for (struct dirent *at = readdir(all); at; at = readdir(all)) {
		struct span name = span_str(at->d_name);
		const struct locale *locale;
		char own[32], cldr[32];

		name.len -= name.len > 4 ? 4 : 0; /* .xml */
		snprintf(cldr, sizeof(cldr), "%.*s", SPAN_ARG(name));
		snprintf(own, sizeof(own), "%s", cldr);
		for (char *c = own; *c; c++)
			*c = *c == '_' ? '-' : *c;
		locale = locale_find(name);
		if (strcmp(locale->name, own) != 0)
			continue;
		/* CLDR's pt is Brazil's, the house's Portugal's. */
		check_separators(
		    locale, strcmp(cldr, "pt") == 0 ? "pt_PT" : cldr);
		compared++;
	}
	closedir(all);
	ck_assert_uint_ge(compared, 40);
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
