#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

static void
keep_bytes(const char *path, struct span bytes)
{
	struct message *m = kit_parse(bytes);
	struct span out = kit_write(m, kit_rendering(m));

	ck_assert_msg(span_eq(out, bytes), "%s", path);
}

START_TEST(no_edit_keeps_every_byte)
{
	kit_each_file(keep_bytes);
}
END_TEST

static void
keep_cut_bytes(const char *path, struct span bytes)
{
	for (size_t n = 0; n <= bytes.len; n++) {
		struct span cut = span_first(bytes, n);
		struct arena_mark mark = arena_mark(arena);
		struct message *m = kit_parse(cut);
		struct buf parts;

		buf_init(&parts, arena, KIT_LIMIT);
		for (size_t i = 0; i < m->fields.count; i++)
			buf_add(&parts, m->fields.at[i].whole);
		buf_add(&parts, m->separator);
		buf_add(&parts, m->body);
		ck_assert_msg(
		    span_eq(buf_span(&parts), cut), "%s cut at %zu", path, n);
		arena_rewind(arena, mark);
	}
}

START_TEST(a_message_cut_at_any_byte_is_read_without_loss)
{
	kit_each_file(keep_cut_bytes);
}
END_TEST

static void
starve(const char *path, struct span bytes)
{
	bool done = false;

	for (size_t limit = 1; !done; limit += limit / 8 + 61) {
		struct arena *small = arena_new(limit);
		struct err e = ERR_INIT;
		struct rendering *rendering;
		struct message *m;
		struct buf out;

		ck_assert_msg(limit < KIT_LIMIT, "%s", path);
		buf_init(&out, small, KIT_LIMIT);
		done =
		    message_parse(bytes, &MESSAGE_LIMITS, small, &m, &e) == 0 &&
		    rendering_new(m, small, &rendering, &e) == 0 &&
		    message_write(m, rendering, &out, &e) == 0;
		if (!done)
			ck_assert_msg(
			    e.code == ERR_MEMORY || e.code == ERR_SIZE, "%s",
			    path);
		arena_free(&small);
	}
}

START_TEST(a_full_arena_is_a_clean_failure)
{
	kit_each_file(starve);
}
END_TEST

#define M(type) "Content-Type: " type "\r\n\r\n"
#define B "multipart/mixed; boundary=b"

