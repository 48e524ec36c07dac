/*
 * inlay delivery report and sync: what a bounce does to a person, from the
 * notification or the line of the log to the mail that is refused.
 */
#include "tests/tools/kit_cli.h"

#define TO "--to anna@example.org"

static const char schema[] = "fields: {name: {class: public}}\n"
			     "bounces: {hard: 1, soft: 3/30d}\n";

static const char mail[] = "From: Shop <news@shop.example>\n"
			   "To: {{ recipient.address }}\n"
			   "Date: Tue, 3 Nov 2026 10:00:00 +0000\n"
			   "Message-ID: <a@shop.example>\n"
			   "X-Inlay-Campaign: spring\n"
			   "Subject: Hi {{ profile.name | default: 'you' }}\n"
			   "\n"
			   "Hi\n";

static void
load_all(void)
{
	write_file("schema.yaml", schema);
	write_file("campaign.yaml",
	    "id: spring\nwaive: [unsubscribe-link, one-click]\n");
	write_file("b.html", "---\npool: heroes\n---\n<h1>b</h1>\n");
	write_file("people.csv", "email,name\nanna@example.org,Anna\n"
				 "bob@example.org,Bob\n");
	write_file("m.eml", mail);
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/campaign.yaml");
	expect(EX_OK, "block load @/b.html");
	expect(EX_OK, "profile load @/people.csv");
}

/* A mailing of that day; its Message-ID is <DAY@email>. */
static void
mail_of(const char *day)
{
	char words[300];

	snprintf(words, sizeof words,
	    "decide " TO " --campaign spring --channel email --slot hero "
	    "--pool heroes --record --id %s --at %s",
	    day, day);
	expect(EX_OK, words);
}

/* Its end in the log: two lines. */
static void
add_bounce(struct buf *text, const char *day, const char *status)
{
	buf_printf(text,
	    "%sT10:00:00Z mx postfix/cleanup[1]: 4ZxYq%.2s%.2s: "
	    "message-id=<%s@email>\n"
	    "%sT10:00:02Z mx postfix/smtp[1]: 4ZxYq%.2s%.2s: "
	    "to=<anna@example.org>, relay=mx[1.2.3.4]:25, dsn=%s, "
	    "status=bounced (host mx said: no)\n",
	    day, day + 5, day + 8, day, day, day + 5, day + 8, status);
}

static void
sync_bounce(const char *day, const char *status)
{
	struct buf text;

	buf_init_heap(&text, 10000);
	add_bounce(&text, day, status);
	write_file("mail.log", buf_cstr(&text));
	buf_deinit(&text);
	expect(EX_OK, "delivery sync --log @/mail.log --restart");
}

static const char notification[] =
    "From: mailer@mx.example\nMIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"
    "\n--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; anna@example.org\n"
    "Action: failed\nStatus: 5.1.1\n\n--b\n"
    "Content-Type: text/rfc822-headers\n\nMessage-ID: <2026-11-03@email>\n\n"
    "--b--\n";

START_TEST(a_hard_bounce_suppresses_by_the_rule)
{
	load_all();
	mail_of("2026-11-03");
	expect(EX_OK, "preview @/m.eml " TO);
	sync_bounce("2026-11-03", "5.1.1");
	said(&out, "1 bounces noted with people");
	expect(EX_NOUSER, "preview @/m.eml " TO);
	said(&errors, "suppressed: 1 hard bounce on 2026-11-03");
	expect(EX_NOUSER, "preview @/m.eml " TO " --why");
	said(&out, "not mailed: suppressed: 1 hard bounce on 2026-11-03");
	expect(EX_NOUSER, "preview @/m.eml " TO " --why --json");
	said(&out, "\"reason\": \"bounced\"");
	expect(EX_OK, "profile get anna@example.org");
	said(&out,
	    "bounces                  2026-11-03               5.1.1, hard");
	said(&out, "by the rule of bounces: 1 hard bounce on 2026-11-03");
	expect(EX_OK, "profile get anna@example.org --json");
	said(&out, "\"kind\": \"hard\"");
	/* Nobody else has anything to do with it. */
	expect(EX_OK, "preview @/m.eml --to bob@example.org");
	run_with("", "check @/m.eml --json");
	said(&out, "\"refused\": 1");
	said(&out, "\"suppressed: bounces\": 1");
}
END_TEST

