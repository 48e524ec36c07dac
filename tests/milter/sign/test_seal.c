#include "milter/sign/seal.h"
#include "store/base/buf.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

#define NOW ((int64_t)1800000000)
#define WEEK ((int64_t)604800)

static struct arena *arena;
static struct err err;
static struct secret one[1];
static struct secrets secrets;
static struct span covered;

static const char template[] =
    "From: Shop <news@shop.example>\r\nTo: customers:;\r\n"
    "Subject: News for\r\n you\r\nMessage-ID: <1@shop.example>\r\n"
    "X-Inlay-Campaign: spring\r\n%s\r\nHello {{ profile.name }}\r\n";

static void
setup(void)
{
	arena = arena_new(1 << 20);
	err_clear(&err);
	one[0] = (struct secret){ SPAN("k1"), SPAN("0123456789abcdef") };
	secrets = (struct secrets){ one, 1 };
}

static void
teardown(void)
{
	arena_free(&arena);
}

/* The template with its seal and what else stands in the header. */
static struct span
sealed(const char *more)
{
	struct buf bare, whole, field;
	struct span value;

	buf_init(&bare, arena, 4096);
	buf_printf(&bare, template, "");
	ck_assert_int_eq(seal_make(&secrets, SPAN("X-Inlay-Campaign"),
			     buf_span(&bare), NOW, arena, &value, &err),
	    0);
	buf_init(&field, arena, 4096);
	buf_printf(&field, "X-Inlay-Seal: %.*s\r\n%s", SPAN_ARG(value), more);
	buf_init(&whole, arena, 4096);
	buf_printf(&whole, template, buf_cstr(&field));
	return buf_span(&whole);
}

static int
check_at(struct span message, int64_t now)
{
	err_clear(&err);
	return seal_check(&secrets, SPAN("X-Inlay-Campaign"), message, now,
	    WEEK, arena, &covered, &err);
}

START_TEST(knows_what_it_sealed)
{
	ck_assert_int_eq(check_at(sealed(""), NOW), 1);
	ck_assert_int_eq(check_at(sealed(""), NOW + WEEK), 1);
}
END_TEST

START_TEST(bears_what_mail_servers_add)
{
	ck_assert_int_eq(check_at(sealed("Received: from a by b; now\r\n"
					 "Date: Thu, 1 Jan 2026\r\n"),
			     NOW),
	    1);
}
END_TEST

START_TEST(grows_old_and_is_not_of_the_future)
{
	ck_assert_int_eq(check_at(sealed(""), NOW + WEEK + 1), 0);
	ck_assert_int_eq(check_at(sealed(""), NOW - 301), 0);
	ck_assert_int_eq(err.code, ERR_AUTH);
}
END_TEST

START_TEST(does_not_fit_an_altered_message)
{
	static const char *const marks[] = { "Shop", "customers", "News",
		"1@shop", "spring", "Hello" };

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct span message = sealed("");
		size_t at = span_search(message, span_str(marks[i]));

		ck_assert_uint_lt(at, message.len);
		((char *)(uintptr_t)message.at)[at] ^= 1;
		ck_assert_int_eq(check_at(message, NOW), 0);
		ck_assert_str_eq(
		    err.text, "X-Inlay-Seal does not fit the message");
	}
}
END_TEST

static const struct {
	const char *more;
	const char *says;
} additions[] = {
	{ "X-Inlay-Seal: v=1\r\n", "two X-Inlay-Seal" },
	{ "From: evil@shop.example\r\n", "From stands twice" },
	{ "subject: other\r\n", "Subject stands twice" },
	{ "X-INLAY-CAMPAIGN: other\r\n", "X-Inlay-Campaign stands twice" },
};

START_TEST(refuses_doubled_headers)
{
	ck_assert_int_eq(check_at(sealed(additions[_i].more), NOW), 0);
	ck_assert_str_eq(err.text, additions[_i].says);
}
END_TEST

START_TEST(says_what_it_covers)
{
	ck_assert_int_eq(
	    check_at(sealed("Reply-To: x@evil.example\r\n"), NOW), 1);
	ck_assert(span_eq(covered,
	    SPAN("From:To:Subject:Message-ID:X-Inlay-Campaign:MIME-Version:"
		 "Content-Type:Content-Transfer-Encoding")));
}
END_TEST