static const struct {
	const char *bytes;
	const char *reason; /* NULL: not ambiguous */
} doubts[] = {
	{ M(B) "--b\r\n\r\nx\r\n--b--\r\n", NULL },
	{ M(B) "--b\r\n\r\nx\r\n", NULL }, /* no end: everybody agrees */
	{ M(B) "--b\r\n\r\nx\r\n--bb\r\n--b--\r\n", NULL },
	{ M(B) "--b \t\r\n\r\nx\r\n--b-- \r\n", NULL },
	{ M("multipart/mixed; boundary=(c)\"b\" (c)") "--b\r\n\r\n\r\n--b--",
	    NULL },
	{ M("multipart/mixed; boundary*0=a; boundary*1=b") "--ab\r\n\r\n\r\n--"
							   "ab--",
	    NULL },
	{ M("multipart/mixed; boundary=b; boundary=c") "--b\r\n\r\n\r\n--b--",
	    "two boundary parameters" },
	{ M("multipart/mixed; boundary=b; boundary*=us-ascii''c") "--"
								  "b\r\n\r\n\r"
								  "\n--b--",
	    "two boundary parameters" },
	{ M("multipart/mixed") "--b\r\n\r\n\r\n--b--",
	    "multipart without a boundary" },
	{ M("multipart/mixed; boundary=\"\"") "--\r\n\r\n\r\n----",
	    "empty boundary" },
	{ M("multipart/mixed; boundary=\"b \"") "--b \r\n\r\n\r\n--b --",
	    "boundary that ends in a blank" },
	{ M("multipart/mixed; boundary=\"a\r\n b\"") "--a b\r\n\r\n--a b--",
	    "boundary folded over two lines" },
	{ M("multipart/mixed boundary=b") "--b\r\n\r\n\r\n--b--",
	    "Content-Type of a multipart that is not well-formed" },
	{ M(B) "nothing\r\n", "multipart without a part" },
	{ M(B) "--b--\r\n", "multipart without a part" },
	{ M(B) "--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny\r\n",
	    "boundary used again after its end" },
	{ M(B) "--b\r\n\r\nx\n--b--\r\n",
	    "mixed line ends around a delimiter" },
	{ M(B) "--b\n\r\nx\r\n--b--\r\n",
	    "mixed line ends around a delimiter" },
	{ M(B) "--b\r\n\r\nx\r--b\r\ny\r\n--b--\r\n",
	    "bare CR around a delimiter" },
	{ M(B) "--b\r\n\r\nx\r\n--b\r\r\n--b--\r\n",
	    "bare CR around a delimiter" },
	{ M(B) "--b\r\n--b\r\n\r\nx\r\n--b--\r\n",
	    "delimiter directly after a delimiter" },
	{ M(B) "--b\r\n\r\nx\r\n--b\r\n", "message ends where a part begins" },
	{ M(B) "--b\r\nno header\r\n--b--\r\n",
	    "header ends without a blank line" },
	{ M(B) "--b\r\n folded\r\n\r\nx\r\n--b--\r\n",
	    "header begins with a continuation line" },
	{ M(B) "--b\r\n" M("message/partial") "x\r\n--b--\r\n",
	    "message/partial" },
	{ M("message/partial; id=1") "x", "message/partial" },
	{ M(B) "--b\r\n" M(B) "--b\r\n\r\nx\r\n--b--\r\n",
	    "same boundary in each other" },
	{ M(B) "--b\r\n" M(
	      "multipart/mixed; boundary=\"b--\"") "--b--\r\n\r\nx\r\n--b--"
						   "\r\n",
	    "same boundary in each other" },
	/* An enclosed message can take the delimiters of the outer one. */
	{ M(B) "--b\r\n" M("message/rfc822") M(B) "--b\r\n\r\nx\r\n--b--",
	    "same boundary in each other" },
	{ "Content-Transfer-Encoding: base64\r\n" M(B) "--b\r\n\r\nx\r\n--b--",
	    "multipart with a transfer encoding" },
	{ "Content-Transfer-Encoding: 8BIT\r\n" M(B) "--b\r\n\r\nx\r\n--b--",
	    NULL },
	{ "Subject: a\r\nsubject: b\r\n\r\n", "Subject stands twice" },
	{ "Received: a\r\nReceived: b\r\n\r\n", NULL },
	{ "Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n",
	    "Content-Type stands twice" },
	{ M(B) "--b\r\nSubject: a\r\nSubject: b\r\n\r\nx\r\n--b--", NULL },
	{ M(B) "--b\r\nContent-ID: a\r\nContent-ID: b\r\n\r\nx\r\n--b--",
	    "Content-ID stands twice" },
	{ "Subject : a\r\n\r\n", "blank between a header name and its colon" },
	{ "Subject: a\rBcc: b\r\n\r\n", "bare CR in a header" },
	{ M("text") "x", "Content-Type without a type and subtype" },
	{ M("") "x", "Content-Type without a type and subtype" },
	{ M("te\001xt/plain") "x", "Content-Type with control characters" },
	{ "Subject: a\r\nno header\r\n", "header ends without a blank line" },
	{ "Subject: a\r\n", NULL },
	{ "", NULL },
};

START_TEST(what_parsers_read_differently_is_ambiguous)
{
	const char *reason = kit_parse(span_str(doubts[_i].bytes))->ambiguous;
	const char *want = doubts[_i].reason;

	ck_assert_msg((reason == NULL) == (want == NULL) &&
			  (want == NULL || strcmp(reason, want) == 0),
	    "row %d: \"%s\" is not \"%s\"", _i, reason ? reason : "clear",
	    want ? want : "clear");
}
END_TEST

