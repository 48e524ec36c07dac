#include "tools/input/report.h"

#include <check.h>
#include <stdlib.h>

#include "tests/store/engine/memory.h"
#include "store/record/profile.h"
#include "tests/suite.h"
#include "tools/people/delivery_batch.h"

#define NOW 1790000000
#define TENANT SPAN("default")
#define MAIL_ID SPAN("<m1@shop.example>")

static struct engine *engine;
static struct arena *arena;
static struct delivery_batch *batch;
static struct err err;

/* Anna was shown something by the mail that the reports are about. */
static void
open_world(void)
{
	struct cli cli = { .tenant = TENANT };
	struct exposure exposure = { .time = NOW - 100,
		.campaign = SPAN("spring"),
		.topic = SPAN("outdoor"),
		.arm = SPAN("personal"),
		.channel = SPAN("email") };
	struct span address = SPAN("anna@example.org");
	struct message_key key =
	    message_key(TENANT, SPAN("spring"), MAIL_ID, address);
	struct write write = { .key = record_key(TENANT, address),
		.kind = RECORD_HISTORY };
	struct history history = { .exposure_count = 0 };
	struct buf bytes;

	err_clear(&err);
	arena = arena_new((size_t)16 << 20);
	ck_assert_int_eq(memory_open(&engine, &err), 0);
	memcpy(exposure.tag, key.bytes, KEY_TAG);
	ck_assert_int_eq(history_append(&history, &exposure, arena, &err), 1);
	buf_init(&bytes, arena, 65536);
	ck_assert_int_eq(history_encode(&history, arena, &bytes, &err), 0);
	write.bytes = buf_span(&bytes);
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	cli.engine = engine;
	batch = delivery_batch_new(&cli);
	ck_assert_ptr_nonnull(batch);
}

static void
close_world(void)
{
	delivery_batch_free(&batch);
	engine_close(&engine);
	arena_free(&arena);
}

static void
look(struct history *history, struct profile *profile)
{
	struct record_key key = record_key(TENANT, SPAN("anna@example.org"));
	struct record record;

	*profile = (struct profile){ .suppressed = false };
	ck_assert_int_eq(engine_get(engine, &key, arena, &record, &err), 1);
	ck_assert_int_eq(history_decode(record.values[RECORD_HISTORY].bytes,
			     arena, history, &err),
	    0);
	if (record.values[RECORD_PROFILE].version != 0)
		ck_assert_int_eq(
		    profile_decode(record.values[RECORD_PROFILE].bytes, arena,
			profile, &err),
		    0);
}

static enum exposure_state
state_now(void)
{
	struct history history;
	struct profile profile;

	look(&history, &profile);
	return history.exposures[0].state;
}

#define REPORT(type) \
	"From: mailer@mx.example\r\nMIME-Version: 1.0\r\n" \
	"Content-Type: multipart/report; report-type=" type \
	"; boundary=b\r\n\r\n--b\r\n\r\nIn words.\r\n--b\r\n"
#define STATUS(action, status) \
	REPORT("delivery-status") \
	"Content-Type: message/delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; mx.example\r\n\r\n" \
	"Final-Recipient: rfc822; Anna@Example.ORG\r\n" \
	"Action: " action "\r\nStatus: " status "\r\n"
#define ORIGINAL(id) \
	"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" \
	"From: news@shop.example\r\nTo: Anna <anna@example.org>\r\n" \
	"Message-ID: " id "\r\n\r\nHi\r\n--b--\r\n"
#define HEADERS(id) \
	"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" \
	"Message-ID: " id "\r\n--b--\r\n"
#define FEEDBACK(kind) \
	REPORT("feedback-report") \
	"Content-Type: message/feedback-report\r\n\r\n" \
	"Feedback-Type: " kind "\r\nUser-Agent: x/1\r\nVersion: 1\r\n"

static int
report(const char *text)
{
	struct report_news *news;
	int is_report = report_read(span_str(text), arena, &news, &err);

	for (; is_report == 1 && news; news = news->next) {
		struct delivery_news told = { news->message_id, news->recipient,
			news->or_else, news->state, news->status, NOW };

		ck_assert_int_eq(delivery_batch_add(batch, &told, &err), 0);
	}
	ck_assert_msg(delivery_batch_flush(batch, &err) == 0, "%s", err.text);
	return is_report;
}

/* The same parts, encoded as gateways do it against RFC 2046 5.2.1. */
#define ENCODED(type, encoding) \
	"\r\n--b\r\nContent-Type: " type "\r\n" \
	"Content-Transfer-Encoding: " encoding "\r\n\r\n"