/* What stands in the header when the seal is made is covered, each time. */
START_TEST(covers_what_was_there)
{
	const char *more = "X-Two: 1\r\nReceived: from a by b\r\nX-Two: 2\r\n";
	struct span message, value;
	struct buf text;
	size_t at;

	buf_init(&text, arena, 4096);
	buf_printf(&text, template, more);
	ck_assert_int_eq(seal_make(&secrets, SPAN("X-Inlay-Campaign"),
			     buf_span(&text), NOW, arena, &value, &err),
	    0);
	buf_init(&text, arena, 4096);
	buf_printf(&text, "X-Inlay-Seal: %.*s\r\n", SPAN_ARG(value));
	buf_printf(&text, template, more);
	message = buf_span(&text);
	ck_assert_int_eq(check_at(message, NOW), 1);
	ck_assert(span_ends(covered, SPAN(":X-Two:X-Two")));
	at = span_search(message, SPAN("X-Two: 1"));
	((char *)(uintptr_t)message.at)[at + 7] = '3';
	ck_assert_int_eq(check_at(message, NOW), 0);
	ck_assert_str_eq(err.text, "X-Inlay-Seal does not fit the message");
}
END_TEST

START_TEST(refuses_the_first_version_and_endless_lists)
{
	struct buf text;

	buf_init(&text, arena, 4096);
	buf_printf(&text, template, "X-Inlay-Seal: v=1; k=k1; t=1; b=x\r\n");
	ck_assert_int_eq(check_at(buf_span(&text), NOW), 0);
	ck_assert_str_eq(
	    err.text, "X-Inlay-Seal is of version 1, which covers too little");
	buf_init(&text, arena, 4096);
	buf_str(&text, "X-Inlay-Seal: v=2; k=k1; t=1; b=");
	for (unsigned i = 0; i < 44; i++)
		buf_byte(&text, 'A');
	buf_str(&text, "; h=a");
	for (unsigned i = 0; i < 200; i++)
		buf_str(&text, ":a");
	buf_printf(&text, "\r\n");
	buf_printf(&text, template, "");
	ck_assert_int_eq(check_at(buf_span(&text), NOW), 0);
	ck_assert_str_eq(err.text, "X-Inlay-Seal is malformed");
}
END_TEST

START_TEST(refuses_mail_without_a_seal)
{
	struct buf bare;

	buf_init(&bare, arena, 4096);
	buf_printf(&bare, template, "");
	ck_assert_int_eq(check_at(buf_span(&bare), NOW), 0);
	ck_assert_str_eq(err.text, "no X-Inlay-Seal");
}
END_TEST

START_TEST(refuses_the_seal_of_an_unknown_key)
{
	struct span message = sealed("");

	one[0].name = SPAN("k2");
	ck_assert_int_eq(check_at(message, NOW), 0);
	ck_assert_str_eq(err.text, "X-Inlay-Seal is of an unknown key");
}
END_TEST

START_TEST(refuses_a_message_cut_anywhere)
{
	struct span message = sealed("");

	/* The line end at the very end is nothing that was sealed. */
	for (size_t cut = 0; cut + 2 < message.len; cut++) {
		struct arena_mark mark = arena_mark(arena);

		ck_assert_int_eq(check_at(span_first(message, cut), NOW), 0);
		arena_rewind(arena, mark);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("seal");
	TCase *tests = tcase_create("seal");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, knows_what_it_sealed);
	tcase_add_test(tests, bears_what_mail_servers_add);
	tcase_add_test(tests, grows_old_and_is_not_of_the_future);
	tcase_add_test(tests, does_not_fit_an_altered_message);
	tcase_add_loop_test(tests, refuses_doubled_headers, 0,
	    sizeof additions / sizeof additions[0]);
	tcase_add_test(tests, says_what_it_covers);
	tcase_add_test(tests, covers_what_was_there);
	tcase_add_test(tests, refuses_the_first_version_and_endless_lists);
	tcase_add_test(tests, refuses_mail_without_a_seal);
	tcase_add_test(tests, refuses_the_seal_of_an_unknown_key);
	tcase_add_test(tests, refuses_a_message_cut_anywhere);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
