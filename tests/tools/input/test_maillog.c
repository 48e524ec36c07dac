#include "tools/input/maillog.h"

#include "store/record/bounce.h"
#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW 1774000000 /* 2026-03-20T09:46:40Z */

static const struct {
	const char *line;
	enum maillog_kind kind;
	const char *queue, *text, *next; /* text: to or message id */
} cases[] = {
	{ "Mar 20 09:00:00 mx postfix/cleanup[123]: 4ZxYq01: "
	  "message-id=<a@b>",
	    MAILLOG_MESSAGE, "4ZxYq01", "<a@b>", "" },
	{ "2026-03-20T09:00:00.123456+01:00 mx postfix-out/smtp[9]: 4ZxYq01: "
	  "to=<anna@x.org>, relay=mx.x.org[1.2.3.4]:25, delay=1, "
	  "delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as "
	  "ABC123DEF)",
	    MAILLOG_SENT, "4ZxYq01", "anna@x.org", "ABC123DEF" },
	{ "Mar 20 09:00:00 mx postfix/smtp[9]: 4ZxYq01: to=<anna@x.org>, "
	  "orig_to=<news@y.org>, relay=none, dsn=5.1.1, status=bounced (no)",
	    MAILLOG_BOUNCED, "4ZxYq01", "anna@x.org", "" },
	{ "Mar 20 09:00:00 mx postfix/smtp[9]: 4ZxYq01: to=<anna@x.org>, "
	  "relay=none, dsn=4.4.1, status=deferred (timeout)",
	    MAILLOG_DEFERRED, "4ZxYq01", "anna@x.org", "" },
	{ "Mar 20 09:00:00 mx postfix/qmgr[9]: 4ZxYq01: from=<a@b>, "
	  "status=expired, returned to sender",
	    MAILLOG_EXPIRED, "4ZxYq01", "", "" },
	{ "Mar 20 09:00:00 mx postfix/qmgr[9]: 4ZxYq01: removed",
	    MAILLOG_REMOVED, "4ZxYq01", "", "" },
	{ "Mar 20 09:00:00 mx sendmail[9]: 2KA9i5xx000123: from=<a@b>, "
	  "size=9, class=0, nrcpts=1, msgid=<a@b>, relay=x",
	    MAILLOG_MESSAGE, "2KA9i5xx000123", "<a@b>", "" },
	{ "Mar 20 09:00:00 mx sm-mta[9]: 2KA9i5xx000123: to=<anna@x.org>, "
	  "delay=00:00:01, mailer=esmtp, dsn=2.0.0, stat=Sent (2KA9i6yy000124 "
	  "Message accepted for delivery)",
	    MAILLOG_SENT, "2KA9i5xx000123", "anna@x.org", "2KA9i6yy000124" },
	{ "Mar 20 09:00:00 mx sendmail[9]: 2KA9i5xx000123: to=<anna@x.org>, "
	  "mailer=esmtp, dsn=5.1.1, stat=User unknown",
	    MAILLOG_BOUNCED, "2KA9i5xx000123", "anna@x.org", "" },
	{ "Mar 20 09:00:00 mx sendmail[9]: 2KA9i5xx000123: 2KA9i5xx000124: "
	  "DSN: Cannot send message for 5 days",
	    MAILLOG_EXPIRED, "2KA9i5xx000123", "", "" },
	{ "Mar 20 09:00:00 mx sendmail[9]: 2KA9i5xx000123: 2KA9i5xx000124: "
	  "DSN: User unknown",
	    MAILLOG_NOTHING, "2KA9i5xx000123", "", "" },
	{ "Mar 20 09:00:00 mx onercpt/smtp[9]: 4ZxYq01: to=<anna@x.org>, "
	  "relay=none, dsn=5.6.0, status=bounced (no)",
	    MAILLOG_BOUNCED, "4ZxYq01", "anna@x.org", "" },
	{ "Mar 20 09:00:00 mx postfix/smtp[9]: connect to x: refused",
	    MAILLOG_NOTHING, "", "", "" },
	{ "Mar 20 09:00:00 mx cron[9]: 4ZxYq01: to=<a@b>, status=sent (x)",
	    MAILLOG_NOTHING, "4ZxYq01", "", "" },
	{ "", MAILLOG_NOTHING, "", "", "" },
	{ "-- Boot 0123456789abcdef --", MAILLOG_NOTHING, "", "", "" },
	{ "Mar 20 09:00:00 mx front/smtpd[9]: 4ZxYq01: client=a[192.0.2.1], "
	  "sasl_method=PLAIN, sasl_username=shop",
	    MAILLOG_ACCEPTED, "4ZxYq01", "", "" },
	{ "Mar 20 09:00:00 mx postfix/pickup[9]: 4ZxYq01: uid=0 from=<root>",
	    MAILLOG_ACCEPTED, "4ZxYq01", "", "" },
	{ "Mar 20 09:00:00 mx postfix/qmgr[9]: 4ZxYq01: from=<a@b>, size=9, "
	  "nrcpt=1 (queue active)",
	    MAILLOG_QUEUED, "4ZxYq01", "", "" },
	{ "Mar 20 09:00:00 mx postfix/cleanup[9]: 4ZxYq01: milter-reject: "
	  "END-OF-MESSAGE from localhost[127.0.0.1]: 4.3.0 to=<x@y> no; "
	  "from=<a@b> to=<anna@x.org> proto=ESMTP helo=<c>",
	    MAILLOG_REFUSED, "4ZxYq01", "anna@x.org", "" },
	{ "Mar 20 09:00:00 mx postfix/smtpd[9]: NOQUEUE: milter-reject: RCPT "
	  "from localhost[127.0.0.1]: 550 5.7.1 <anna@x.org>: no; from=<a@b> "
	  "to=<anna@x.org> proto=ESMTP helo=<c>",
	    MAILLOG_REFUSED, "", "anna@x.org", "" },
	{ "Mar 20 09:00:00 mx sm-mta[9]: 2KA9i5xx000123: Milter: "
	  "to=<anna@x.org>, reject=550 5.7.1 no",
	    MAILLOG_REFUSED, "2KA9i5xx000123", "anna@x.org", "" },
	{ "Mar 20 09:00:00 mx sm-mta[9]: 2KA9i5xx000123: Milter: data, "
	  "reject=451 4.3.0 later",
	    MAILLOG_REFUSED, "2KA9i5xx000123", "", "" },
	{ "Mar 20 09:00:00 mx sm-mta[9]: 2KA9i5xx000123: to=<anna@x.org>, "
	  "delay=00:00:00, pri=30000, stat=Please try again later",
	    MAILLOG_REFUSED, "2KA9i5xx000123", "anna@x.org", "" },
	/* a Message-ID may hold anything */
	{ "Mar 20 09:00:00 mx postfix/cleanup[1]: 4ZxYq01: message-id=<a,1@b>",
	    MAILLOG_MESSAGE, "4ZxYq01", "<a,1@b>", "" },
	{ "Mar 20 09:00:00 mx postfix/cleanup[1]: 4ZxYq01: "
	  "message-id=<a(1) c]: x, status=sent@b>",
	    MAILLOG_MESSAGE, "4ZxYq01", "<a(1) c]: x, status=sent@b>", "" },
	{ "Mar 20 09:00:00 mx postfix/cleanup[1]: 4ZxYq01: "
	  "message-id==?utf-8?Q?=3Ca?= =?utf-8?Q?=40b=3E?=",
	    MAILLOG_MESSAGE, "4ZxYq01",
	    "=?utf-8?Q?=3Ca?= =?utf-8?Q?=40b=3E?=", "" },
	{ "Mar 20 09:00:00 mx sm-mta[9]: 2KA9i5xx000123: from=<a@b>, size=9, "
	  "class=0, nrcpts=1, msgid=<a, proto=x (b)@c>, bodytype=8BITMIME, "
	  "proto=ESMTP, daemon=MTA, relay=x [192.0.2.1]",
	    MAILLOG_MESSAGE, "2KA9i5xx000123", "<a, proto=x (b)@c>", "" },
	/* the forms of containers, of RFC 5424 and of the journal */
	{ "{\"log\":\"Mar 20 09:00:00 mx postfix/qmgr[9]: 4ZxYq01: "
	  "removed\\n\",\"stream\":\"stdout\"}",
	    MAILLOG_REMOVED, "4ZxYq01", "", "" },
	{ "<22>1 2026-03-20T09:00:00Z mx postfix/qmgr 9 - - 4ZxYq01: removed",
	    MAILLOG_REMOVED, "4ZxYq01", "", "" },
	{ "<22>1 2026-03-20T09:00:00Z mx postfix/qmgr 9 - "
	  "[a@1 b=\"]\\\" c\"][d e=\"f\"] \xef\xbb\xbf"
	  "4ZxYq01: removed",
	    MAILLOG_REMOVED, "4ZxYq01", "", "" },
	{ "postfix-1  | Mar 20 09:00:00 mx postfix/qmgr[9]: 4ZxYq01: removed",
	    MAILLOG_REMOVED, "4ZxYq01", "", "" },
	{ "2026-03-20T09:00:00.1Z stdout F Mar 20 09:00:00 mx postfix/qmgr[9]: "
	  "4ZxYq01: removed",
	    MAILLOG_REMOVED, "4ZxYq01", "", "" },
	{ "{\"__CURSOR\":\"s=1;i=2\",\"SYSLOG_IDENTIFIER\":\"postfix/cleanup\","
	  "\"__REALTIME_TIMESTAMP\":\"1773997200000001\",\"MESSAGE\":"
	  "\"4ZxYq01: message-id=<\\u00fc@b>\"}",
	    MAILLOG_MESSAGE, "4ZxYq01", "<\xc3\xbc@b>", "" },
	{ "{\"SYSLOG_IDENTIFIER\":\"postfix/"
	  "qmgr\",\"MESSAGE\":[52,90,120,89,113,"
	  "48,49,58,32,114,101,109,111,118,101,100]}",
	    MAILLOG_REMOVED, "4ZxYq01", "", "" },
	{ "{\"msg\":\"x\"}", MAILLOG_UNKNOWN, "", "", "" },
	{ "{\"log\":", MAILLOG_UNKNOWN, "", "", "" },
	{ "<22>1 yesterday mx postfix/qmgr 9 - - 4ZxYq01: removed",
	    MAILLOG_UNKNOWN, "", "", "" },
	{ "what is this", MAILLOG_UNKNOWN, "", "", "" },
};

