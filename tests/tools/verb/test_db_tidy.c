#include "tests/tools/kit_cli.h"

#include <time.h>

#define DAY 86400

/* An exposure of the campaign so many days ago. */
static void
show(const char *campaign, unsigned days)
{
	time_t when = time(NULL) - (time_t)days * DAY;
	char words[200], date[32];
	struct tm parts;

	gmtime_r(&when, &parts);
	strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
	snprintf(words, sizeof words,
	    "exposure record --to anna@example.org --channel web "
	    "--block hero --slot hero --campaign %s --at %s",
	    campaign, date);
	expect(EX_OK, words);
}

static void
load_all(void)
{
	write_file("people.csv", "email,first_name\nanna@example.org,Anna\n");
	write_file("schema.yaml", "fields: {first_name: {type: string}}\n");
	write_file("short.yaml", "id: short\nledger_days: 30\n");
	write_file("long.yaml", "id: long\nledger_days: 730\n");
	write_file("unsaid.yaml", "id: unsaid\n");
	write_file("gone.yaml", "id: gone\n");
	write_file("hero.html", "---\nid: hero\n---\nHi\n");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/short.yaml @/long.yaml @/unsaid.yaml "
		      "@/gone.yaml");
	expect(EX_OK, "block load @/hero.html");
	expect(EX_OK, "profile load @/people.csv --source crm");
}

/* Whole: what is folded has no topic. */
static bool
is_kept(const char *campaign)
{
	char text[64];

	snprintf(text, sizeof text, "\"campaign\": \"%s\",\n      \"topic\"",
	    campaign);
	return strstr(buf_cstr(&out), text) != NULL;
}

START_TEST(entries_are_kept_as_long_as_their_campaign_says)
{
	static const char *const campaigns[] = { "short", "long", "unsaid",
		"gone" };
	static const struct {
		unsigned days;
		const char *flags;
		bool kept[4];
	} rows[] = {
		{ 20, "", { true, true, true, true } },
		{ 40, "", { false, true, true, true } },
		{ 40, "--keep 35d", { false, true, false, false } },
		{ 500, "", { false, true, false, false } },
		{ 500, "--keep 600d", { false, true, true, true } },
		{ 800, "", { false, false, false, false } },
	};
	char words[64];

	load_all();
	for (unsigned i = 0; i < 4; i++)
		show(campaigns[i], rows[_i].days);
	expect(EX_OK, "campaign rm gone");
	snprintf(words, sizeof words, "db tidy %s", rows[_i].flags);
	expect(EX_OK, words);
	expect(EX_OK, "exposure list --to anna@example.org --json");
	for (unsigned i = 0; i < 4; i++)
		ck_assert_msg(is_kept(campaigns[i]) == rows[_i].kept[i],
		    "%s: %s", campaigns[i], buf_cstr(&out));
}
END_TEST

START_TEST(what_may_be_retried_is_kept_whatever_is_said)
{
	load_all();
	expect(EX_USAGE, "db tidy --keep 6d");
	said(&errors, "--keep is at least 7d");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db tidy");
	TCase *tests = tcase_create("db tidy");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(
	    tests, entries_are_kept_as_long_as_their_campaign_says, 0, 6);
	tcase_add_test(tests, what_may_be_retried_is_kept_whatever_is_said);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
