#include "milter/mail/encoded_word.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

#define UE "\xc3\xbc"
#define SZ "\xc3\x9f"

static const struct {
	const char *line;
	const char *text; /* NULL: no known charset */
} decoded[] = {
	{ "plain text", "plain text" },
	{ "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=", "Gr" UE SZ "e" },
	{ "=?utf-8?b?R3LDvMOfZQ==?=", "Gr" UE SZ "e" },
	{ "=?iso-8859-1*de?q?Gr=FC=DFe_an?= Anna", "Gr" UE SZ "e an Anna" },
	{ "=?utf-8?q?a?= =?utf-8?q?b?=", "ab" },
	{ "=?utf-8?q?a?=  \t =?iso-8859-1?q?=FC?= c", "a" UE " c" },
	{ "=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c" },
	/* a character cut in two, a tag cut in two */
	{ "=?utf-8?q?=C3?= =?utf-8?q?=BC?=", UE },
	{ "=?utf-8?b?e3sg?= =?utf-8?b?eCB9fQ==?=", "{{ x }}" },
	{ "x=?utf-8?q?a?=y", "xay" },
	{ "=?utf-8?q?a", "=?utf-8?q?a" },
	{ "=?utf-8?x?a?=", "=?utf-8?x?a?=" },
	{ "=?no-such?q?a?=", "=?no-such?q?a?=" },
	{ "=?utf-8?q?=FF?= b", "=?utf-8?q?=FF?= b" },
	{ "=?utf-8?b?Y?=", "=?utf-8?b?Y?=" },
	{ "=?utf-8?q?"
	  "?= a",
	    " a" },
	{ "a = b =? c ?=", "a = b =? c ?=" },
	{ "raw " UE, "raw " UE },
	{ "raw \xfc", NULL },
};

START_TEST(encoded_words_are_read)
{
	struct span text;
	int done = encoded_words_decode(
	    span_str(decoded[_i].line), arena, &text, &err);

	ck_assert_int_eq(done, decoded[_i].text ? 0 : -1);
	if (done == 0)
		ck_span(text, decoded[_i].text);
	else
		ck_assert_int_eq(err.code, ERR_DECODE);
}
END_TEST

static const struct {
	const char *text;
	const char *line;
} encoded[] = {
	{ "plain text", "plain text" },
	{ "Gr" UE SZ "e", "=?UTF-8?B?R3LDvMOfZQ==?=" },
	{ "Hello Gr" UE "n and more", "Hello =?UTF-8?B?R3LDvG4=?= and more" },
	{ UE " " UE, "=?UTF-8?B?w7wgw7w=?=" },
	{ "a  b", "a  b" },
	{ "letters and " UE, "letters and =?UTF-8?B?w7w=?=" },
	{ "many plain letters" UE "too",
	    "many plain =?UTF-8?Q?letters=C3=BCtoo?=" },
	{ "not =?utf-8?q?an_encoded_word?=",
	    "not =?UTF-8?B?PT91dGYtOD9xP2FuX2VuY29kZWRfd29yZD89?=" },
};

START_TEST(only_what_needs_it_is_encoded)
{
	struct buf line;
	size_t column = 9;

	buf_init(&line, arena, 1000);
	encoded_words_encode(span_str(encoded[_i].text), &line, &column);
	ck_span(buf_span(&line), encoded[_i].line);
	ck_assert_uint_eq(column, 9 + line.len);
}
END_TEST

/* Every line at most 76, every encoded word at most 75 characters. */
static void
check_lines(struct span line, size_t column)
{
	size_t word = 0;

	for (size_t i = 0; i < line.len; i++) {
		word = line.at[i] == ' ' || line.at[i] == '\n' ? 0 : word + 1;
		column = line.at[i] == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, 76);
		ck_assert_uint_le(word, 75);
	}
}

START_TEST(long_text_folds_between_whole_characters)
{
	static const char *const units[] = { "a", UE, "\xe2\x82\xac",
		"\xf0\x9f\x98\x80", "word ", UE "x " };

	for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
		struct buf text, line, flat;
		struct span back;
		size_t column = 9;

		buf_init(&text, arena, 100000);
		buf_init(&line, arena, 100000);
		buf_init(&flat, arena, 100000);
		for (int i = 0; i < 900; i++)
			buf_str(&text, units[u]);
		buf_str(&text, "end");
		encoded_words_encode(buf_span(&text), &line, &column);
		check_lines(buf_span(&line), 9);
		for (size_t i = 0; i < line.len; i++)
			if (line.at[i] != '\n')
				buf_byte(&flat, line.at[i]);
		ck_assert_int_eq(
		    encoded_words_decode(buf_span(&flat), arena, &back, &err),
		    0);
		ck_assert(span_eq(back, buf_span(&text)));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("word");
	TCase *tcase = kit_case(suite, "word");

	tcase_add_loop_test(tcase, encoded_words_are_read, 0,
	    sizeof decoded / sizeof decoded[0]);
	tcase_add_loop_test(tcase, only_what_needs_it_is_encoded, 0,
	    sizeof encoded / sizeof encoded[0]);
	tcase_add_test(tcase, long_text_folds_between_whole_characters);
	return suite_run(suite);
}
