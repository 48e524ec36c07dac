#include "milter/sign/raw_message.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

static const struct {
	struct span from;
	const char *domain;
} froms[] = {
	{ TEXT("From: a@b.example\r\n"), "b.example" },
	{ TEXT("From: a@b.example (comment@x.example)\r\n"), "b.example" },
	{ TEXT("From: (c@x.example) a@b.example\r\n"), "b.example" },
	{ TEXT("FROM : \"x@y.example\" <a@b.example>\r\n"), "b.example" },
	{ TEXT("From: x@y.example <a@b.example>\r\n"), "b.example" },
	{ TEXT("From: A\r\n <a@b.example>, c@d.example\r\n"), "b.example" },
	{ TEXT("From: a@b.example, c@d.example\r\n"), "b.example" },
	{ TEXT("From: \"a@x\"@b.example\r\n"), "b.example" },
	{ TEXT("To: a@x.example\r\nFrom: a@b.example\r\n"), "b.example" },
	{ TEXT("From: nobody\r\n"), NULL },
	{ TEXT("From: \"unclosed@b.example\r\n"), NULL },
	{ TEXT("From: a@\r\n"), NULL },
	{ TEXT("To: a@b.example\r\n"), NULL },
	{ TEXT("\r\nFrom: a@b.example\r\n"), NULL },
	{ TEXT(""), NULL },
};

START_TEST(finds_the_domain_of_the_author)
{
	struct span domain = SPAN_NONE;
	int found = raw_message_author_domain(froms[_i].from, &domain);

	ck_assert_int_eq(found, froms[_i].domain != NULL);
	if (found)
		ck_assert_msg(span_eq(domain, span_str(froms[_i].domain)),
		    "%.*s", SPAN_ARG(domain));
}
END_TEST

START_TEST(finds_it_in_headers_cut_anywhere)
{
	struct span text =
	    SPAN("From: \"x\\\"y\" (a \\) (b)) <a@b.example>\r\n");
	struct span domain;

	for (size_t cut = 0; cut <= text.len; cut++)
		raw_message_author_domain(span_first(text, cut), &domain);
}
END_TEST

START_TEST(goes_through_fields_and_stops_at_the_body)
{
	static const char *const fields[] = { "A: b\r\n c", "D:", "e" };
	struct span rest = SPAN("A: b\r\n c\r\nD:\r\ne\n\r\nbody\r\n\r\n");
	struct span field;

	ck_assert(span_eq(raw_message_body(rest), SPAN("body\r\n\r\n")));
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_int_eq(raw_message_field(&rest, &field), 1);
		ck_assert(span_eq(field, span_str(fields[i])));
	}
	ck_assert_int_eq(raw_message_field(&rest, &field), 0);
	ck_assert(span_eq(rest, SPAN("body\r\n\r\n")));
}
END_TEST

START_TEST(has_no_body_where_there_is_none)
{
	ck_assert_uint_eq(raw_message_body(SPAN("A: b")).len, 0);
	ck_assert_uint_eq(raw_message_body(SPAN("")).len, 0);
	ck_assert_uint_eq(raw_message_body(SPAN("A: b\r\n\r\n")).len, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("peek");
	TCase *tests = tcase_create("peek");

	tcase_add_loop_test(tests, finds_the_domain_of_the_author, 0,
	    sizeof froms / sizeof froms[0]);
	tcase_add_test(tests, finds_it_in_headers_cut_anywhere);
	tcase_add_test(tests, goes_through_fields_and_stops_at_the_body);
	tcase_add_test(tests, has_no_body_where_there_is_none);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