#define BASE64_STATUS \
	REPORT("delivery-status") \
	ENCODED("message/delivery-status", "base64") \
	"UmVwb3J0aW5nLU1UQTogZG5zOyBteC5leGFtcGxlCgpGaW5hbC1SZW" \
	"NpcGllbnQ6IHJmYzgyMjsg\r\n" \
	"YW5uYUBleGFtcGxlLm9yZwpBY3Rpb246IGZhaWxlZApTdGF0dXM6ID" \
	"UuMS4xCg==\r\n" \
	""
#define BASE64_ORIGINAL \
	ENCODED("message/rfc822", "base64") \
	"RnJvbTogbmV3c0BzaG9wLmV4YW1wbGUKVG86IEFubmEgPGFubmFAZXhhbXBsZS5vcmc+" \
	"Ck1lc3Nh\r\n" \
	"Z2UtSUQ6IDxtMUBzaG9wLmV4YW1wbGU+CgpIaQo=\r\n" \
	"--b--\r\n"
#define QUOTED_HEADERS \
	ENCODED("text/rfc822-headers", "quoted-printable") \
	"To: anna=40example.org\r\nMessage-ID: <m1@shop.=\r\nexample>\r\n" \
	"--b--\r\n"
/* RFC 6533 */
#define GLOBAL_STATUS(recipient) \
	REPORT("global-delivery-status") \
	"Content-Type: message/global-delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; mx.example\r\n\r\n" \
	"Final-Recipient: utf-8; " recipient "\r\n" \
	"Action: failed\r\nStatus: 5.1.1\r\n"
#define GLOBAL_HEADERS \
	"\r\n--b\r\nContent-Type: message/global-headers\r\n\r\n" \
	"Message-ID: <m1@shop.example>\r\n--b--\r\n"
#define FORWARDED(to) \
	REPORT("delivery-status") \
	"Content-Type: message/delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; mx.example\r\n\r\n" \
	"Final-Recipient: rfc822; private@elsewhere.example\r\n" \
	"Action: failed\r\nStatus: 5.1.1\r\n" \
	"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" \
	"To: " to "\r\nMessage-ID: <m1@shop.example>\r\n--b--\r\n"

struct told {
	const char *text;
	enum exposure_state state;
};

static const struct told statuses[] = {
	{ STATUS("failed", "5.1.1") ORIGINAL("<m1@shop.example>"),
	    EXPOSURE_BOUNCED },
	{ STATUS("failed", "4.4.7") ORIGINAL("<m1@shop.example>"),
	    EXPOSURE_FAILED },
	{ STATUS("delivered", "2.0.0") HEADERS("<m1@shop.example>"),
	    EXPOSURE_DELIVERED },
	{ STATUS("delayed", "4.0.0") ORIGINAL("<m1@shop.example>"),
	    EXPOSURE_RESERVED },
	{ STATUS("failed", "5.1.1") ORIGINAL("<other@shop.example>"),
	    EXPOSURE_RESERVED },
	{ STATUS("failed", "5.1.1"), EXPOSURE_RESERVED },
	{ STATUS("failed", "5.1.1") QUOTED_HEADERS, EXPOSURE_BOUNCED },
	{ STATUS("failed", "5.1.1") BASE64_ORIGINAL, EXPOSURE_BOUNCED },
	{ BASE64_STATUS BASE64_ORIGINAL, EXPOSURE_BOUNCED },
	{ GLOBAL_STATUS("anna@example.org") GLOBAL_HEADERS, EXPOSURE_BOUNCED },
	{ GLOBAL_STATUS("\\x{61}nn\\x{61}@example.org") GLOBAL_HEADERS,
	    EXPOSURE_BOUNCED },
	{ GLOBAL_STATUS("\\x{110000}anna@example.org") GLOBAL_HEADERS,
	    EXPOSURE_RESERVED },
	{ FORWARDED("Anna <anna@example.org>"), EXPOSURE_BOUNCED },
	{ FORWARDED("anna@example.org, b@example.org"), EXPOSURE_RESERVED },
	{ FORWARDED("b@example.org"), EXPOSURE_RESERVED },
};

START_TEST(moves_the_state_as_the_notification_says)
{
	ck_assert_int_ge(report(statuses[_i].text), 0);
	ck_assert_int_eq(state_now(), statuses[_i].state);
}
END_TEST

