#include "milter/mail/part.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

#define M(headers, body) headers "\r\n\r\n" body

static const struct {
	const char *bytes;
	const char *text; /* NULL: cannot be decoded */
	bool may_hold_tag;
} texts[] = {
	{ M("X: y", "Hi {{ x }}\r\n"), "Hi {{ x }}\r\n", true },
	{ M("Content-Transfer-Encoding: quoted-printable (c)",
	      "{{ profile.=\r\nname =7D}"),
	    "{{ profile.name }}", true },
	{ M("content-transfer-encoding: BASE64", "e3sgeCB9fQ==\r\n"), "{{ x }}",
	    true },
	{ M("Content-Type: text/plain; charset=iso-8859-1", "Gr\xfc\xdf"),
	    "Gr\xc3\xbc\xc3\x9f", false },
	{ M("X: y", "Gr\xc3\xbc\xc3\x9f"), "Gr\xc3\xbc\xc3\x9f", false },
	{ M("X: y", "Gr\xfc\xdf"), NULL, false },
	{ M("X: y", "Gr\xfc\xdf {{ x }}"), NULL, true },
	{ M("Content-Type: text/plain; charset=utf-8; charset=koi8-r", "x"),
	    NULL, false },
	{ M("Content-Type: text/plain; charset=none", "{% x %}"), NULL, true },
	{ M("Content-Transfer-Encoding: x-odd", "=7B{ x"), NULL, true },
	{ M("Content-Transfer-Encoding: x-odd", "e3sgeCB9fQ==ZZZZ"), NULL,
	    true },
	{ M("Content-Transfer-Encoding: base64", "e3sgeCB9fQ==ZZZZ"), NULL,
	    true },
	{ M("Content-Transfer-Encoding: base64", "YWJjZ"), NULL, false },
	/* "{%" by chance, among bytes that are no text; and cut tags. */
	{ M("Content-Transfer-Encoding: base64", "eyUB=YWJj"), NULL, false },
	{ M("Content-Transfer-Encoding: base64", "eyUBe3t7=YWJj"), NULL, true },
	{ M("Content-Transfer-Encoding: base64", "e3sgcHJv=YWJj"), NULL, true },
	{ M("Content-Type: text/plain; charset=none", "{%\001 x %}"), NULL,
	    false },
	{ M("Content-Type: text/plain; charset=utf-16le\r\n"
	    "Content-Transfer-Encoding: base64",
	      "ewB7AHgAfQB9AA=="),
	    "{{x}}", true },
	{ M("Content-Type: text/plain; format=flowed; delsp=yes",
	      "{{ pro \r\nfile }}\r\n"),
	    "{{ profile }}\r\n", true },
	{ M("Content-Type: text/html; format=flowed", "a \r\nb\r\n"),
	    "a \r\nb\r\n", false },
};

START_TEST(a_text_part_is_decoded_to_utf8)
{
	struct part *part = kit_parse(span_str(texts[_i].bytes))->root;
	struct span text, again;
	int done = part_text(part, arena, &text, &err);

	ck_assert_msg(
	    done == (texts[_i].text ? 0 : -1), "row %d: %s", _i, err.text);
	ck_assert_msg(
	    part_may_hold_tag(part) == texts[_i].may_hold_tag || done == 0,
	    "row %d", _i);
	if (done < 0) {
		ck_assert_int_eq(err.code, ERR_DECODE);
		return;
	}
	ck_span(text, texts[_i].text);
	ck_assert_int_eq(part_text(part, arena, &again, &err), 0);
	ck_assert_ptr_eq(text.at, again.at);
}
END_TEST

