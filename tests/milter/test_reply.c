#include <ctype.h>

#include "milter/reply.h"
#include "tests/milter/kit_daemon.h"
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
};

START_TEST(keeps_the_promises_of_the_design)
{
	const struct reply *reply = reply_for(promised[_i].code);

	ck_assert_int_eq(reply->action, promised[_i].action);
	ck_assert_str_eq(reply->smtp, promised[_i].smtp);
	ck_assert_str_eq(reply->enhanced, promised[_i].enhanced);
}
END_TEST

START_TEST(has_a_fitting_row_for_every_code)
{
	const struct reply *reply = reply_for((enum err_code)_i);
	char first = reply->action == REPLY_ACCEPT     ? '2'
		     : reply->action == REPLY_TEMPFAIL ? '4'
						       : '5';

	ck_assert_int_eq(reply->code, _i);
	ck_assert_int_eq(reply->smtp[0], first);
	ck_assert_int_eq(reply->enhanced[0], first);
	ck_assert_uint_eq(strlen(reply->smtp), 3);
	ck_assert_uint_gt(strlen(reply->text), 0);
	ck_assert_int_eq(reply->action == REPLY_ACCEPT, _i == ERR_NONE);
}
END_TEST

START_TEST(puts_off_second_recipients)
{
	ck_assert_str_eq(reply_second_recipient.smtp, "452");
	ck_assert_str_eq(reply_second_recipient.enhanced, "4.5.3");
	ck_assert_int_eq(reply_second_recipient.action, REPLY_TEMPFAIL);
}
END_TEST

START_TEST(names_the_place_of_a_template_error)
{
	struct err err = ERR_INIT;
	char text[500];

	err_at(&err, ERR_TEMPLATE, "part 1.2", 3, 14, "no filter upcas");
	ck_assert_str_eq(
	    reply_text(reply_for(err.code), &err, text, sizeof text),
	    "Template error: part 1.2:3:14: no filter upcas");
}
END_TEST

START_TEST(tells_nothing_of_the_inside)
{
	struct err err = ERR_INIT;
	char text[500];

	err_set(&err, ERR_KEY, "cannot open key file /etc/inlay/key.pem");
	ck_assert_str_eq(
	    reply_text(reply_for(err.code), &err, text, sizeof text),
	    "The message cannot be signed now");
}
END_TEST

START_TEST(says_only_what_smtp_can_carry)
{
	struct err err = ERR_INIT;
	char text[1000], small[20];

	err_set(&err, ERR_TEMPLATE, "{%% x %%} Zo\xc3\xab \x01\x7f %0400d", 7);
	reply_text(reply_for(err.code), &err, text, sizeof text);
	ck_assert_uint_le(strlen(text), 400);
	for (const char *c = text; *c; c++)
		ck_assert(*c >= ' ' && *c <= '~' && *c != '%');
	reply_text(reply_for(err.code), &err, small, sizeof small);
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
	    tests, has_a_fitting_row_for_every_code, 0, ERR_CODES);
	tcase_add_test(tests, puts_off_second_recipients);
	tcase_add_test(tests, names_the_place_of_a_template_error);
	tcase_add_test(tests, tells_nothing_of_the_inside);
	tcase_add_test(tests, says_only_what_smtp_can_carry);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
