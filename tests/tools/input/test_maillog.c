#include "tools/input/maillog.h"

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
};

START_TEST(reads_what_the_line_reports)
{
	struct maillog_event event =
	    maillog_read(span_str(cases[_i].line), NOW);
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
		maillog_read(span_of(line, cut), NOW);
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
	event = maillog_read(span_str(line), NOW);
	ck_assert_int_eq(event.kind, MAILLOG_REMOVED);
	ck_assert_int_eq(event.time, stamps[_i].time);
}
END_TEST

#define CASES (int)(sizeof(cases) / sizeof(*cases))

static Suite *
suite(void)
{
	Suite *all = suite_create("maillog");
	TCase *tests = tcase_create("maillog");

	tcase_add_loop_test(tests, reads_what_the_line_reports, 0, CASES);
	tcase_add_loop_test(tests, reads_any_cut_of_it, 0, CASES);
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