static const struct {
	const char *headers;
	enum part_role role;
} roles[] = {
	{ "X: y", PART_TEXT },
	{ "Content-Type: text/html", PART_TEXT },
	{ "Content-Type: TEXT/x-amp-html", PART_TEXT },
	{ "Content-Type: text/calendar; method=REQUEST", PART_TEXT },
	{ "Content-Type: text/plain\r\nContent-Disposition: inline; "
	  "filename=a",
	    PART_TEXT },
	{ "Content-Disposition: attachment", PART_OTHER },
	{ "Content-Disposition: ATTACHMENT; filename=a.txt", PART_OTHER },
	{ "Content-Disposition: x-unknown", PART_OTHER },
	{ "Content-Type: text/rfc822-headers", PART_OTHER },
	{ "Content-Type: image/gif", PART_OTHER },
	{ "Content-Type: message/rfc822", PART_MESSAGE },
	{ "Content-Type: multipart/mixed; boundary=a", PART_MULTIPART },
};

START_TEST(only_text_that_is_shown_is_ours)
{
	struct buf bytes;

	buf_init(&bytes, arena, 1000);
	buf_printf(&bytes, "%s\r\n\r\nbody\r\n", roles[_i].headers);
	ck_assert_msg(kit_parse(buf_span(&bytes))->root->role == roles[_i].role,
	    "row %d", _i);
}
END_TEST

static struct message *
load(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, KIT_DATA "/%s", name);
	return kit_message(path);
}

START_TEST(enclosed_and_signed_text_is_sealed)
{
	struct message *forwarded = load("forwarded.eml");
	struct message *sealed = load("signed.eml");

	ck_assert_uint_eq(forwarded->part_count, 5);
	ck_assert_int_eq(forwarded->parts[1]->role, PART_TEXT);
	ck_assert_int_eq(forwarded->parts[2]->role, PART_MESSAGE);
	for (size_t i = 3; i < 5; i++)
		ck_assert(forwarded->parts[i]->sealed &&
			  forwarded->parts[i]->role != PART_TEXT);
	for (size_t i = 1; i < sealed->part_count; i++)
		ck_assert(sealed->parts[i]->role == PART_OTHER);
}
END_TEST

START_TEST(parts_of_a_digest_are_messages)
{
	struct message *m = load("digest.eml");

	ck_assert_int_eq(m->parts[1]->role, PART_MESSAGE);
	ck_assert(part_is(m->parts[3], SPAN("TEXT"), SPAN("PLAIN")));
	ck_assert_int_eq(m->parts[3]->role, PART_TEXT);
}
END_TEST

START_TEST(paths_count_from_the_root)
{
	struct message *m = load("related.eml");
	static const char *const paths[] = { "0", "1", "1.1", "1.2", "2" };
	struct span path;

	ck_assert_uint_eq(m->part_count, 5);
	for (size_t i = 0; i < 5; i++) {
		ck_assert_int_eq(part_path(m->parts[i], arena, &path, &err), 0);
		ck_span(path, paths[i]);
	}
	ck_assert_int_eq(
	    part_path(load("plain.eml")->root, arena, &path, &err), 0);
	ck_span(path, "1");
}
END_TEST

START_TEST(titles_name_the_type_and_where_it_is_not_the_only_one)
{
	static const struct {
		const char *file;
		size_t part;
		const char *title;
	} rows[] = {
		{ "plain.eml", 0, "text/plain" },
		{ "alternative.eml", 1, "text/plain" },
		{ "alternative.eml", 2, "text/html" },
	};
	struct span title;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct message *m = load(rows[i].file);

		ck_assert_int_eq(
		    part_title(m->parts[rows[i].part], arena, &title, &err), 0);
		ck_span(title, rows[i].title);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("part");
	TCase *tcase = kit_case(suite, "part");

	tcase_add_test(
	    tcase, titles_name_the_type_and_where_it_is_not_the_only_one);
	tcase_add_loop_test(tcase, a_text_part_is_decoded_to_utf8, 0,
	    sizeof texts / sizeof texts[0]);
	tcase_add_loop_test(tcase, only_text_that_is_shown_is_ours, 0,
	    sizeof roles / sizeof roles[0]);
	tcase_add_test(tcase, enclosed_and_signed_text_is_sealed);
	tcase_add_test(tcase, parts_of_a_digest_are_messages);
	tcase_add_test(tcase, paths_count_from_the_root);
	return suite_run(suite);
}
