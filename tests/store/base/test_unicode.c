#include "store/base/unicode.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unictype.h>
#include <unistr.h>
#include <unistd.h>

START_TEST(reads_utf8_and_lets_stray_bytes_stand)
{
	static const struct {
		const char *text;
		uint32_t first;
		size_t offset;
	} rows[] = {
		{ "a", 'a', 1 },
		{ "\xc3\xa9x", 0xe9, 2 },
		{ "\xe2\x82\xac", 0x20ac, 3 },
		{ "\xf0\x9f\x98\x80", 0x1f600, 4 },
		{ "\xc3", 0xdcc3, 1 },
		{ "\xc3x", 0xdcc3, 1 },
		{ "\xc0\xaf", 0xdcc0, 1 },	   /* overlong */
		{ "\xe0\x80\xaf", 0xdce0, 1 },	   /* overlong */
		{ "\xed\xa0\x80", 0xdced, 1 },	   /* surrogate */
		{ "\xf4\x90\x80\x80", 0xdcf4, 1 }, /* beyond Unicode */
		{ "\xff", 0xdcff, 1 },
		{ "\xe2\x82", 0xdce2, 1 },
	};
	size_t offset = 0;

	ck_assert_uint_eq(
	    unicode_next(span_str(rows[_i].text), &offset), rows[_i].first);
	ck_assert_uint_eq(offset, rows[_i].offset);
}
END_TEST

START_TEST(writes_back_every_byte_it_read)
{
	for (unsigned a = 0; a < 65536; a++) {
		char bytes[4] = { (char)(a >> 8), (char)a, (char)(a * 7),
			(char)(a * 31) };
		struct span text = span_of(bytes, sizeof bytes);
		struct buf out;
		size_t offset = 0;

		buf_init_heap(&out, 64);
		while (offset < text.len) {
			struct span rest = span_from(text, offset);
			size_t start = offset;
			uint32_t point = unicode_next(text, &offset);

			if (unicode_lower(point) == point)
				unicode_write_lower(&out, point);
			else
				buf_add(&out, span_first(rest, offset - start));
		}
		ck_assert(span_eq(buf_span(&out), text));
		buf_deinit(&out);
	}
}
END_TEST

START_TEST(calls_the_same_what_people_call_the_same)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "Marie", " marie ", true },
		{ "ZO\xc3\x8b", "zo\xc3\xab", true },
		{ "\xc5\x81\xc3\xb3\xc5\xba", "\xc5\x82\xc3\x93\xc5\xb9",
		    true },
		{ "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd",
		    "\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd", true },
		{ "\xce\x91\xce\xb8", "\xce\xb1\xce\x98", true },
		{ "\xc2\xa0x", "x", true },
		/* final sigma, sharp s, composed and decomposed, marks in
		 * another order, a ligature, letters that were wrong once */
		{ "\u039d\u0399\u039a\u039f\u03a3",
		    "\u039d\u03b9\u03ba\u03bf\u03c2", true },
		{ "Stra\u00dfe", "STRASSE", true },
		{ "\u1e9e", "ss", true },
		{ "Zo\u00eb", "ZOE\u0308", true },
		{ "q\u0307\u0323", "Q\u0323\u0307", true },
		{ "\ufb01n", "FIN", true },
		{ "\u0243", "\u0180", true },
		{ "\U00010400", "\U00010428", true },
		{ "\uac01", "\u1100\u1161\u11a8", true },
		{ "\u0130zmir", "i\u0307zmir", true },
		{ "\u0130zmir", "izmir", false },
		{ "\xff", "\xff", true },
		{ "\xff", "\xfe", false },
		{ "a\xff\u0301", "A\xff\u0301", true },
		{ "", "  ", true },
		{ "a", "ab", false },
		{ "a b", "ab", false },
		{ "e", "\xc3\xa9", false },
	};
	struct buf folds[2];

	ck_assert(unicode_same(span_str(rows[_i].a), span_str(rows[_i].b)) ==
		  rows[_i].same);
	buf_init_heap(&folds[0], 64);
	buf_init_heap(&folds[1], 64);
	unicode_fold(&folds[0], span_str(rows[_i].a));
	unicode_fold(&folds[1], span_str(rows[_i].b));
	ck_assert(
	    span_eq(buf_span(&folds[0]), buf_span(&folds[1])) == rows[_i].same);
	buf_deinit(&folds[0]);
	buf_deinit(&folds[1]);
}
END_TEST