static struct buf scratch;

static void
set_up(void)
{
	buf_init_heap(&scratch, 1 << 16);
}

static void
tear_down(void)
{
	buf_deinit(&scratch);
}

static struct maillog_event
read_line(struct span line)
{
	return maillog_read(line, NOW, &scratch);
}

START_TEST(reads_what_the_line_reports)
{
	struct maillog_event event = read_line(span_str(cases[_i].line));
	struct span text =
	    event.kind == MAILLOG_MESSAGE ? event.message_id : event.to;

	ck_assert_int_eq(event.kind, cases[_i].kind);
	ck_assert(span_eq(event.queue, span_str(cases[_i].queue)));
	ck_assert(span_eq(text, span_str(cases[_i].text)));
	ck_assert(span_eq(event.next, span_str(cases[_i].next)));
}
END_TEST

START_TEST(reads_any_cut_of_it)
{
	size_t len = strlen(cases[_i].line);

	for (size_t cut = 0; cut <= len; cut++) {
		char *line = malloc(cut ? cut : 1);

		memcpy(line, cases[_i].line, cut);
		read_line(span_of(line, cut));
		free(line);
	}
}
END_TEST

static const struct {
	const char *stamp;
	int64_t time;
} stamps[] = {
	{ "Mar 20 09:00:00", 1773997200 },
	{ "Mar  1 09:00:00", 1772355600 },
	{ "Mar 21 09:00:00", 1774083600 }, /* a day ahead: a fast clock */
	{ "Mar 22 09:00:00", 1742634000 }, /* 2025 */
	{ "Dec 31 23:00:00", 1767222000 }, /* 2025 */
	{ "2026-03-20T09:00:00Z", 1773997200 },
	{ "2026-03-20T09:00:00.5+01:00", 1773993600 },
	{ "2026-03-20T09:00:00+0100", 1773993600 },
	{ "2026-03-20T09:00:00-9999", 0 },
	{ "postfix-1  | Mar 20 09:00:00", 1773997200 },
	{ "<22>Mar 20 09:00:00", 1773997200 },
	{ "2026-03-20T09:00:01Z stdout F Mar 20 09:00:00", 1773997200 },
	{ "Mrz 20 09:00:00", 0 },
	{ "Mar 32 09:00:00", 0 },
	{ "Mar 20 24:00:00", 0 },
	{ "Mar 20 09:00", 0 },
	{ "Mar 20 09-00-00", 0 },
	{ "", 0 },
};

