#include <ctype.h>

#include "milter/reply.h"
#include "tests/manual.h"
#include "tests/suite.h"

/* DESIGN section 7, by err code. */
static const struct {
	enum err_code code;
	enum reply_action action;
	const char *smtp, *enhanced;
} promised[] = {
	{ ERR_STORE, REPLY_TEMPFAIL, "451", "4.3.0" },
	{ ERR_KEY, REPLY_TEMPFAIL, "451", "4.3.0" },
	{ ERR_DEADLINE, REPLY_TEMPFAIL, "451", "4.3.0" },
	{ ERR_MEMORY, REPLY_TEMPFAIL, "451", "4.3.0" },
	{ ERR_TEMPLATE, REPLY_REJECT, "554", "5.6.0" },
	{ ERR_MISSING, REPLY_REJECT, "554", "5.6.0" },
	{ ERR_LIMIT, REPLY_REJECT, "554", "5.6.0" },
	{ ERR_AMBIGUOUS, REPLY_REJECT, "554", "5.6.0" },
	{ ERR_DECODE, REPLY_REJECT, "554", "5.6.0" },
	{ ERR_CAMPAIGN, REPLY_REJECT, "550", "5.7.1" },
	{ ERR_WINDOW, REPLY_REJECT, "550", "5.7.1" },
	{ ERR_MESSAGE_ID, REPLY_REJECT, "550", "5.6.0" },
	{ ERR_SUPPRESSED, REPLY_REJECT, "550", "5.7.1" },
	{ ERR_SIZE, REPLY_REJECT, "552", "5.3.4" },
	{ ERR_ABORT, REPLY_REJECT, "550", "5.7.1" },
	{ ERR_FROM, REPLY_REJECT, "550", "5.7.1" },
};

START_TEST(keeps_the_promises_of_the_design)
{
	const struct reply *reply = reply_for(promised[_i].code);

	ck_assert_int_eq(reply->action, promised[_i].action);
	ck_assert_str_eq(reply->smtp, promised[_i].smtp);
	ck_assert_str_eq(reply->enhanced, promised[_i].enhanced);
}
END_TEST

START_TEST(has_a_fitting_row_for_everything)
{
	const struct reply *reply = reply_for((unsigned)_i);
	char first = reply->action == REPLY_ACCEPT     ? '2'
		     : reply->action == REPLY_TEMPFAIL ? '4'
						       : '5';

	ck_assert_msg(reply->smtp != NULL, "no row %d", _i);
	ck_assert_int_eq(reply->smtp[0], first);
	ck_assert_int_eq(reply->enhanced[0], first);
	ck_assert_uint_eq(strlen(reply->smtp), 3);
	ck_assert_uint_gt(strlen(reply->text), 0);
	ck_assert_int_eq(reply->action == REPLY_ACCEPT, _i == ERR_NONE);
}
END_TEST

/* Its item begins with code and text; of a failure, the log's word follows. */
static bool
is_told(struct span list, unsigned occasion)
{
	const struct reply *reply = reply_for(occasion);
	const char *word = occasion < ERR_CODES ? err_word(occasion) : "";
	char head[200], last[60], more[60];
	struct span text;
	size_t at;

	snprintf(head, sizeof head, "\n.It Sy %s %s\n%s\n", reply->smtp,
	    reply->enhanced, reply->text);
	at = span_search(list, span_str(head));
	if (at == list.len)
		return false;
	text = span_from(list, at + strlen(head));
	text = span_first(text, span_search(text, SPAN("\n.br\n")) + 1);
	snprintf(last, sizeof last, " %s\n", word);
	snprintf(more, sizeof more, " %s ,", word);
	return *word == '\0' || manual_says(text, last) ||
	       manual_says(text, more);
}

/* Whether an earlier row is the same to the mail server. */
static bool
is_repeated(unsigned occasion)
{
	for (unsigned i = ERR_NONE + 1; i < occasion; i++)
		if (strcmp(reply_for(i)->text, reply_for(occasion)->text) == 0)
			return true;
	return false;
}

