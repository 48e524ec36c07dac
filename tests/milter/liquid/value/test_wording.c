#include "milter/liquid/value/wording.h"

#include "tests/milter/liquid/value/kit_cldr.h"

#define G "calendar type=\"gregorian\""

/* How CLDR tells each list: where to look, and where else. */
static const struct {
	enum wording what;
	const char *tags[2][3];
	const char *item; /* with the number, or a name of items[] */
	size_t count;
} lists[] = {
	{ WORDING_MONTHS,
	    { { "months", "monthContext type=\"format\"",
		"monthWidth type=\"wide\"" } },
	    "month", 12 },
	{ WORDING_MONTHS_ALONE,
	    { { "months", "monthContext type=\"stand-alone\"",
		  "monthWidth type=\"wide\"" },
		{ "months", "monthContext type=\"format\"",
		    "monthWidth type=\"wide\"" } },
	    "month", 12 },
	{ WORDING_SHORT_MONTHS,
	    { { "months", "monthContext type=\"format\"",
		"monthWidth type=\"abbreviated\"" } },
	    "month", 12 },
	{ WORDING_SHORT_MONTHS_ALONE,
	    { { "months", "monthContext type=\"stand-alone\"",
		  "monthWidth type=\"abbreviated\"" },
		{ "months", "monthContext type=\"format\"",
		    "monthWidth type=\"abbreviated\"" } },
	    "month", 12 },
	{ WORDING_DAYS,
	    { { "days", "dayContext type=\"format\"",
		"dayWidth type=\"wide\"" } },
	    "day", 7 },
	{ WORDING_SHORT_DAYS,
	    { { "days", "dayContext type=\"format\"",
		"dayWidth type=\"abbreviated\"" } },
	    "day", 7 },
	{ WORDING_HALVES,
	    { { "dayPeriods", "dayPeriodContext type=\"format\"",
		  "dayPeriodWidth type=\"abbreviated\"" },
		{ "dayPeriods", "dayPeriodContext type=\"format\"",
		    "dayPeriodWidth type=\"wide\"" } },
	    "dayPeriod", 2 },
};

static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri",
	"sat" };
static const char *const halves[] = { "am", "pm" };

/* CLDR knows another use: Finnish names the day as in "on Sunday", where its
 * own dates say "Sunday"; Korean writes AM in what it calls the short form. */
static bool
differs(const struct locale *locale, enum wording what)
{
	return (strcmp(locale->name, "fi") == 0 && what == WORDING_DAYS) ||
	       (strcmp(locale->name, "ko") == 0 && what == WORDING_HALVES);
}

static void
cldr_item(const char *name, size_t list, size_t n, char out[CLDR_TEXT])
{
	char item[48];

	if (lists[list].count == 12)
		snprintf(item, sizeof(item), "%s type=\"%zu\"",
		    lists[list].item, n + 1);
	else
		snprintf(item, sizeof(item), "%s type=\"%s\"", lists[list].item,
		    lists[list].count == 7 ? days[n] : halves[n]);
	out[0] = '\0';
	for (int i = 0; i < 2 && out[0] == '\0' && lists[list].tags[i][0];
	     i++) {
		const char *const *way = lists[list].tags[i];
		const char *const tags[CLDR_DEPTH] = { G, way[0], way[1],
			way[2], item };

		cldr_find(name, tags, out);
	}
}

static struct span
own_item(const struct locale *locale, enum wording what, size_t n)
{
	if (wording_text(locale, what).len == 0)
		what--; /* a month that stands alone is as beside a day */
	return wording_item(locale, what, n);
}

static void
check_names(const struct locale *locale, const char *name)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (size_t n = 0; n < lists[i].count; n++) {
			struct span own = own_item(locale, lists[i].what, n);
			char cldr[CLDR_TEXT];

			if (differs(locale, lists[i].what))
				continue;
			cldr_item(name, i, n, cldr);
			ck_assert_msg(span_eq(own, span_str(cldr)),
			    "%s: %.*s, not %s", name, SPAN_ARG(own), cldr);
		}
}

START_TEST(names_months_and_days_as_cldr_does)
{
	cldr_each(check_names);
}
END_TEST