START_TEST(one_bounce_told_by_all_is_one)
{
	load_all();
	mail_of("2026-11-03");
	sync_bounce("2026-11-03", "5.1.1");
	sync_bounce("2026-11-03", "5.1.1");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "noted"));
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(
		    run_with(notification, "delivery report -"), EX_OK);
		ck_assert_ptr_null(strstr(buf_cstr(&out), "noted"));
	}
	expect(EX_NOUSER, "preview @/m.eml " TO);
	said(&errors, "suppressed: 1 hard bounce on 2026-11-03");
}
END_TEST

START_TEST(nobody_is_suppressed_without_a_rule_but_a_later_rule_counts)
{
	load_all();
	write_file("none.yaml", "fields: {name: {class: public}}\n");
	expect(EX_OK, "schema load @/none.yaml");
	mail_of("2026-11-03");
	ck_assert_int_eq(run_with(notification, "delivery report -"), EX_OK);
	said(&out, "1 bounces noted");
	expect(EX_OK, "preview @/m.eml " TO);
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_NOUSER, "preview @/m.eml " TO);
}
END_TEST

START_TEST(soft_bounces_count_within_their_time)
{
	static const char *const days[] = { "2026-09-01", "2026-10-01",
		"2026-10-20", "2026-10-31" };

	load_all();
	for (size_t i = 0; i < 4; i++) {
		mail_of(days[i]);
		sync_bounce(days[i], "5.2.2");
		expect(i < 3 ? EX_OK : EX_NOUSER, "preview @/m.eml " TO);
	}
	said(&errors, "suppressed: 3 bounces up to the one on 2026-10-31");
}
END_TEST

START_TEST(what_speaks_of_us_is_none)
{
	static const char *const statuses[] = { "5.7.1", "5.7.26", "5.1.8",
		"4.7.0", "5.6.0", "5.3.4", "5.5.1" };

	load_all();
	for (int i = 0; i < 7; i++) {
		char day[] = "2026-11-00";

		day[9] = (char)('1' + i);
		mail_of(day);
		sync_bounce(day, statuses[i]);
	}
	expect(EX_OK, "preview @/m.eml " TO);
	expect(EX_OK, "profile get anna@example.org");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "bounces"));
}
END_TEST

/* Given up after days: what was said the last time counts. */
START_TEST(a_copy_that_was_given_up_bounces_softly)
{
	static const char log[] =
	    "2026-11-03T10:00:00Z mx postfix/cleanup[1]: 4ZxYq1: "
	    "message-id=<2026-11-03@email>\n"
	    "2026-11-03T10:00:02Z mx postfix/smtp[1]: 4ZxYq1: "
	    "to=<anna@example.org>, relay=x, dsn=4.7.1, status=deferred (x)\n"
	    "2026-11-05T10:00:02Z mx postfix/smtp[1]: 4ZxYq1: "
	    "to=<anna@example.org>, relay=x, dsn=4.2.2, status=deferred (x)\n"
	    "2026-11-08T10:00:00Z mx postfix/qmgr[1]: 4ZxYq1: from=<a@b>, "
	    "status=expired, returned to sender\n";

	load_all();
	mail_of("2026-11-03");
	write_file("mail.log", log);
	expect(EX_OK, "delivery sync --log @/mail.log");
	expect(EX_OK, "profile get anna@example.org");
	said(&out, "2026-11-03               4.2.2, soft");
}
END_TEST

START_TEST(who_is_forgiven_stays_so)
{
	load_all();
	mail_of("2026-11-03");
	sync_bounce("2026-11-03", "5.1.1");
	expect(EX_OK, _i ? "profile set anna@example.org suppressed=no"
			 : "profile set anna@example.org bounces=");
	expect(EX_OK, "preview @/m.eml " TO);
	sync_bounce("2026-11-03", "5.1.1");
	ck_assert_int_eq(run_with(notification, "delivery report -"), EX_OK);
	expect(EX_OK, "preview @/m.eml " TO);
	expect(EX_OK, "profile get anna@example.org");
	said(&out, "bounces_forgiven         up to ");
}
END_TEST