START_TEST(the_manual_tells_of_every_reply_and_no_other)
{
	unsigned replies = 0;
	struct buf manual;
	struct span list;

	manual_read("conf/man/inlayd.8", &manual);
	list = manual_section(&manual, ".Sh REPLIES");
	for (unsigned i = ERR_NONE + 1; i < REPLIES; i++) {
		ck_assert_msg(is_told(list, i), "%s %s %s (%s)",
		    reply_for(i)->smtp, reply_for(i)->enhanced,
		    reply_for(i)->text, i < ERR_CODES ? err_word(i) : "");
		replies += !is_repeated(i);
	}
	ck_assert_uint_eq(manual_items(list, ""), replies);
	buf_deinit(&manual);
}
END_TEST

START_TEST(puts_off_second_recipients)
{
	const struct reply *reply = reply_for(REPLY_SECOND_RECIPIENT);

	ck_assert_str_eq(reply->smtp, "452");
	ck_assert_str_eq(reply->enhanced, "4.5.3");
	ck_assert_int_eq(reply->action, REPLY_TEMPFAIL);
}
END_TEST

START_TEST(names_the_place_of_a_template_error)
{
	struct err err = ERR_INIT;
	char text[500];

	err_at(&err, ERR_TEMPLATE, "text/html", 3, 14, "no filter upcas");
	ck_assert_str_eq(
	    reply_text(reply_for(err.code), &err, "4Q", text, sizeof text),
	    "Template error: text/html, line 3, column 14: no filter upcas");
}
END_TEST

/* A place that a value chose would tell the value. */
START_TEST(names_the_log_alone_of_what_failed_for_one_person)
{
	struct err err = ERR_INIT;
	char text[500];

	err_at(&err, ERR_MISSING, "text/html", 3, 14, "profile.name");
	err_personal(&err);
	ck_assert_str_eq(
	    reply_text(reply_for(err.code), &err, "4Q", text, sizeof text),
	    "Missing data (told in the log of 4Q)");
	ck_assert_str_eq(
	    reply_text(reply_for(err.code), &err, NULL, text, sizeof text),
	    "Missing data (told in the log)");
}
END_TEST

START_TEST(tells_nothing_of_the_inside)
{
	struct err err = ERR_INIT;
	char text[500];

	err_set(&err, ERR_KEY, "cannot open key file /etc/inlay/key.pem");
	ck_assert_str_eq(
	    reply_text(reply_for(err.code), &err, "4Q", text, sizeof text),
	    "The message cannot be signed now");
}
END_TEST

START_TEST(says_only_what_smtp_can_carry)
{
	struct err err = ERR_INIT;
	char text[1000], small[20];

	err_set(&err, ERR_TEMPLATE, "{%% x %%} Zo\xc3\xab \x01\x7f %0400d", 7);
	reply_text(reply_for(err.code), &err, "4Q", text, sizeof text);
	ck_assert_uint_le(strlen(text), 400);
	for (const char *c = text; *c; c++)
		ck_assert(*c >= ' ' && *c <= '~' && *c != '%');
	reply_text(reply_for(err.code), &err, "4Q", small, sizeof small);
	ck_assert_uint_eq(strlen(small), sizeof small - 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reply");
	TCase *tests = tcase_create("reply");

	tcase_add_loop_test(tests, keeps_the_promises_of_the_design, 0,
	    sizeof promised / sizeof promised[0]);
	tcase_add_loop_test(
	    tests, has_a_fitting_row_for_everything, 0, REPLIES);
	tcase_add_test(tests, the_manual_tells_of_every_reply_and_no_other);
	tcase_add_test(tests, puts_off_second_recipients);
	tcase_add_test(tests, names_the_place_of_a_template_error);
	tcase_add_test(
	    tests, names_the_log_alone_of_what_failed_for_one_person);
	tcase_add_test(tests, tells_nothing_of_the_inside);
	tcase_add_test(tests, says_only_what_smtp_can_carry);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