START_TEST(knows_letters_digits_and_blanks)
{
	ck_assert(unicode_is_word('_') && unicode_is_word(0xe9) &&
		  unicode_is_word(0x4e00) && unicode_is_word('Z'));
	ck_assert(!unicode_is_word('-') && !unicode_is_word(0x2019) &&
		  !unicode_is_word(0xd7) && !unicode_is_word(0x1f600) &&
		  !unicode_is_word(0xdcff) && !unicode_is_word('@'));
	ck_assert(unicode_is_digit('7') && unicode_is_digit(0x661) &&
		  !unicode_is_digit('a') && !unicode_is_digit(0xb2));
	ck_assert(unicode_is_space(' ') && unicode_is_space(0xa0) &&
		  unicode_is_space('\n') && !unicode_is_space(0x200b));
}
END_TEST

/* Another implementation of Unicode. For each code point it knows: what it
 * folds to, upper, lower and title case, and whether \w, \d, \s match. */
static const char judge[] =
    "import re, unicodedata as u\n"
    "hex8 = lambda text: text.encode().hex()\n"
    "def fold(c):\n"
    "    c = u.normalize('NFD', c).casefold()\n"
    "    return u.normalize('NFD', c)\n"
    "for n in range(0x110000):\n"
    "    c = chr(n)\n"
    "    if u.category(c) in ('Cn', 'Co', 'Cs'): continue\n"
    "    print('%x %s %s %s %s %d%d%d' % (n,\n"
    "        hex8('x' + fold(c) + 'x'), hex8(c.upper()), hex8(c.lower()),\n"
    "        hex8(c.title()), c.isalnum() or c == '_',\n"
    "        re.match(r'\\d', c) is not None, c.isspace()))\n";

static void
assert_bytes(unsigned point, const struct buf *out, const char *hex)
{
	char mine[200];

	ck_assert_uint_lt(out->len * 2, sizeof mine);
	mine[0] = '\0';
	for (size_t i = 0; i < out->len; i++)
		snprintf(mine + 2 * i, 3, "%02x", (unsigned char)out->at[i]);
	ck_assert_msg(strcmp(mine, hex) == 0, "U+%04X: %s, python says %s",
	    point, mine, hex);
}

#define POINTS 0x110000

/* Which characters python lists, and so knows. */
static void
learn_known(FILE *python, bool known[POINTS])
{
	unsigned point;

	while (fscanf(python, "%x %*[^\n]", &point) == 1)
		known[point] = true;
	rewind(python);
}

/* A newer Unicode gives an old letter a capital that is new. */
static bool
is_known(const struct buf *out, const bool known[POINTS])
{
	ucs4_t first = 0;

	u8_mbtouc(&first, (const uint8_t *)out->at, out->len);
	return known[first];
}

START_TEST(agrees_with_python_on_every_character)
{
	static bool known[POINTS];
	static void (*const changes[])(struct buf *, uint32_t) = {
		unicode_write_upper, unicode_write_lower, unicode_write_title
	};
	char words[4][200], classes[4];
	unsigned point, seen = 0;
	uint8_t utf8[6];
	int length;
	struct buf text, out;
	FILE *python = tmpfile();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		dup2(fileno(python), STDOUT_FILENO);
		execl("/usr/bin/python3", "/usr/bin/python3", "-c", judge,
		    (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	rewind(python);
	learn_known(python, known);
	buf_init_heap(&text, 100);
	buf_init_heap(&out, 100);
	while (fscanf(python, "%x %199s %199s %199s %199s %3s", &point,
		   words[0], words[1], words[2], words[3], classes) == 6) {
		if (uc_is_general_category(point, UC_UNASSIGNED))
			continue;
		length = u8_uctomb(utf8, point, sizeof utf8);
		if (length < 0)
			continue;
		buf_clear(&text);
		buf_byte(&text, 'x');
		buf_add(&text, span_of((char *)utf8, (size_t)length));
		buf_byte(&text, 'x');
		buf_clear(&out);
		/* Blanks inside stay. */
		unicode_fold(&out, buf_span(&text));
		assert_bytes(point, &out, words[0]);
		for (unsigned i = 0; i < 3; i++) {
			buf_clear(&out);
			changes[i](&out, point);
			if (is_known(&out, known))
				assert_bytes(point, &out, words[i + 1]);
		}
		ck_assert_msg(
		    unicode_is_word(point) == (classes[0] == '1') &&
			unicode_is_digit(point) == (classes[1] == '1') &&
			unicode_is_space(point) == (classes[2] == '1'),
		    "U+%04X: %s", point, classes);
		seen++;
	}
	fclose(python);
	buf_deinit(&text);
	buf_deinit(&out);
	ck_assert_uint_gt(seen, 140000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("unicode");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, reads_utf8_and_lets_stray_bytes_stand, 0, 12);
	tcase_add_test(tests, writes_back_every_byte_it_read);
	tcase_add_loop_test(
	    tests, calls_the_same_what_people_call_the_same, 0, 24);
	tcase_add_test(tests, knows_letters_digits_and_blanks);
	tcase_add_test(tests, agrees_with_python_on_every_character);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
