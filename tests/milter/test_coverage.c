#include "milter/coverage.h"
#include "milter/sign/sign.h"
#include "store/base/buf.h"
#include "tests/suite.h"

#include <check.h>
#include <stdio.h>

static struct arena *arena;
static struct err err;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	err_clear(&err);
}

static void
teardown(void)
{
	arena_free(&arena);
}

static const char covered[] =
    "from:to: Subject :message-id:x-inlay-campaign:content-type:x-tag";

static int
check(const char *more)
{
	struct buf text;

	buf_init(&text, arena, 4096);
	buf_printf(&text,
	    "Received: from a by b for {{ c }}\r\n%s"
	    "From: a@shop.example\r\nTo: {{ profile.name }}\r\n"
	    "Subject: {{ x }}\r\nMessage-ID: <1@x>\r\n"
	    "X-Inlay-Campaign: spring\r\nContent-Type: text/plain\r\n"
	    "X-Tag: {{ x }}\r\n\r\nText\r\n",
	    more);
	return coverage_check(buf_span(&text), span_str(covered),
	    SPAN("X-Inlay-Campaign"), sign_headers, arena, &err);
}

static const char *const harmless[] = { "", "Date: now\r\n",
	"DKIM-Signature: v=1; {{\r\n", "X-Mailer: { { %}\r\n",
	"Return-Path: <a@b>\r\n" };

START_TEST(lets_pass_what_mail_servers_add)
{
	ck_assert_int_eq(check(harmless[_i]), 1);
}
END_TEST

static const struct {
	const char *field;
	const char *name;
} additions[] = {
	{ "Reply-To: x@evil.example\r\n", "Reply-To" },
	{ "reply-to : x@evil.example\r\n", "reply-to" },
	{ "Sender: x@evil.example\r\n", "Sender" },
	{ "Cc: x@evil.example\r\n", "Cc" },
	{ "Bcc: x@evil.example\r\n", "Bcc" },
	{ "List-Unsubscribe: <https://evil.example>\r\n", "List-Unsubscribe" },
	{ "LIST-NEW: x\r\n", "LIST-NEW" },
	{ "Content-Disposition: attachment\r\n", "Content-Disposition" },
	{ "Content-Transfer-Encoding: base64\r\n",
	    "Content-Transfer-Encoding" },
	{ "Disposition-Notification-To: x@evil.example\r\n",
	    "Disposition-Notification-To" },
	{ "Return-Receipt-To: x@evil.example\r\n", "Return-Receipt-To" },
	{ "Errors-To: x@evil.example\r\n", "Errors-To" },
	{ "Mail-Followup-To: x@evil.example\r\n", "Mail-Followup-To" },
	{ "X-Confirm-Reading-To: x@evil.example\r\n", "X-Confirm-Reading-To" },
	{ "Resent-From: x@evil.example\r\n", "Resent-From" },
	{ "Feedback-ID: a:b:c:d\r\n", "Feedback-ID" },
	{ "X-Leak: {{ profile.secret }}\r\n", "X-Leak" },
	{ "X-Leak: a\r\n b {% if x %}\r\n", "X-Leak" },
	{ "X-Leak: %7B%7B profile.secret %7D%7D\r\n", "X-Leak" },
	{ "X-Leak: =?utf-8?q?=7B=7B_profile.secret_}}?=\r\n", "X-Leak" },
	{ "Date: {{ profile.secret }}\r\n", "Date" },
	/* one more than was covered */
	{ "X-Tag: {{ profile.secret }}\r\n", "X-Tag" },
	{ "X-Tag: nothing\r\n", "X-Tag" },
	{ "Subject: other\r\n", "Subject" },
	{ "X-Inlay-Campaign: other\r\n", "X-Inlay-Campaign" },
};

START_TEST(refuses_what_a_replay_adds)
{
	char want[128];

	snprintf(want, sizeof want, "the proof does not cover %s",
	    additions[_i].name);
	ck_assert_int_eq(check(additions[_i].field), 0);
	ck_assert_int_eq(err.code, ERR_AUTH);
	ck_assert_str_eq(err.text, want);
}
END_TEST

START_TEST(is_out_of_memory_in_a_clean_way)
{
	struct span message = SPAN("From: a@b\r\nTo: =?utf-8?q?a?=\r\n\r\n");
	int result = -1;

	for (size_t limit = 1; result < 0; limit += 64) {
		struct arena *small = arena_new(limit);

		if (small == NULL)
			continue;
		err_clear(&err);
		result = coverage_check(message, SPAN("from:to"),
		    SPAN("X-Inlay-Campaign"), sign_headers, small, &err);
		if (result < 0)
			ck_assert_int_eq(err.code, ERR_MEMORY);
		arena_free(&small);
	}
	ck_assert_int_eq(result, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("coverage");
	TCase *tests = tcase_create("coverage");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, lets_pass_what_mail_servers_add, 0,
	    sizeof harmless / sizeof harmless[0]);
	tcase_add_loop_test(tests, refuses_what_a_replay_adds, 0,
	    sizeof additions / sizeof additions[0]);
	tcase_add_test(tests, is_out_of_memory_in_a_clean_way);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