START_TEST(bounces_are_exported_and_loaded_again)
{
	static const char *const words[] = { "profile export",
		"profile export --format csv" };
	char told[4000];

	load_all();
	mail_of("2026-11-03");
	sync_bounce("2026-11-03", "5.1.1");
	expect(EX_OK, "profile set bob@example.org suppressed=no");
	expect(EX_OK, words[_i]);
	said(&out, "2026-11-03 5.1.1");
	snprintf(told, sizeof told, "%s", buf_cstr(&out));
	expect(EX_OK, "profile rm anna@example.org");
	expect(EX_OK, "profile rm bob@example.org");
	ck_assert_int_eq(run_with(told, "profile load -"), EX_OK);
	expect(EX_NOUSER, "preview @/m.eml " TO);
	said(&errors, "suppressed: 1 hard bounce on 2026-11-03");
	expect(EX_OK, "profile get bob@example.org");
	said(&out, "bounces_forgiven");
	expect(EX_OK, words[_i]);
	ck_assert_str_eq(buf_cstr(&out), told);
}
END_TEST

START_TEST(a_file_that_says_no_bounces_is_told)
{
	load_all();
	write_file("bad.csv", "email,bounces\nanna@example.org,yes\n");
	expect(EX_DATAERR, "profile load @/bad.csv");
	said(&errors, "bounces are written as `2026-11-03 5.1.1; 2026-11-20");
}
END_TEST

START_TEST(bounces_go_with_the_person)
{
	load_all();
	mail_of("2026-11-03");
	sync_bounce("2026-11-03", "5.1.1");
	expect(EX_OK, "privacy export anna@example.org");
	said(&out, "\"day\": \"2026-11-03\"");
	expect(EX_OK, "privacy erase anna@example.org");
	sync_bounce("2026-11-03", "5.1.1");
	ck_assert_int_eq(run_with(notification, "delivery report -"), EX_OK);
	expect(EX_NOUSER, "profile get anna@example.org");
	expect(EX_OK, "profile export");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "anna"));
}
END_TEST

static const struct {
	const char *rule, *fault;
} rules[] = {
	{ "{hard: 0}", "schema.yaml:1:17: expected how many" },
	{ "{hard: many}", "expected how many" },
	{ "{soft: 65}", "expected how many, 1 to 64" },
	{ "{soft: 5/}", "expected how many" },
	{ "{soft: 5/x}", "expected how many" },
	{ "{soft: 5/12h}", "expected how many" },
	{ "{softt: 5}", "did you mean `soft`?" },
};

START_TEST(a_rule_that_is_none_is_told)
{
	char text[100];

	snprintf(text, sizeof text, "bounces: %s\n", rules[_i].rule);
	write_file("schema.yaml", text);
	expect(EX_DATAERR, "schema load @/schema.yaml");
	said(&errors, rules[_i].fault);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("delivery report");
	TCase *tests = tcase_create("delivery report");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_hard_bounce_suppresses_by_the_rule);
	tcase_add_test(tests, one_bounce_told_by_all_is_one);
	tcase_add_test(
	    tests, nobody_is_suppressed_without_a_rule_but_a_later_rule_counts);
	tcase_add_test(tests, soft_bounces_count_within_their_time);
	tcase_add_test(tests, what_speaks_of_us_is_none);
	tcase_add_test(tests, a_copy_that_was_given_up_bounces_softly);
	tcase_add_loop_test(tests, who_is_forgiven_stays_so, 0, 2);
	tcase_add_loop_test(tests, bounces_are_exported_and_loaded_again, 0, 2);
	tcase_add_test(tests, a_file_that_says_no_bounces_is_told);
	tcase_add_test(tests, bounces_go_with_the_person);
	tcase_add_loop_test(tests, a_rule_that_is_none_is_told, 0,
	    (int)(sizeof rules / sizeof *rules));
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