START_TEST(finds_the_year_that_syslog_leaves_out)
{
	char line[128];
	struct maillog_event event;

	setenv("TZ", "UTC", 1);
	snprintf(line, sizeof(line), "%s mx postfix/qmgr[9]: 4ZxYq01: removed",
	    stamps[_i].stamp);
	event = read_line(span_str(line));
	ck_assert_int_eq(event.kind, MAILLOG_REMOVED);
	ck_assert_int_eq(event.time, stamps[_i].time);
}
END_TEST

static const struct {
	const char *pairs, *status;
} statuses[] = {
	{ "dsn=5.1.1, stat=User unknown", "5.1.1" },
	{ "dsn=5.1.1, reply=550 5.1.1 No such user, stat=User unknown",
	    "5.1.1" },
	{ "dsn=5.1.1, reply=550 5.7.1 We dislike you, stat=User unknown",
	    "5.7.1" },
	{ "dsn=5.1.1, reply=550 blocked, see a.example, stat=User unknown",
	    "5.0.0" },
	{ "dsn=5.2.0, reply=552-5.2.2 full, stat=Service unavailable",
	    "5.2.2" },
	{ "dsn=4.0.0, reply=read error from a., stat=Deferred: reset",
	    "4.0.0" },
	{ "dsn=5.1.2, stat=Host unknown (Name server: a.: host not found)",
	    "5.1.2" },
};

START_TEST(what_the_server_replied_counts)
{
	char line[200], code[BOUNCE_STATUS_SIZE];

	snprintf(line, sizeof(line),
	    "Mar 20 09:00:00 mx sm-mta[9]: 2KA9i5xx000123: to=<anna@x.org>, "
	    "mailer=esmtp, %s",
	    statuses[_i].pairs);
	ck_assert_str_eq(
	    bounce_status_print(read_line(span_str(line)).status, code),
	    statuses[_i].status);
}
END_TEST

#define CASES (int)(sizeof(cases) / sizeof(*cases))

static Suite *
suite(void)
{
	Suite *all = suite_create("maillog");
	TCase *tests = tcase_create("maillog");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, reads_what_the_line_reports, 0, CASES);
	tcase_add_loop_test(tests, reads_any_cut_of_it, 0, CASES);
	tcase_add_loop_test(tests, what_the_server_replied_counts, 0,
	    (int)(sizeof(statuses) / sizeof(*statuses)));
	tcase_add_loop_test(tests, finds_the_year_that_syslog_leaves_out, 0,
	    (int)(sizeof(stamps) / sizeof(*stamps)));
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
