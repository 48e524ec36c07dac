/*
 * inlay event load and list: whose an event is, what it answers, what it does,
 * and that nothing that is wrong with a row is lost.
 */
#include <sys/stat.h>

#include "tests/tools/kit_cli.h"

#define HEAD "email,type,at,value,currency,id,campaign,channel\n"
#define LOAD "event load @/events.csv --source shop"

static void
open_world(void)
{
	char conf[512];

	set_up();
	snprintf(conf, sizeof conf,
	    "store = %s/store\nsign = no\ntoken-key = k1 %s/token.key\n",
	    directory, directory);
	write_file("inlay.conf", conf);
	write_file("token.key", "0123456789abcdef0123456789abcdef\n");
	snprintf(conf, sizeof conf, "%s/token.key", directory);
	ck_assert_int_eq(chmod(conf, 0600), 0);
	write_file("spring.yaml", "id: spring\npermission: newsletter\n");
	write_file("open.yaml", "id: open\n");
	write_file("other.yaml", "id: other\ntenant: elsewhere\n");
	write_file("hero.html", "---\npool: a\n---\n<b>x</b>\n");
	write_file("people.csv",
	    "email,consent.newsletter\nanna@example.org,yes\n"
	    "bob@example.org,yes\ncarl@example.org,yes\n"
	    "dora@example.org,yes\n");
	expect(EX_OK, "campaign load @/spring.yaml @/open.yaml @/other.yaml");
	expect(EX_OK, "block load @/hero.html");
	expect(EX_OK, "profile load @/people.csv --observed-at 2026-01-01");
	expect(EX_OK, "exposure record --to anna@example.org --channel email "
		      "--block hero --campaign spring --at 2026-11-01");
	expect(EX_OK, "exposure record --to anna@example.org --channel email "
		      "--block hero --campaign open --at 2026-11-05");
	expect(EX_OK, "exposure record --to bob@example.org --channel email "
		      "--block hero --campaign spring --at 2026-11-05");
}

static void
load(int status, const char *rows)
{
	char text[4096];

	snprintf(text, sizeof text, HEAD "%s", rows);
	write_file("events.csv", text);
	expect(status, LOAD);
}

START_TEST(loading_a_file_twice_changes_nothing)
{
	static const char rows[] =
	    "anna@example.org,click,2026-11-02T10:00:00Z,,,,,\n"
	    "anna@example.org,purchase,2026-11-03,59.90,EUR,o1,,\n"
	    "bob@example.org,visit,2026-11-06,,,,,\n";
	struct buf before;

	load(EX_OK, rows);
	said(&out, "3 rows read, 0 bad, 3 events added");
	ck_assert_str_eq(buf_cstr(&errors), "");
	expect(EX_OK, "privacy export anna@example.org");
	buf_init_heap(&before, 1 << 16);
	buf_add(&before, buf_span(&out));
	load(EX_OK, rows);
	said(&out, "0 events added, 3 known before");
	expect(EX_OK, "privacy export anna@example.org");
	ck_assert_str_eq(buf_cstr(&out), buf_cstr(&before));
	buf_deinit(&before);
}
END_TEST

START_TEST(an_event_answers_its_campaign_or_the_last_mailing_before_it)
{
	load(EX_OK, "anna@example.org,purchase,2026-11-06,1,EUR,o3,spring,\n"
		    "anna@example.org,click,2026-11-05T00:00:00Z,,,c2,,\n"
		    "anna@example.org,click,2026-11-04,,,c1,,\n"
		    "anna@example.org,click,2026-10-31,,,c0,,\n");
	said(&errors, "events.csv:5:24: at: before anything was sent to this "
		      "person; attributed to nothing (1 kept)");
	expect(EX_OK, "event list anna@example.org");
	said_exactly(&out,
	    "2026-10-31T00:00:00Z      click        -               \n"
	    "2026-11-04T00:00:00Z      click        spring          \n"
	    "2026-11-05T00:00:00Z      click        open            \n"
	    "2026-11-06T00:00:00Z      purchase     spring           1.00 "
	    "EUR\n");
	expect(EX_OK, "event list --campaign open");
	said_exactly(&out,
	    "2026-11-05T00:00:00Z      anna@example.org                 "
	    "click        open            \n");
	expect(EX_OK,
	    "event list anna@example.org --type click --since 2026-11-05");
	said_exactly(
	    &out, "2026-11-05T00:00:00Z      click        open            \n");
}
END_TEST

struct wrong {
	const char *row;
	const char *told;
};

