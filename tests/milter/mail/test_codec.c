#include "milter/mail/codec.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

static const struct {
	const char *text;
	const char *bytes;
} quoted[] = {
	{ "", "" },
	{ "a=3Db", "a=b" },
	{ "=7B=7b x =7d=7D", "{{ x }}" },
	{ "soft=\r\nbreak", "softbreak" },
	{ "soft=\nbreak", "softbreak" },
	{ "end=", "end" },
	{ "a=ZZb", "a=ZZb" },
	{ "a=4", "a=4" },
	{ "a==41", "a=A" },
	{ "keep \r\nblanks\t\r\n", "keep \r\nblanks\t\r\n" },
	{ "8bit \xfc", "8bit \xfc" },
};

START_TEST(quoted_printable_is_read_as_mailers_write_it)
{
	struct buf out;

	buf_init(&out, arena, 1000);
	qp_decode(span_str(quoted[_i].text), &out);
	ck_span(buf_span(&out), quoted[_i].bytes);
}
END_TEST

static const struct {
	const char *bytes;
	const char *text;
} encoded[] = {
	{ "a=b", "a=3Db" },
	{ "a \r\nb\t", "a=20\r\nb=09" },
	{ "a b\r\n", "a b\r\n" },
	{ ".\r\n..x\r\n", "=2E\r\n=2E.x\r\n" },
	{ "From me\r\nFromage", "=46rom me\r\nFromage" },
	{ "--b--\r\n-x", "=2D-b--\r\n-x" },
	{ "a\nb\rc", "a=0Ab=0Dc" },
	{ "\xc3\xbc", "=C3=BC" },
};

START_TEST(quoted_printable_survives_every_relay)
{
	struct buf out;

	buf_init(&out, arena, 1000);
	qp_encode(span_str(encoded[_i].bytes), &out);
	ck_span(buf_span(&out), encoded[_i].text);
}
END_TEST

static const struct {
	const char *text;
	const char *bytes;
	int result;
} based[] = {
	{ "", "", 0 }, { "YQ==", "a", 0 }, { "YWI=", "ab", 0 },
	{ "YWJj", "abc", 0 }, { "YWJ j\r\n!Z*A==", "abcd", 0 },
	{ "YWI", "ab", 0 },			  /* padding left out */
	{ "YQ", "a", 0 }, { "YWJjZ", "abc", -1 }, /* one character too many */
	{ "YQ==YQ==", "a", -1 },		  /* two texts in one */
};

START_TEST(base64_is_tolerant_where_readers_agree)
{
	struct buf out;

	buf_init(&out, arena, 1000);
	ck_assert_int_eq(
	    base64_decode(span_str(based[_i].text), &out), based[_i].result);
	if (based[_i].result == 0)
		ck_span(buf_span(&out), based[_i].bytes);
}
END_TEST

START_TEST(every_byte_comes_back_in_lines_of_76)
{
	char bytes[700];

	for (size_t len = 0; len <= sizeof bytes; len += 7) {
		struct arena_mark mark = arena_mark(arena);
		struct buf text, back;
		int column = 0;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)(i * 37 + len);
		buf_init(&text, arena, 10000);
		buf_init(&back, arena, 10000);
		base64_encode(span_of(bytes, len), &text);
		ck_assert_uint_eq(text.len, base64_length(len));
		ck_assert_int_eq(base64_decode(buf_span(&text), &back), 0);
		ck_assert(span_eq(buf_span(&back), span_of(bytes, len)));
		buf_str(&text, "\r\n");
		buf_clear(&back);
		qp_encode(span_of(bytes, len), &text);
		for (size_t i = 0; i < text.len; i++) {
			column = text.at[i] == '\n' ? 0 : column + 1;
			ck_assert_int_le(column, 77);
		}
		qp_decode(
		    span_from(buf_span(&text), base64_length(len) + 2), &back);
		ck_assert(span_eq(buf_span(&back), span_of(bytes, len)));
		arena_rewind(arena, mark);
	}
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(table)[0])

int
main(void)
{
	Suite *suite = suite_create("codec");
	TCase *tcase = kit_case(suite, "codec");

	tcase_add_loop_test(tcase, quoted_printable_is_read_as_mailers_write_it,
	    0, ROWS(quoted));
	tcase_add_loop_test(
	    tcase, quoted_printable_survives_every_relay, 0, ROWS(encoded));
	tcase_add_loop_test(
	    tcase, base64_is_tolerant_where_readers_agree, 0, ROWS(based));
	tcase_add_test(tcase, every_byte_comes_back_in_lines_of_76);
	return suite_run(suite);
}
