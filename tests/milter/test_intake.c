#include "milter/intake.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

#define MEMORY ((size_t)1 << 20)
#define HEADER SPAN("X-Inlay-Campaign")

static struct intake intake;

static void
setup(void)
{
	intake_begin(
	    &intake, HEADER, arena_new(MEMORY), 200, "<news@shop.example>");
}

static void
teardown(void)
{
	intake_end(&intake);
}

static void
field(const char *name, const char *value)
{
	intake_field(&intake, span_str(name), span_str(value), false);
}

static void
expect(struct span bytes)
{
	ck_assert_msg(span_eq(buf_span(&intake.bytes), bytes), "<%.*s>",
	    SPAN_ARG(buf_span(&intake.bytes)));
	ck_assert_uint_eq(intake.size, bytes.len);
}

START_TEST(puts_a_message_together)
{
	field("Subject", " folded\n\tline");
	field("X-Inlay-Campaign", " spring");
	intake_header_end(&intake);
	intake_body(&intake, SPAN("one\r\n"));
	intake_body(&intake, SPAN("t\0o\r\n"));
	expect(SPAN("Subject: folded\r\n\tline\r\nX-Inlay-Campaign: spring\r\n"
		    "\r\none\r\nt\0o\r\n"));
	ck_assert(intake.has_campaign);
}
END_TEST

START_TEST(adds_the_blank_that_old_mail_servers_keep)
{
	intake_field(&intake, SPAN("To"), SPAN("a"), true);
	expect(SPAN("To: a\r\n"));
}
END_TEST

START_TEST(does_not_double_line_ends)
{
	field("A", " b\r\n c");
	expect(SPAN("A: b\r\n c\r\n"));
}
END_TEST

START_TEST(knows_the_campaign_header_however_written)
{
	field("x-INLAY-campaign ", " spring");
	ck_assert(intake.has_campaign);
}
END_TEST

START_TEST(drops_other_mail_as_soon_as_it_can)
{
	field("Subject", " x");
	intake_header_end(&intake);
	ck_assert_ptr_null(intake.arena);
	intake_body(&intake, SPAN("12345"));
	ck_assert_uint_eq(intake.size, strlen("Subject: x\r\n") + 5);
	ck_assert(!intake.out_of_memory);
}
END_TEST

START_TEST(watches_without_keeping_anything)
{
	struct intake watched;

	intake_watch(&watched, SPAN("X-Mailing"));
	intake_field(&watched, SPAN("X-Campaign-Id"), SPAN(" 1"), false);
	ck_assert(!watched.has_campaign);
	ck_assert(watched.has_former);
	intake_field(&watched, SPAN("x-mailing"), SPAN(" 1"), false);
	intake_header_end(&watched);
	intake_body(&watched, SPAN("12345"));
	ck_assert(watched.has_campaign);
	ck_assert_uint_eq(watched.bytes.len, 0);
	ck_assert_uint_eq(watched.size,
	    strlen("X-Campaign-Id: 1\r\nx-mailing: 1\r\n\r\n12345"));
	intake_end(&watched);
}
END_TEST

START_TEST(takes_addresses_out_of_their_brackets)
{
	static const char *const given[] = { "<a@b>", "a@b", "<>", "<", "",
		"<\"x>\"@b>" };
	static const char *const bare[] = { "a@b", "a@b", "", "<", "",
		"\"x>\"@b" };

	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
		ck_assert_int_eq(intake_recipient(&intake, given[i]), 0);
		ck_assert(span_eq(intake.recipient, span_str(bare[i])));
	}
	ck_assert(span_eq(intake.sender, SPAN("news@shop.example")));
}
END_TEST

START_TEST(stops_keeping_at_its_limit)
{
	char big[256];

	memset(big, 'x', sizeof big);
	field("X-Inlay-Campaign", " s");
	intake_header_end(&intake);
	ck_assert(!intake_oversize(&intake));
	intake_body(&intake, span_of(big, sizeof big));
	ck_assert(intake_oversize(&intake));
	ck_assert(!intake.out_of_memory);
	ck_assert_uint_le(intake.bytes.len, 200);
}
END_TEST

START_TEST(takes_a_message_of_exactly_its_limit)
{
	char rest[200];

	memset(rest, 'x', sizeof rest);
	field("X-Inlay-Campaign", " s");
	intake_header_end(&intake);
	intake_body(&intake, span_of(rest, 200 - intake.size));
	ck_assert(!intake_oversize(&intake));
	ck_assert(!intake.out_of_memory);
	ck_assert_uint_eq(intake.bytes.len, 200);
}
END_TEST

START_TEST(remembers_that_memory_was_out)
{
	for (size_t memory = 1; memory < 600; memory += 8) {
		struct intake small;

		intake_begin(
		    &small, HEADER, arena_new(memory), 100000, "<a@b>");
		for (unsigned i = 0; i < 100; i++)
			intake_field(&small, SPAN("X-Inlay-Campaign"),
			    SPAN(" s"), false);
		intake_header_end(&small);
		intake_body(&small, SPAN("x"));
		ck_assert(small.out_of_memory);
		intake_end(&small);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intake");
	TCase *tests = tcase_create("intake");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, puts_a_message_together);
	tcase_add_test(tests, adds_the_blank_that_old_mail_servers_keep);
	tcase_add_test(tests, does_not_double_line_ends);
	tcase_add_test(tests, knows_the_campaign_header_however_written);
	tcase_add_test(tests, drops_other_mail_as_soon_as_it_can);
	tcase_add_test(tests, watches_without_keeping_anything);
	tcase_add_test(tests, takes_addresses_out_of_their_brackets);
	tcase_add_test(tests, stops_keeping_at_its_limit);
	tcase_add_test(tests, takes_a_message_of_exactly_its_limit);
	tcase_add_test(tests, remembers_that_memory_was_out);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
