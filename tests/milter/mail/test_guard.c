#include "milter/mail/guard.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

/* Ends the walk at the first tag and says where it was. */
static int
find_tag(void *context, const char *where, struct span utf8)
{
	if (span_search(utf8, SPAN("{{")) == utf8.len)
		return 0;
	snprintf(context, 100, "%s", where);
	return 1;
}

#define MP "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"

static const struct {
	const char *bytes;
	const char *where; /* NULL: nothing is found */
} rows[] = {
	{ "Subject: x\r\n\r\ntext\r\n", NULL },
	{ "Subject: {{ x }}\r\n\r\ntext\r\n", "header Subject" },
	{ "X-A: =?utf-8?q?=7B=7B_x?=\r\n\r\ntext\r\n", "header X-A" },
	{ "To: =?utf-8?b?e3sgeCB9fQ==?= <a@b>\r\n\r\n", "header To" },
	{ "Subject: x\r\n\r\n{{ x }}\r\n", "text/plain" },
	{ "Content-Transfer-Encoding: base64\r\n\r\ne3sgeCB9fQ==\r\n",
	    "text/plain" },
	{ MP "\r\n{=\r\n--b\r\nContent-Transfer-Encoding: "
	     "quoted-printable\r\n\r\n{=\r\n{ x }}\r\n--b--",
	    "text/plain (part 2)" },
	{ MP "Content-Description: {{ x }}\r\n\r\ntext\r\n--b--",
	    "text/plain header Content-Description" },
	{ "Subject: x\r\n\r\n\xff {{ x }}\r\n", "text/plain" },
	{ "Subject: \xff {{ x }}\r\n\r\n", "header Subject" },
	/* not ours */
	{ MP "Content-Type: message/rfc822\r\n\r\nSubject: {{ x }}\r\n\r\n"
	     "{{ x }}\r\n--b--",
	    NULL },
	{ MP "Content-Disposition: attachment\r\n\r\n{{ x }}\r\n--b--", NULL },
};

START_TEST(the_guard_sees_what_a_reader_would)
{
	char where[100] = "";
	int found =
	    guard_walk(span_str(rows[_i].bytes), arena, find_tag, where, &err);

	ck_assert_int_eq(found, rows[_i].where != NULL);
	ck_assert_str_eq(where, rows[_i].where ? rows[_i].where : "");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("guard");
	TCase *tcase = kit_case(suite, "guard");

	tcase_add_loop_test(tcase, the_guard_sees_what_a_reader_would, 0,
	    sizeof rows / sizeof rows[0]);
	return suite_run(suite);
}
