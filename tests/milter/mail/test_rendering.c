#include "milter/mail/rendering.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

#define ZOE "Zo\xc3\xab"

static const struct {
	const char *before;
	const char *text; /* for the last text part */
	const char *after;
} leaves[] = {
	/* at the top the encoding is a matter of the message's header */
	{ "Subject: s\r\n\r\nHi {{ x }}\r\n", "Hi Anna\r\n",
	    "Subject: s\r\nContent-Transfer-Encoding: quoted-printable\r\n"
	    "MIME-Version: 1.0\r\n\r\nHi Anna\r\n" },
	{ "Subject: s\r\nMIME-Version: 1.0\r\n"
	  "Content-Type: text/html;\r\n\tcharset=\"us-ascii\"; x=y (z)\r\n"
	  "Content-Transfer-Encoding: 7bit\r\nX: y\r\n\r\n{{ x }}\r\n",
	    "a plain long name of " ZOE "\r\n",
	    "Subject: s\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/html;\r\n\tcharset=UTF-8; x=y (z)\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\nX: y\r\n\r\n"
	    "a plain long name of Zo=C3=AB\r\n" },
	/* the charset stays as long as it can */
	{ "MIME-Version: 1.0\r\n"
	  "Content-Type: text/plain; charset=iso-8859-1\r\n"
	  "Content-Transfer-Encoding: quoted-printable\r\n\r\n{{ x }}\r\n",
	    "a plain long name of " ZOE "\r\n",
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=iso-8859-1\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "a plain long name of Zo=EB\r\n" },
	{ "MIME-Version: 1.0\r\n"
	  "Content-Type: text/plain; charset=iso-8859-1\r\n"
	  "Content-Transfer-Encoding: quoted-printable\r\n\r\n{{ x }}\r\n",
	    "a plain long name of \xc5\x81\r\n",
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "a plain long name of =C5=81\r\n" },
	{ "MIME-Version: 1.0\r\nContent-Type: text/plain;\r\n\r\nx\r\n",
	    "a long name of " ZOE "\r\n",
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "a long name of Zo=C3=AB\r\n" },
	{ "MIME-Version: 1.0\r\n"
	  "Content-Type: text/plain; charset*=us-ascii''us-ascii; a=\"b c\""
	  "\r\n\r\nx\r\n",
	    "a long name of " ZOE "\r\n",
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=UTF-8;\r\n a=\"b c\"\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "a long name of Zo=C3=AB\r\n" },
	/* base64 where that is shorter */
	{ "MIME-Version: 1.0\r\n"
	  "Content-Type: text/plain; charset=utf-8\r\n\r\nx",
	    "\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf",
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n"
	    "44GT44KT44Gr44Gh44Gv\r\n" },
	/* a last line without an end gets one that is not text */
	{ "MIME-Version: 1.0\r\n\r\nx", "some text in ASCII",
	    "MIME-Version: 1.0\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "some text in ASCII=\r\n" },
	/* line ends of values become those of mail */
	{ "MIME-Version: 1.0\r\n\r\nx\r\n", "one\ntwo\rthree\r\n",
	    "MIME-Version: 1.0\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "one\r\ntwo\r\nthree\r\n" },
	/* unless the part has others of its own */
	{ "MIME-Version: 1.0\r\n\r\nx\ny\r\n", "the x\nthe y\r\n",
	    "MIME-Version: 1.0\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "the x=0Athe y\r\n" },
	/* and base64 stays what it is then */
	{ "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	  "eAp5Cg==\r\n",
	    "the x\nthe y\n",
	    "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	    "dGhlIHgKdGhlIHkK\r\n" },
	/* inside, nothing outside of the leaf changes */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n"
	  "Content-Type: text/html; charset=us-ascii\r\n\r\nx\r\n--b--\r\n"
	  "post\r\n",
	    "a long name of " ZOE,
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\npre\r\n--b\r\n"
	    "Content-Type: text/html; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "a long name of Zo=C3=AB\r\n--b--\r\npost\r\n" },
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n"
	  "--b--\r\n",
	    "a long name of " ZOE,
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "a long name of Zo=C3=AB\r\n--b--\r\n" },
	/* a folded field keeps its folding */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	  "Content-Type: text/html;\r\n\tcharset=us-ascii;\r\n\tx=y\r\n"
	  "Content-Transfer-Encoding: base64\r\n\r\neA==\r\n--b--\r\n",
	    "a long name of " ZOE,
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	    "Content-Type: text/html;\r\n\tcharset=UTF-8;\r\n\tx=y\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "a long name of Zo=C3=AB\r\n--b--\r\n" },
	/* an empty part has no line end to give */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	  "Content-Type: text/plain\r\n\r\n--b--\r\n",
	    "text",
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	    "Content-Type: text/plain\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "text\r\n--b--\r\n" },
	/* text that looks like a delimiter is none */
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	  "Content-Transfer-Encoding: quoted-printable\r\n\r\nx\r\n--b--\r\n",
	    "text\r\n--b\r\ntext\r\n--b--\r\n",
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	    "text\r\n=2D-b\r\ntext\r\n=2D-b--\r\n\r\n--b--\r\n" },
};

START_TEST(a_leaf_changes_with_its_encoding_headers_only)
{
	struct message *m = kit_parse(span_str(leaves[_i].before));
	struct rendering *r = kit_rendering(m);
	struct part *part = m->parts[m->part_count - 1];
	struct message *again;

	ck_assert_ptr_null(m->ambiguous);
	ck_assert_msg(
	    rendering_set_text(r, part, span_str(leaves[_i].text), &err) == 0,
	    "%s", err.text);
	ck_span(kit_write(m, r), leaves[_i].after);
	again = kit_parse(kit_write(m, r));
	ck_assert_uint_eq(again->part_count, m->part_count);
	ck_assert_ptr_null(again->ambiguous);
}
END_TEST

START_TEST(equal_text_is_no_change)
{
	struct message *m = kit_message(KIT_DATA "/alternative.eml");
	struct rendering *r = kit_rendering(m);

	for (size_t i = 0; i < m->part_count; i++)
		if (m->parts[i]->role == PART_TEXT)
			ck_assert_int_eq(rendering_set_text(r, m->parts[i],
					     kit_text(m->parts[i]), &err),
			    0);
	ck_assert(!rendering_changed(r));
	ck_assert(!rendering_body_changed(r));
}
END_TEST

START_TEST(text_that_is_not_utf8_is_refused)
{
	struct message *m = kit_parse(SPAN("A: b\r\n\r\nx\r\n"));

	ck_assert_int_eq(
	    rendering_set_text(kit_rendering(m), m->root, SPAN("\xff"), &err),
	    -1);
	ck_assert_int_eq(err.code, ERR_INPUT);
}
END_TEST

/* Gives a field of one piece another text. */
static int
set_field(struct rendering *r, const struct message *m, const char *name,
    struct span text, struct arena *in, struct err *e)
{
	struct header header;

	if (header_read(message_field(m, span_str(name), 1), in, &header, e) <
	    0)
		return -1;
	return rendering_set_pieces(r, &header, &text, e);
}

START_TEST(headers_change_in_their_places)
{
	struct message *m = kit_parse(SPAN("Received: 1\r\nTo: a@b\r\n"
					   "Received: 2\r\nX-Old: x\r\n"
					   "Subject: {{ x }}\r\n\r\nbody"));
	struct rendering *r = kit_rendering(m);
	const struct header_change *changes;
	size_t count;

	ck_assert_int_eq(
	    set_field(r, m, "Subject", SPAN("Hi\r\nBcc: x"), arena, &err), 0);
	ck_assert_int_eq(
	    rendering_remove_headers(r, SPAN("received"), &err), 0);
	ck_assert_int_eq(
	    rendering_add_header(r, SPAN("List-Id"), SPAN("<l.example>"), &err),
	    0);
	ck_span(kit_write(m, r),
	    "To: a@b\r\nX-Old: x\r\nSubject: Hi  Bcc: x\r\n"
	    "List-Id: <l.example>\r\n\r\nbody");
	ck_assert(!rendering_body_changed(r));
	ck_assert_int_eq(rendering_changes(r, &changes, &count, &err), 0);
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(changes[0].name.at, "Subject");
	ck_assert_str_eq(changes[0].value.at, " Hi  Bcc: x");
	ck_assert_int_eq(changes[1].action, HEADER_REMOVE);
	ck_assert_uint_eq(changes[1].nth, 2);
	ck_assert_uint_eq(changes[2].nth, 1);
	ck_assert_int_eq(changes[3].action, HEADER_ADD);
}
END_TEST

START_TEST(headers_of_parts_can_be_set)
{
	struct message *m = kit_parse(
	    SPAN("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
		 "Content-Description: {{ x }}\r\n\r\ntext\r\n--b--\r\n"));
	struct rendering *r = kit_rendering(m);
	struct header header;
	struct span text = SPAN("for " ZOE);

	ck_assert_int_eq(
	    header_read(&m->parts[1]->fields.at[0], arena, &header, &err), 0);
	ck_assert_int_eq(
	    rendering_set_pieces(r, &header, &header.pieces[0].text, &err), 0);
	ck_assert(!rendering_changed(r));
	ck_assert_int_eq(rendering_set_pieces(r, &header, &text, &err), 0);
	ck_assert(rendering_body_changed(r));
	ck_span(kit_write(m, r),
	    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	    "Content-Description: for =?UTF-8?Q?Zo=C3=AB?=\r\n\r\n"
	    "text\r\n--b--\r\n");
}
END_TEST

START_TEST(a_message_cut_in_its_header_is_completed)
{
	struct message *m = kit_parse(SPAN("Subject: s"));
	struct rendering *r = kit_rendering(m);

	ck_assert_int_eq(rendering_set_text(r, m->root, SPAN("text"), &err), 0);
	ck_span(kit_write(m, r),
	    "Subject: s\r\nContent-Transfer-Encoding: quoted-printable\r\n"
	    "MIME-Version: 1.0\r\n\r\ntext=\r\n");
}
END_TEST

/* Personalises every text part and the Subject in an arena of that size. */
static bool
render_all(struct span bytes, struct arena *small, struct err *e)
{
	struct rendering *r;
	struct message *m;
	struct buf out;

	buf_init(&out, small, KIT_LIMIT);
	if (message_parse(bytes, &MESSAGE_LIMITS, small, &m, e) < 0 ||
	    rendering_new(m, small, &r, e) < 0)
		return false;
	for (size_t i = 0; i < m->part_count; i++) {
		struct err ignored = ERR_INIT;

		if (m->parts[i]->role == PART_TEXT &&
		    rendering_set_text(r, m->parts[i],
			SPAN("Hello " ZOE " \xc5\x81\r\n"), &ignored) < 0 &&
		    ignored.code != ERR_DECODE && ignored.code != ERR_INPUT) {
			*e = ignored;
			return false;
		}
	}
	if (message_field(m, SPAN("Subject"), 1) != NULL &&
	    set_field(r, m, "Subject", SPAN("Hello " ZOE), small, e) < 0 &&
	    e->code != ERR_DECODE)
		return false;
	err_clear(e);
	return message_write(m, r, &out, e) == 0;
}

static void
starve(const char *path, struct span bytes)
{
	bool done = false;

	for (size_t limit = 1; !done; limit += limit / 16 + 37) {
		struct arena *small = arena_new(limit);
		struct err e = ERR_INIT;

		done = render_all(bytes, small, &e);
		ck_assert_msg(
		    done || e.code == ERR_MEMORY || e.code == ERR_SIZE,
		    "%s at %zu: %s", path, limit, e.text);
		ck_assert(limit < KIT_LIMIT);
		arena_free(&small);
	}
}

START_TEST(every_full_arena_is_a_clean_failure)
{
	kit_each_file(starve);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("rendering");
	TCase *tcase = kit_case(suite, "rendering");
	TCase *files = tcase_create("files");

	tcase_set_timeout(files, 120);
	suite_add_tcase(suite, files);
	tcase_add_loop_test(tcase,
	    a_leaf_changes_with_its_encoding_headers_only, 0,
	    sizeof leaves / sizeof leaves[0]);
	tcase_add_test(tcase, equal_text_is_no_change);
	tcase_add_test(tcase, text_that_is_not_utf8_is_refused);
	tcase_add_test(tcase, headers_change_in_their_places);
	tcase_add_test(tcase, headers_of_parts_can_be_set);
	tcase_add_test(tcase, a_message_cut_in_its_header_is_completed);
	tcase_add_test(files, every_full_arena_is_a_clean_failure);
	return suite_run(suite);
}
