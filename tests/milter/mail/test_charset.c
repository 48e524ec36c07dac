#include "milter/mail/charset.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

static const struct {
	const char *charset;
	const char *bytes;
	const char *utf8; /* NULL: cannot be read */
} texts[] = {
	{ "", "plain", "plain" },
	{ "US-ASCII", "plain", "plain" },
	{ "us-ascii", "Gr\xc3\xbc\xc3\x9f", "Gr\xc3\xbc\xc3\x9f" },
	{ "us-ascii", "Gr\xfc\xdf", NULL },
	{ "utf-8", "Gr\xfc\xdf", NULL },
	{ "UTF8", "Gr\xc3\xbc", "Gr\xc3\xbc" },
	{ "iso-8859-1", "Gr\xfc\xdf", "Gr\xc3\xbc\xc3\x9f" },
	{ "ISO-8859-2", "\xa3\xf3\xbc", "\xc5\x81\xc3\xb3\xc5\xba" },
	{ "windows-1252", "\x80", "\xe2\x82\xac" },
	{ "koi8-r", "\xc1", "\xd0\xb0" },
	{ "x-sjis", "\x83\x65", "\xe3\x83\x86" },
	{ "ks_c_5601-1987", "\xb0\xa1", "\xea\xb0\x80" },
	{ "iso-2022-jp", "\x1b$B$3\x1b(B", "\xe3\x81\x93" },
	{ "no-such-charset", "x", NULL },
	{ "utf-8//TRANSLIT", "\xc3\xbc", NULL },
	{ "a b", "x", NULL },
	{ "averyveryveryveryveryveryverylongcharsetname", "x", NULL },
};

START_TEST(charsets_are_read_exactly_or_not_at_all)
{
	struct span utf8, back;
	int done = charset_decode(span_str(texts[_i].charset),
	    span_str(texts[_i].bytes), arena, &utf8, &err);

	if (texts[_i].utf8 == NULL) {
		ck_assert_int_eq(done, -1);
		ck_assert_int_eq(err.code, ERR_DECODE);
		return;
	}
	ck_assert_msg(done == 0, "row %d: %s", _i, err.text);
	ck_span(utf8, texts[_i].utf8);
	if (charset_encode(
		span_str(texts[_i].charset), utf8, arena, &back, &err) == 1)
		ck_span(back, texts[_i].bytes);
}
END_TEST

START_TEST(text_that_does_not_fit_says_so)
{
	struct span bytes;

	ck_assert_int_eq(charset_encode(SPAN("iso-8859-1"), SPAN("\xc5\x81"),
			     arena, &bytes, &err),
	    0);
	ck_assert_int_eq(charset_encode(SPAN("us-ascii"), SPAN("\xc3\xbc"),
			     arena, &bytes, &err),
	    0);
	ck_assert_int_eq(charset_encode(SPAN("no-such"), SPAN("\xc3\xbc"),
			     arena, &bytes, &err),
	    0);
	ck_assert_int_eq(err.code, ERR_NONE);
}
END_TEST

static const struct {
	const char *text;
	bool valid;
} utf8s[] = {
	{ "", true },
	{ "abcdefgh\xc3\xbcijklmnopq\xe2\x82\xac\xf0\x9f\x98\x80", true },
	{ "\xc0\xaf", false },	       /* overlong */
	{ "\xe0\x80\xaf", false },     /* overlong */
	{ "\xed\xa0\x80", false },     /* surrogate */
	{ "\xf4\x90\x80\x80", false }, /* beyond U+10FFFF */
	{ "\xf0\x80\x80\x80", false }, /* overlong */
	{ "\xc3", false },
	{ "\xe2\x82", false },
	{ "\xf0\x9f\x98", false },
	{ "\x80", false },
	{ "12345678\xff", false },
};

START_TEST(utf8_is_what_rfc_3629_says)
{
	ck_assert(utf8_valid(span_str(utf8s[_i].text)) == utf8s[_i].valid);
}
END_TEST

START_TEST(wide_charsets_are_known)
{
	ck_assert(charset_is_wide(SPAN("UTF-16LE")));
	ck_assert(charset_is_wide(SPAN("ucs-2")));
	ck_assert(!charset_is_wide(SPAN("utf-8")));
	ck_assert(!charset_is_wide(SPAN("")));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("charset");
	TCase *tcase = kit_case(suite, "charset");

	tcase_add_loop_test(tcase, charsets_are_read_exactly_or_not_at_all, 0,
	    sizeof texts / sizeof texts[0]);
	tcase_add_test(tcase, text_that_does_not_fit_says_so);
	tcase_add_loop_test(tcase, utf8_is_what_rfc_3629_says, 0,
	    sizeof utf8s / sizeof utf8s[0]);
	tcase_add_test(tcase, wide_charsets_are_known);
	return suite_run(suite);
}