static const struct {
	const char *text, *status; /* that is noted, or "" */
} bounces[] = {
	{ STATUS("failed", "5.1.1") ORIGINAL("<m1@shop.example>"), "5.1.1" },
	{ STATUS("failed", "5.1.1 (unknown)") HEADERS("<m1@shop.example>"),
	    "5.1.1" },
	{ STATUS("failed", "4.2.2") ORIGINAL("<m1@shop.example>"), "4.2.2" },
	{ FORWARDED("Anna <anna@example.org>"), "5.1.1" },
	{ STATUS("failed", "5.7.1") ORIGINAL("<m1@shop.example>"), "" },
	{ STATUS("delayed", "4.2.2") ORIGINAL("<m1@shop.example>"), "" },
	/* a Status without a reason: the one that was passed on */
	{ STATUS("failed", "5.0.0\r\nDiagnostic-Code: smtp; 550 5.1.1 "
			   "<anna@example.org>: unknown")
		ORIGINAL("<m1@shop.example>"),
	    "5.1.1" },
	{ STATUS("failed", "5.0.0\r\nDiagnostic-Code: smtp;\r\n "
			   "552-5.2.2 full") ORIGINAL("<m1@shop.example>"),
	    "5.2.2" },
	{ STATUS("failed", "\r\nDiagnostic-Code: smtp; 550 5.2.1 closed")
		ORIGINAL("<m1@shop.example>"),
	    "5.2.1" },
	{ STATUS("failed", "5.0.0\r\nDiagnostic-Code: smtp; 550 go away")
		ORIGINAL("<m1@shop.example>"),
	    "5.0.0" },
	{ STATUS("failed", "5.0.0\r\nDiagnostic-Code: x-unix; 5.1.1")
		ORIGINAL("<m1@shop.example>"),
	    "5.0.0" },
	{ STATUS("failed", "5.1.1\r\nDiagnostic-Code: smtp; 550 go away")
		ORIGINAL("<m1@shop.example>"),
	    "5.1.1" },
	/* sendmail's, of a server that offers no such codes and writes one */
	{ STATUS("failed", "5.1.1\r\nDiagnostic-Code: SMTP; 550 5.7.1 no")
		ORIGINAL("<m1@shop.example>"),
	    "" },
	{ STATUS("delivered", "5.1.1") ORIGINAL("<m1@shop.example>"), "" },
	{ STATUS("failed", "5.1.1") ORIGINAL("<other@shop.example>"), "" },
	/* of a holiday, and of somebody who wants to see a human first: they
	 * return the mail, and speak of failures */
	{ "From: anna@example.org\r\nAuto-Submitted: auto-replied\r\n"
	  "Subject: Undelivered? I am away\r\nMIME-Version: 1.0\r\n"
	  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
	  "Action: failed\r\nStatus: 5.1.1\r\n" ORIGINAL("<m1@shop.example>"),
	    "" },
	{ "From: anna@example.org\r\nX-Failed-Recipients: "
	  "anna@example.org\r\nSubject: Please confirm your mail\r\n"
	  "In-Reply-To: <m1@shop.example>\r\n\r\n550 5.1.1 confirm first\r\n",
	    "" },
	{ REPORT("disposition-notification") "Content-Type: "
					     "message/"
					     "disposition-notification\r\n\r\n"
					     "Final-Recipient: rfc822; "
					     "anna@example.org\r\n"
					     "Action: failed\r\nStatus: "
					     "5.1.1\r\n" ORIGINAL(
						 "<m1@shop.example>"),
	    "" },
	/* a notification that somebody passes on is no notification */
	{ "From: anna@example.org\r\nMIME-Version: 1.0\r\n"
	  "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	  "Content-Type: message/delivery-status\r\n\r\n"
	  "Reporting-MTA: dns; mx.example\r\n\r\n"
	  "Final-Recipient: rfc822; anna@example.org\r\n"
	  "Action: failed\r\nStatus: 5.1.1\r\n" ORIGINAL("<m1@shop.example>"),
	    "" },
};

START_TEST(notes_what_says_something_of_the_address)
{
	char status[BOUNCE_STATUS_SIZE];
	struct history history;
	struct profile profile;
	bool noted = bounces[_i].status[0] != '\0';

	for (int i = 0; i < 2; i++)
		ck_assert_int_ge(report(bounces[_i].text), 0);
	look(&history, &profile);
	ck_assert_uint_eq(profile.bounce_count, noted);
	ck_assert_uint_eq(delivery_batch_counted(batch)->bounces, noted);
	if (!noted)
		return;
	ck_assert_str_eq(bounce_status_print(profile.bounces[0].status, status),
	    bounces[_i].status);
	/* The day of the mailing, not that of the report. */
	ck_assert_int_eq(profile.bounces[0].day, (NOW - 100) / 86400);
	ck_assert(!profile.suppressed);
}
END_TEST