START_TEST(delimiters_are_those_of_open_multiparts)
{
	struct message *m = kit_parse(
	    SPAN(M("multipart/mixed; boundary=out") "pre --out\r\n--out\r\n" M(
		"multipart/alternative; boundary=in") "--in\r\n\r\none\r\n"
						      "--in--\r\nepilogue\r\n"
						      "--out\r\n\r\n--in\r\n"
						      "--out--\r\nend\r\n"));

	ck_assert_uint_eq(m->part_count, 4);
	ck_assert_ptr_null(m->ambiguous);
	ck_span(m->parts[2]->body, "one");
	ck_span(m->parts[3]->body, "--in");
	ck_assert_ptr_eq(m->parts[3]->parent, m->root);
	ck_assert_uint_eq(m->parts[3]->position, 2);
}
END_TEST

START_TEST(fields_are_numbered_among_their_name)
{
	struct buf text;
	struct message *m;

	buf_init(&text, arena, KIT_LIMIT);
	for (int i = 0; i < 100; i++)
		buf_printf(
		    &text, "X-%d: a\r\nReceived: %d\r\n\tfold\r\n", i % 7, i);
	m = kit_parse(buf_span(&text));
	ck_assert_uint_eq(m->fields.count, 200);
	ck_span(message_field(m, SPAN("received"), 57)->value, " 56\r\n\tfold");
	ck_assert_uint_eq(message_field(m, SPAN("X-1"), 15)->nth, 15);
	ck_assert_ptr_null(message_field(m, SPAN("X-1"), 16));
	ck_assert_ptr_null(message_field(m, SPAN("X-9"), 1));
}
END_TEST

START_TEST(depth_and_parts_are_limited_without_recursion)
{
	struct message_limits few = { 3, 100, 1000 };
	struct message *m;
	struct buf text;

	buf_init(&text, arena, KIT_LIMIT);
	for (int i = 0; i < 5000; i++)
		buf_printf(&text,
		    "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n"
		    "--b%d\r\n",
		    i, i);
	m = kit_parse(buf_span(&text));
	ck_assert(m->truncated);
	ck_assert_str_eq(m->ambiguous, "too many or too deep parts");
	ck_assert_uint_le(m->part_count, 101);
	ck_assert_int_eq(
	    message_parse(buf_span(&text), &few, arena, &m, &err), 0);
	ck_assert_uint_eq(m->part_count, 4);
	buf_clear(&text);
	buf_str(&text, M(B));
	for (int i = 0; i < 20000; i++)
		buf_str(&text, "--b\r\n\r\n\r\n");
	m = kit_parse(buf_span(&text));
	ck_assert(m->truncated);
	ck_assert_uint_eq(m->part_count, 10000);
}
END_TEST

START_TEST(headers_over_their_limit_stop_the_reading)
{
	struct message_limits small = { 10, 10, 30 };
	struct message *m;
	struct span bytes = SPAN("Subject: a header of forty characters..\r\n"
				 "\r\nbody");

	ck_assert_int_eq(message_parse(bytes, &small, arena, &m, &err), 0);
	ck_assert_str_eq(m->ambiguous, "header too long");
	ck_assert(m->truncated);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("message");
	TCase *tcase = kit_case(suite, "message");
	TCase *files = tcase_create("files");
	int rows = sizeof doubts / sizeof doubts[0];

	tcase_set_timeout(files, 120);
	suite_add_tcase(suite, files);
	tcase_add_test(files, no_edit_keeps_every_byte);
	tcase_add_test(files, a_message_cut_at_any_byte_is_read_without_loss);
	tcase_add_test(files, a_full_arena_is_a_clean_failure);
	tcase_add_loop_test(
	    tcase, what_parsers_read_differently_is_ambiguous, 0, rows);
	tcase_add_test(tcase, delimiters_are_those_of_open_multiparts);
	tcase_add_test(tcase, fields_are_numbered_among_their_name);
	tcase_add_test(tcase, depth_and_parts_are_limited_without_recursion);
	tcase_add_test(tcase, headers_over_their_limit_stop_the_reading);
	return suite_run(suite);
}