/* What stands between {0} and {1}, no-break spaces aside. */
static void
check_joins(const struct locale *locale, const char *name)
{
	static const char *const kinds[] = { "middle", "2", "end" };

	for (size_t i = 0; i < 3; i++) {
		char tag[48], cldr[CLDR_TEXT], want[CLDR_TEXT];
		const char *const tags[CLDR_DEPTH] = { "listPatterns",
			"listPattern", tag };
		struct span own = wording_item(locale, WORDING_JOINS, i);

		snprintf(
		    tag, sizeof(tag), "listPatternPart type=\"%s\"", kinds[i]);
		cldr_find(name, tags, cldr);
		snprintf(want, sizeof(want), "{0}%.*s{1}", SPAN_ARG(own));
		for (char *c = strstr(cldr, "\302\240"); c;
		     c = strstr(cldr, "\302\240")) {
			*c = ' ';
			memmove(c + 1, c + 2, strlen(c + 2) + 1);
		}
		ck_assert_str_eq(cldr, want);
	}
}

START_TEST(joins_lists_as_cldr_does)
{
	cldr_each(check_joins);
}
END_TEST

/* CLDR's d, dd, M, MM, y and 'text' as strftime says them. */
static void
to_strftime(const char *pattern, char out[CLDR_TEXT])
{
	size_t len = 0;

	while (*pattern && len < CLDR_TEXT - 8) {
		size_t run = strspn(pattern, "d") + strspn(pattern, "M") +
			     strspn(pattern, "y");
		const char *letter = *pattern == 'd'   ? "d"
				     : *pattern == 'M' ? "m"
						       : "Y";

		if (run != 0)
			len += (size_t)snprintf(out + len, 8, "%%%s%s",
			    run == 1 && *letter != 'Y' ? "-" : "", letter);
		else if (*pattern != '\'')
			out[len++] = *pattern;
		pattern += run ? run : 1;
	}
	out[len] = '\0';
}

static void
check_date(const struct locale *locale, const char *name)
{
	static const char *const tags[CLDR_DEPTH] = { G, "availableFormats",
		"dateFormatItem id=\"yMd\"" };
	char cldr[CLDR_TEXT], want[CLDR_TEXT];
	struct span own = wording_text(locale, WORDING_DATE);

	cldr_find(name, tags, cldr);
	to_strftime(cldr, want);
	ck_assert_msg(span_eq(own, span_str(want)), "%s: %.*s, not %s", name,
	    SPAN_ARG(own), want);
}

START_TEST(writes_dates_as_cldr_does)
{
	cldr_each(check_date);
}
END_TEST

static const struct {
	const char *locale;
	enum wording what;
	size_t n;
	const char *text;
} rows[] = {
	{ "de", WORDING_MONTHS, 2, "März" },
	{ "de-AT", WORDING_MONTHS, 0, "Jänner" },
	{ "de-CH", WORDING_MONTHS, 0, "Januar" },
	{ "pl", WORDING_MONTHS, 2, "marca" },
	{ "pl", WORDING_MONTHS_ALONE, 2, "marzec" },
	{ "nb", WORDING_DAYS, 6, "lørdag" },
	{ "fr-CA", WORDING_DAYS, 6, "samedi" },
	{ "pt-BR", WORDING_SHORT_DAYS, 6, "sáb." },
	{ "fr", WORDING_ORDINALS, 0, "#er" },
	{ "fr", WORDING_ORDINALS, 70, "#e" },
	{ "de", WORDING_ORDINALS, 0, "" },
	{ "xx", WORDING_MONTHS, 11, "December" },
};

START_TEST(a_locale_takes_from_its_language_what_it_does_not_word)
{
	struct span text = wording_item(
	    locale_find(span_str(rows[_i].locale)), rows[_i].what, rows[_i].n);

	ck_assert_msg(span_eq(text, span_str(rows[_i].text)), "%.*s, not %s",
	    SPAN_ARG(text), rows[_i].text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("wording");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests,
	    a_locale_takes_from_its_language_what_it_does_not_word, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_test(tests, names_months_and_days_as_cldr_does);
	tcase_add_test(tests, joins_lists_as_cldr_does);
	tcase_add_test(tests, writes_dates_as_cldr_does);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
