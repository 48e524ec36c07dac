/*
 * One truth (I12): mail, preview, check, audience, reach and quality answer
 * the same question alike.
 */
#include "tests/tools/kit_cli.h"

#include <time.h>

static const char schema[] =
    "fields:\n"
    "  city: {class: contextual, max_age: 100d}\n"
    "  tier: {class: contextual, min_trust: 0.8}\n"
    "  size: {class: contextual}\n"
    "sources: {crm: {weight: 90}, form: {weight: 60}}\n";

static const char mail[] = "From: Shop <news@shop.example>\n"
			   "Message-ID: <a@shop.example>\n"
			   "X-Inlay-Campaign: spring\n"
			   "Subject: News\n"
			   "\n"
			   "{% if profile.city == 'Paris' %}here{% endif %}"
			   "{% if profile.tier == 'gold' %}gold{% endif %}"
			   "{% if profile.size == 'L' %}large{% endif %}\n";

static void
load(const char *campaign)
{
	write_file("schema.yaml", schema);
	write_file("campaign.yaml", campaign);
	write_file("mail.eml", mail);
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/campaign.yaml");
}

/* Anna, of whom one field is known by itself from that source. */
static void
observe(const char *field, const char *value, const char *source, int days)
{
	char csv[100], words[200], when[11];
	time_t at = time(NULL) - (time_t)days * 86400;

	strftime(when, sizeof(when), "%Y-%m-%d", gmtime(&at));
	snprintf(
	    csv, sizeof(csv), "email,%s\nanna@a.example,%s\n", field, value);
	write_file("people.csv", csv);
	snprintf(words, sizeof(words),
	    "profile load @/people.csv --source %s --observed-at %s", source,
	    when);
	expect(EX_OK, words);
}

/* Whether preview, quality and an audience rely on the field. */
static void
expect_everywhere(
    const char *field, const char *value, bool relied_on, const char *why)
{
	char words[200], told[100];

	expect(EX_OK, "preview @/mail.eml --to anna@a.example --why");
	said(&out, why);
	snprintf(
	    words, sizeof(words), "profile quality --json --field %s", field);
	expect(EX_OK, words);
	said(&out, relied_on ? "\"usable_rate\": 1.0" : "\"usable_rate\": 0.0");
	snprintf(words, sizeof(words),
	    "check @/mail.eml --json --audience profile.%s=='%s'", field,
	    value);
	run_with("", words);
	snprintf(told, sizeof(told), "\"people\": %d", relied_on);
	said(&out, told);
}

START_TEST(a_stale_field_is_absent_everywhere)
{
	load("id: spring\narms: {a: {weight: 1}}\n");
	observe("city", "Paris", "crm", 99);
	expect_everywhere("city", "Paris", true, "trust 90 %");
	expect(EX_OK, "profile rm anna@a.example");
	observe("city", "Paris", "crm", 101);
	expect_everywhere("city", "Paris", false, "too old");
}
END_TEST

START_TEST(a_field_below_its_threshold_is_absent_everywhere)
{
	load("id: spring\narms: {a: {weight: 1}}\n");
	observe("tier", "gold", "form", 1);
	expect_everywhere("tier", "gold", false, "not reliable enough");
	observe("tier", "gold", "crm", 1);
	expect_everywhere("tier", "gold", true, "trust 96 %");
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("agreement");
	TCase *tests = tcase_create("faces");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_stale_field_is_absent_everywhere);
	tcase_add_test(tests, a_field_below_its_threshold_is_absent_everywhere);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