START_TEST(counts_the_same_report_once)
{
	ck_assert_int_eq(report(statuses[0].text), 1);
	ck_assert_int_eq(report(statuses[0].text), 1);
	ck_assert_uint_eq(
	    delivery_batch_counted(batch)->changed[EXPOSURE_BOUNCED], 1);
	ck_assert_uint_eq(delivery_batch_counted(batch)->known, 1);
}
END_TEST

START_TEST(takes_a_complaint_as_an_answer_and_a_no)
{
	struct history history;
	struct profile profile;

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
		    report(FEEDBACK("abuse") ORIGINAL("<m1@shop.example>")), 1);
	look(&history, &profile);
	ck_assert_uint_eq(history.response_count, 1);
	ck_assert(span_eq(history.responses[0].type, SPAN("complaint")));
	ck_assert(profile.suppressed);
	ck_assert_uint_eq(delivery_batch_counted(batch)->complaints, 1);
}
END_TEST

/* Outlook's feedback loop sends no report of RFC 5965. */
#define OUTLOOK(field) \
	"From: staff@hotmail.com\r\nSubject: complaint about message\r\n" \
	"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n" \
	"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" field \
	"To: undisclosed\r\nMessage-ID: <m1@shop.example>\r\n\r\n--b--\r\n"

START_TEST(takes_a_complaint_in_the_form_of_outlook)
{
	struct history history;
	struct profile profile;

	ck_assert_int_eq(report(OUTLOOK("")), 0);
	ck_assert_int_eq(
	    report(OUTLOOK("X-HmXmrOriginalRecipient: anna@example.org\r\n")),
	    1);
	look(&history, &profile);
	ck_assert(profile.suppressed);
	ck_assert_uint_eq(delivery_batch_counted(batch)->complaints, 1);
}
END_TEST

START_TEST(leaves_other_mail_alone)
{
	ck_assert_int_eq(
	    report("From: a@b.example\r\nSubject: hi\r\n\r\nhi\r\n"), 0);
	ck_assert_int_eq(state_now(), EXPOSURE_RESERVED);
}
END_TEST

START_TEST(survives_a_report_cut_at_any_byte)
{
	const char *text = statuses[0].text;

	for (size_t len = 0; len < strlen(text); len++) {
		struct arena *own = arena_new((size_t)1 << 20);
		struct report_news *news;

		ck_assert_int_ge(
		    report_read(span_of(text, len), own, &news, &err), 0);
		arena_free(&own);
	}
	ck_assert_int_eq(delivery_batch_flush(batch, &err), 0);
}
END_TEST

START_TEST(cuts_a_mailbox_into_its_messages)
{
	struct span rest =
	    SPAN("From a\nX: 1\n\nSee\nFrom me\n\nFrom b\nX: 2\n\n>From\n");
	struct span message;

	ck_assert_int_eq(mbox_next(&rest, &message), 1);
	ck_assert(span_eq(message, SPAN("X: 1\n\nSee\nFrom me\n\n")));
	ck_assert_int_eq(mbox_next(&rest, &message), 1);
	ck_assert(span_eq(message, SPAN("X: 2\n\n>From\n")));
	ck_assert_int_eq(mbox_next(&rest, &message), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("report");
	TCase *cases = tcase_create("report");

	tcase_add_checked_fixture(cases, open_world, close_world);
	tcase_add_loop_test(cases, moves_the_state_as_the_notification_says, 0,
	    sizeof statuses / sizeof statuses[0]);
	tcase_add_loop_test(cases, notes_what_says_something_of_the_address, 0,
	    sizeof bounces / sizeof bounces[0]);
	tcase_add_test(cases, counts_the_same_report_once);
	tcase_add_test(cases, takes_a_complaint_as_an_answer_and_a_no);
	tcase_add_test(cases, takes_a_complaint_in_the_form_of_outlook);
	tcase_add_test(cases, leaves_other_mail_alone);
	tcase_add_test(cases, survives_a_report_cut_at_any_byte);
	tcase_add_test(cases, cuts_a_mailbox_into_its_messages);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