static const struct wrong wrongs[] = {
	{ "anna,click,2026-11-02,,,,,\n", "2:1: email: not a mail address" },
	{ ",click,2026-11-02,,,,,\n", "2:1: neither email nor token" },
	{ "anna@example.org,,2026-11-02,,,,,\n", "2:1: no `type`" },
	{ "anna@example.org,click,,,,,,\n", "2:1: no `at`" },
	{ "anna@example.org,click,tomorrow,,,,,\n", "2:24: at: not a date" },
	{ "anna@example.org,click,2999-01-01,,,,,\n",
	    "2:24: at: lies in the future" },
	{ "anna@example.org,click,1970-01-01,,,,,\n", "2:24: at: before 1980" },
	{ "anna@example.org,click,2001-01-01,,,,,\n",
	    "2:24: at: older than exposures are kept" },
	{ "anna@example.org,purchase,2026-11-02,-5,,,,\n",
	    "2:38: value: a negative value" },
	{ "anna@example.org,purchase,2026-11-02,1e12,,,,\n",
	    "2:38: value: more than 1,000,000,000" },
	{ "anna@example.org,purchase,2026-11-02,nan,,,,\n",
	    "2:38: value: not a number" },
	{ "anna@example.org,purchase,2026-11-02,5,Euro,,,\n",
	    "2:40: currency: no currency" },
	{ "anna@example.org,click,2026-11-02,,,,other,\n",
	    "2:38: campaign: a campaign of another tenant" },
};

START_TEST(tells_what_is_wrong_with_a_row_where_it_stands)
{
	load(EX_DATAERR, wrongs[_i].row);
	said(&errors, wrongs[_i].told);
	said(&out, "1 rows read, 1 bad, 0 events added");
	expect(EX_OK, "event list anna@example.org");
	ck_assert_str_eq(buf_cstr(&out), "");
}
END_TEST

START_TEST(an_id_that_stands_for_two_things_is_told)
{
	load(EX_DATAERR, "anna@example.org,purchase,2026-11-06,10,EUR,o1,,\n"
			 "anna@example.org,purchase,2026-11-06,10,EUR,o1,,\n"
			 "anna@example.org,purchase,2026-11-06,20,EUR,o1,,\n"
			 "bob@example.org,purchase,2026-11-06,10,EUR,o1,,\n");
	said(&out, "4 rows read, 2 bad, 1 events added, 1 known before");
	said(&errors, "events.csv:4:45: id: this id stands in another row, "
		      "with other content (2 rows left out; also line 5)");
	load(EX_DATAERR, "anna@example.org,purchase,2026-11-06,30,EUR,o1,,\n");
	said(&errors, "events.csv:2:45: id: this id is there already, with "
		      "other content (1 row left out)");
	expect(EX_OK, "event list anna@example.org");
	said(&out, "purchase     open             10.00 EUR\n");
}
END_TEST

START_TEST(unknown_and_erased_people_and_own_types_are_counted)
{
	expect(EX_OK, "privacy erase carl@example.org");
	load(EX_OK, "nobody@example.org,click,2026-11-06,,,,,\n"
		    "carl@example.org,click,2026-11-06,,,,,\n"
		    "dora@example.org,Fitting room,2026-11-06,,,,,\n");
	said(&out, "1 events added, 1 of unknown people, left out, 1 of erased "
		   "people, left out, 1 before anything was sent");
	said(&out, "  fitting room   1 (a type of your own)\n");
	expect(EX_OK, "event list nobody@example.org");
	said(&errors, "there are no such events");
	expect(EX_NOINPUT, "event list --campaign nosuch");
	said(&errors, "no such campaign: nosuch");
}
END_TEST

START_TEST(who_unsubscribes_takes_back_the_permission_and_nothing_else)
{
	load(EX_OK, "anna@example.org,unsubscribe,2026-11-06,,,,spring,\n"
		    "bob@example.org,unsubscribe,2026-11-06,,,,,\n"
		    "carl@example.org,unsubscribe,2026-11-06,,,,open,\n"
		    "dora@example.org,complaint,2026-11-06,,,,,\n");
	said(&out, "3 permissions taken back, 1 people suppressed");
	said(&errors, "1 people unsubscribed from what no campaign's "
		      "`permission` covers: they object to marketing now");
	expect(EX_OK, "profile get anna@example.org");
	said(&out, "consent.newsletter       denied                   "
		   "2026-11-06T00:00:00Z  shop\n");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "object_marketing"));
	expect(EX_OK, "profile get bob@example.org");
	said(&out, "consent.newsletter       denied");
	expect(EX_OK, "profile get carl@example.org");
	said(&out, "object_marketing         yes");
	expect(EX_OK, "profile get dora@example.org");
	said(&out, "suppressed               yes");
}
END_TEST

