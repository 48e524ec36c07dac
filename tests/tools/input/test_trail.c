#include "tools/input/trail.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

#define NOW 1774000000 /* 2026-03-20T09:46:40Z */
#define AT(second) "2026-03-20T09:00:0" second "Z mx "
#define FRONT(text) AT("1") "front/smtpd[1]: 4FRONT01: " text
#define HOP(text) AT("2") "postfix/smtpd[1]: 4HOP0001: " text

static const char *const server[] = {
	FRONT("client=localhost[127.0.0.1]"),
	FRONT("message-id=<m1@shop.example>"),
	FRONT("from=<news@shop.example>, size=9, nrcpt=2 (queue active)"),
	HOP("client=localhost[127.0.0.1]"),
	HOP("message-id=<m1@shop.example>"),
	HOP("from=<news@shop.example>, size=9, nrcpt=1 (queue active)"),
	AT("2") "onercpt/smtp[1]: 4FRONT01: to=<anna@x.org>, relay=l, "
		"dsn=2.0.0, status=sent (250 Ok: queued as 4HOP0001)",
	AT("2") "onercpt/smtp[1]: 4FRONT01: to=<ben@x.org>, relay=l, "
		"dsn=4.3.0, status=deferred (451 4.3.0 later)",
	AT("3") "postfix/smtp[1]: 4HOP0001: to=<anna@y.org>, "
		"orig_to=<anna@x.org>, relay=mx, dsn=2.0.0, "
		"status=sent (250 2.0.0 Ok)",
	AT("3") "postfix/qmgr[1]: 4HOP0001: removed",
	AT("4") "postfix/smtpd[1]: 4OTHER01: client=localhost[127.0.0.1]",
	AT("4") "postfix/cleanup[1]: 4OTHER01: message-id=<m2@shop.example>",
	AT("4") "postfix/smtp[1]: 4OTHER01: to=<carl@x.org>, relay=mx, "
		"dsn=2.0.0, status=sent (250 2.0.0 Ok)",
	AT("4") "postfix/qmgr[1]: 4OTHER01: removed",
	AT("5") "postfix/smtpd[1]: NOQUEUE: milter-reject: RCPT from "
		"l[127.0.0.1]: 550 5.7.1 no; from=<a@b> to=<dora@x.org> p=E",
	NULL,
};

static const char *const inlay[] = {
	"2026-03-20T09:00:02Z info id=4HOP0001 verdict=personalised "
	"reason=decided campaign=spring message_id=<m1@shop.example>",
	"2026-03-20T09:00:02Z warning event=recipient id=4HOP0001",
	"2026-03-20T09:00:02Z info id=4NONE001 verdict=personalised",
	NULL,
};

static struct trail *trail;
static struct trail_copy *copies;
static size_t count;
static bool more;
static struct err err;

static void
begin(struct trail_question question)
{
	trail = trail_new(&question);
	ck_assert_ptr_nonnull(trail);
}

static void
read_lines(const char *const *lines)
{
	for (; *lines != NULL; lines++)
		ck_assert_int_eq(
		    trail_line(trail, span_str(*lines), NOW, &err), 0);
}

static void
end(size_t most)
{
	ck_assert_int_eq(
	    trail_copies(trail, most, &copies, &count, &more, &err), 0);
}

/* "accepted queued …" of a copy, v for inlayd's line. */
static const char *
steps(const struct trail_copy *copy)
{
	static const char letters[] = "??amqrsbdex";
	static char text[64];

	for (size_t i = 0; i < copy->count; i++)
		text[i] = copy->steps[i]->verdict
			      ? 'v'
			      : letters[copy->steps[i]->kind];
	text[copy->count] = '\0';
	return text;
}

START_TEST(joins_hops_and_inlayds_line)
{
	begin((struct trail_question){ .address = SPAN("anna@x.org") });
	read_lines(server);
	read_lines(inlay);
	end(9);
	ck_assert_uint_eq(count, 1);
	ck_assert(span_eq(copies[0].message_id, SPAN("<m1@shop.example>")));
	ck_assert_str_eq(steps(&copies[0]), "aqavqssx");
}
END_TEST

START_TEST(reads_inlayds_log_again_where_it_came_first)
{
	begin((struct trail_question){ .address = SPAN("ANNA@x.org") });
	read_lines(inlay);
	read_lines(server);
	ck_assert(trail_wants_again(trail));
	read_lines(inlay);
	read_lines(server);
	ck_assert(!trail_wants_again(trail));
	end(9);
	ck_assert_str_eq(steps(&copies[0]), "aqavqssx");
	ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(tells_of_every_copy_of_a_mailing)
{
	begin(
	    (struct trail_question){ .message_id = SPAN("<m1@shop.example>") });
	read_lines(server);
	end(9);
	ck_assert_uint_eq(count, 2);
	ck_assert(span_eq(copies[1].to, SPAN("ben@x.org")));
	ck_assert_str_eq(steps(&copies[1]), "aqd");
	ck_assert(!more);
	end(1);
	ck_assert_uint_eq(count, 1);
	ck_assert(more);
}
END_TEST

START_TEST(a_word_may_be_either)
{
	begin((struct trail_question){ .either = true,
	    .address = SPAN("m2@shop.example"),
	    .message_id = SPAN("<m2@shop.example>") });
	read_lines(server);
	end(9);
	ck_assert_uint_eq(count, 1);
	ck_assert(span_eq(copies[0].to, SPAN("carl@x.org")));
}
END_TEST

START_TEST(tells_of_a_refusal_that_has_no_queue_file)
{
	begin((struct trail_question){ .address = SPAN("dora@x.org") });
	read_lines(server);
	end(9);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(steps(&copies[0]), "r");
	ck_assert(span_eq(copies[0].steps[0]->said, SPAN("550 5.7.1 no")));
}
END_TEST

START_TEST(passes_over_what_is_older_or_of_others)
{
	begin((struct trail_question){
	    .address = SPAN("carl@x.org"), .since = NOW });
	read_lines(server);
	end(9);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(any_cut_of_a_line_is_read)
{
	begin((struct trail_question){ .either = true,
	    .address = SPAN("anna@x.org"),
	    .message_id = SPAN("<m1@shop.example>") });
	for (size_t i = 0; server[i] != NULL; i++)
		for (size_t cut = strlen(server[i]) + 1; cut-- > 0;) {
			char *line = malloc(cut + 1);

			memcpy(line, server[i], cut);
			trail_line(trail, span_of(line, cut), NOW, &err);
			free(line);
		}
	read_lines(inlay);
	end(9);
}
END_TEST

static void
teardown(void)
{
	trail_free(&trail);
}

static Suite *
suite(void)
{
	Suite *suite = suite_create("trail");
	TCase *tests = tcase_create("trail");

	tcase_add_checked_fixture(tests, NULL, teardown);
	tcase_add_test(tests, joins_hops_and_inlayds_line);
	tcase_add_test(tests, reads_inlayds_log_again_where_it_came_first);
	tcase_add_test(tests, tells_of_every_copy_of_a_mailing);
	tcase_add_test(tests, a_word_may_be_either);
	tcase_add_test(tests, tells_of_a_refusal_that_has_no_queue_file);
	tcase_add_test(tests, passes_over_what_is_older_or_of_others);
	tcase_add_test(tests, any_cut_of_a_line_is_read);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
