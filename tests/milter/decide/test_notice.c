#include "tests/milter/decide/kit_decide.h"

#include "milter/decide/notice.h"
#include "milter/liquid/liquid.h"

static struct kit kit;

/* One field that has labels from a source that has, one that has fewer from
 * the same, and one without from a source without. */
static void
begin(const char *locale)
{
	char campaign[200];

	snprintf(campaign, sizeof campaign, "%s%s%s\n", kit_campaign,
	    *locale ? "locale: " : "", locale);
	kit_begin(&kit, campaign);
	kit_ready(&kit);
	kit_observe(&kit, "city", "Paris");
	kit_observe(&kit, "segment", "a");
	kit_observe_at(&kit, "first_name", "Anna", "form", NOW);
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_use(&kit, NULL, "profile.segment", false);
	kit_use(&kit, NULL, "profile.city", false);
	kit_decide(&kit);
}

static const struct {
	const char *locale, *text;
} rows[] = {
	{ "", "This message uses your interests, city, and customer details "
	      "(source: your orders and our customer records)." },
	{ "fr",
	    "Ce message utilise les informations suivantes à votre "
	    "sujet\302\240: goûts, ville et données client (source\302\240: "
	    "vos commandes et notre fichier clients)." },
	{ "fr_CA",
	    "Ce message utilise les informations suivantes à votre "
	    "sujet\302\240: goûts, ville et données client (source\302\240: "
	    "vos achats et notre fichier clients)." },
	{ "de-AT",
	    "Diese Nachricht verwendet folgende Angaben über Sie: Wohnort "
	    "und Kundendaten (Quelle: unsere Kundendatei)." },
	{ "ja", "このメッセージには、お客様に関する次の情報を使用しています："
		"顧客情報（情報源：当社の顧客記録）。" },
};

static struct span
notice(void)
{
	struct span text;

	ck_assert_int_eq(
	    notice_write(kit.decision, kit.arena, &text, &kit.err), 0);
	return text;
}

START_TEST(tells_by_labels_what_is_used)
{
	begin(rows[_i].locale);
	ASSERT_SPAN(notice(), rows[_i].text);
	kit_end(&kit);
}
END_TEST

START_TEST(tells_when_nothing_is_used)
{
	begin("pl");
	kit.profile.object_profiling = true;
	kit_decide(&kit);
	ASSERT_SPAN(
	    notice(), "Ta wiadomość nie wykorzystuje żadnych danych o Tobie.");
	kit_end(&kit);
}
END_TEST

START_TEST(leaves_the_sources_out_where_there_are_none)
{
	begin("");
	for (unsigned i = 0; i < kit.decision->field_count; i++)
		kit.decision->fields[i].value = NULL;
	ASSERT_SPAN(notice(),
	    "This message uses your interests, city, and customer details.");
	kit_end(&kit);
}
END_TEST

/* English words in another language's mail are a language forgotten. */
START_TEST(has_words_for_every_language)
{
	static const char *const others[] = { "bg", "ca", "cs", "da", "de",
		"el", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "ja",
		"ko", "lt", "lv", "nb", "nl", "no", "pl", "pt", "ro", "ru",
		"sk", "sl", "sv", "tr", "uk", "zh" };

	ck_assert_str_eq(locale_find(span_str(others[_i]))->name, others[_i]);
	begin(others[_i]);
	ck_assert_uint_eq(
	    span_search(notice(), SPAN("message uses")), notice().len);
	ck_assert_uint_eq(
	    span_search(notice(), SPAN("first_name")), notice().len);
	ck_assert_uint_eq(span_search(notice(), SPAN("form)")), notice().len);
	kit_end(&kit);
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	int done = -1;

	begin("el");
	for (size_t limit = 1; done < 0; limit++) {
		struct arena *arena = arena_new(limit);
		struct span text;

		if (arena == NULL)
			continue;
		err_clear(&kit.err);
		done = notice_write(kit.decision, arena, &text, &kit.err);
		if (done < 0)
			ck_assert_int_eq(kit.err.code, ERR_MEMORY);
		arena_free(&arena);
	}
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("notice");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, tells_by_labels_what_is_used, 0, sizeof rows / sizeof *rows);
	tcase_add_test(tests, tells_when_nothing_is_used);
	tcase_add_test(tests, leaves_the_sources_out_where_there_are_none);
	tcase_add_loop_test(tests, has_words_for_every_language, 0, 31);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