START_TEST(opens_are_set_aside_and_refunds_have_either_sign)
{
	load(EX_OK, "anna@example.org,open,2026-11-06,,,,,\n"
		    "anna@example.org,refund,2026-11-07,\"-20,50\",eur,,,\n"
		    "anna@example.org,refund,2026-11-08,20.50,eur,,,\n");
	said(&out, "3 events added, 1 set aside");
	expect(EX_OK, "event list anna@example.org");
	said_exactly(&out,
	    "2026-11-06T00:00:00Z      open         open             (set "
	    "aside: open)\n"
	    "2026-11-07T00:00:00Z      refund       open             20.50 "
	    "EUR\n"
	    "2026-11-08T00:00:00Z      refund       open             20.50 "
	    "EUR\n");
}
END_TEST

START_TEST(who_is_erased_leaves_no_event_behind)
{
	load(EX_OK, "anna@example.org,click,2026-11-02,,,,,\n"
		    "bob@example.org,click,2026-11-06,,,,,\n");
	expect(EX_OK, "privacy export anna@example.org");
	said(&out, "\"type\": \"click\"");
	expect(EX_OK, "event list --json");
	said(&out, "\"email\":\"anna@example.org\"");
	said(&out, "\"email\":\"bob@example.org\"");
	expect(EX_OK, "privacy erase anna@example.org");
	expect(EX_OK, "event list --json");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "anna"));
	ck_assert_ptr_null(strstr(buf_cstr(&out), "null,\"answers\""));
	said(&out, "\"email\":\"bob@example.org\"");
}
END_TEST

START_TEST(a_dry_run_tells_the_same_and_stores_nothing)
{
	write_file(
	    "events.csv", HEAD "anna@example.org,click,2026-11-02,,,,,\n");
	expect(EX_OK, LOAD " --dry-run");
	said(&out, "1 events added (dry run)");
	expect(EX_OK, "event list anna@example.org");
	ck_assert_str_eq(buf_cstr(&out), "");
	write_file("events.csv",
	    HEAD "anna@example.org,click,2026-11-02,,,,,\nx,y,z,,,,,\n");
	expect(EX_DATAERR, LOAD " --strict");
	said(&errors, "events.csv:3:1: not a mail address; nothing was loaded");
	expect(EX_OK, "event list anna@example.org");
	ck_assert_str_eq(buf_cstr(&out), "");
}
END_TEST

START_TEST(reads_json_lines_and_columns_by_other_names)
{
	write_file("events.json",
	    "{\"email\": \"anna@example.org\", \"type\": \"purchase\", "
	    "\"at\": 1793700000, \"value\": 12.5}\n"
	    "{\"email\": \"anna@example.org\", \"type\": \"click\", "
	    "\"at\": \"2026-11-02\"}\n");
	expect(EX_OK, "event load @/events.json");
	said(&out, "2 events added");
	write_file("events.csv",
	    "Kunde;Art;Datum;Betrag\nanna@example.org;purchase;06.11.2026;"
	    "12,50\n");
	expect(EX_OK,
	    LOAD " --map Kunde=email --map Art=type --map Datum=at --map "
		 "Betrag=value --date-format %d.%m.%Y");
	said(&out, "1 events added");
	expect(EX_DATAERR, LOAD);
	said(&errors, "events.csv:1: no column is called `email`");
	write_file("events.csv", "email,typ,at,type\n");
	expect(EX_DATAERR, LOAD);
	said(&errors, "column `typ` says nothing of an event; did you mean "
		      "`type`?");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("event_load");
	TCase *cases = tcase_create("event_load");

	tcase_add_checked_fixture(cases, open_world, tear_down);
	tcase_add_test(cases, loading_a_file_twice_changes_nothing);
	tcase_add_test(
	    cases, an_event_answers_its_campaign_or_the_last_mailing_before_it);
	tcase_add_loop_test(cases,
	    tells_what_is_wrong_with_a_row_where_it_stands, 0,
	    sizeof wrongs / sizeof *wrongs);
	tcase_add_test(cases, an_id_that_stands_for_two_things_is_told);
	tcase_add_test(
	    cases, unknown_and_erased_people_and_own_types_are_counted);
	tcase_add_test(
	    cases, who_unsubscribes_takes_back_the_permission_and_nothing_else);
	tcase_add_test(cases, opens_are_set_aside_and_refunds_have_either_sign);
	tcase_add_test(cases, who_is_erased_leaves_no_event_behind);
	tcase_add_test(cases, a_dry_run_tells_the_same_and_stores_nothing);
	tcase_add_test(cases, reads_json_lines_and_columns_by_other_names);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
