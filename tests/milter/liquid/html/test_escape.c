#include "milter/liquid/html/escape.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/liquid/html/escape_table.h"
#include "milter/liquid/html/json.h"
#include "tests/suite.h"

/* A string with its flags, the place, and what is printed there. */
static const struct {
	enum escape escape;
	unsigned flags;
	const char *text;
	const char *printed;
} rows[] = {
	{ ESCAPE_NONE, 0, "<&>", "<&>" },
	{ ESCAPE_PLAIN, 0, "a\tb\r\nc\001\033[d\177", "a\tb\r\nc[d" },
	{ ESCAPE_PLAIN, VALUE_HTML, "a &amp; b", "a &amp; b" },
	{ ESCAPE_HEADER, 0, "hi\r\nBcc: x@y", "hi Bcc: x@y" },
	{ ESCAPE_HEADER, 0, "hi\n\n\n", "hi" },
	{ ESCAPE_HEADER, VALUE_RAW, "hi\rx", "hi x" },
	{ ESCAPE_HTML, 0, "Linen <shirt> & \"co\" 'x'",
	    "Linen &lt;shirt&gt; &amp; &quot;co&quot; &#39;x&#39;" },
	{ ESCAPE_HTML, VALUE_HTML, "<b>a &amp; b</b>", "<b>a &amp; b</b>" },
	{ ESCAPE_HTML, VALUE_RAW, "<b>a & b</b>", "<b>a & b</b>" },
	{ ESCAPE_HTML, VALUE_ENCODED, "%3Cb%3E", "%3Cb%3E" },
	{ ESCAPE_HTML, VALUE_JSON, "\"<\"", "&quot;&lt;&quot;" },
	{ ESCAPE_RCDATA, VALUE_HTML, "</title>&amp;", "&lt;/title&gt;&amp;" },
	{ ESCAPE_ATTRIBUTE, 0, "\" onclick=\"x", "&quot; onclick=&quot;x" },
	{ ESCAPE_ATTRIBUTE, VALUE_HTML, "a &quot; \"b", "a &quot; &quot;b" },
	{ ESCAPE_UNQUOTED, 0, "a b=c`d>", "a&#32;b&#61;c&#96;d&gt;" },
	{ ESCAPE_UNQUOTED, VALUE_HTML, "a&amp;b c", "a&amp;b&#32;c" },
	{ ESCAPE_URL, 0, "https://x/?a=1&b=2", "https://x/?a=1&amp;b=2" },
	{ ESCAPE_URL, 0, "HTTP://x/", "HTTP://x/" },
	{ ESCAPE_URL, 0, "cid:part1@x", "cid:part1@x" },
	{ ESCAPE_URL, 0, "mailto:a@b.c", "mailto:a@b.c" },
	{ ESCAPE_URL, 0, "tel:+49 221", "tel:+49%20221" },
	{ ESCAPE_URL, 0, "//x/y", "//x/y" },
	{ ESCAPE_URL, 0, "a/b:c", "a/b:c" },
	{ ESCAPE_URL, 0, "?x=a:b", "?x=a:b" },
	{ ESCAPE_URL, 0, "page.html", "page.html" },
	{ ESCAPE_URL, 0, "", "" },
	{ ESCAPE_URL, 0, " https://x ", "https://x" },
	{ ESCAPE_URL, 0, "javascript:alert(1)", "#" },
	{ ESCAPE_URL, 0, "JaVaScRiPt:alert(1)", "#" },
	{ ESCAPE_URL, 0, "java\nscript:alert(1)", "#" },
	{ ESCAPE_URL, 0, "\001javascript:alert(1)", "#" },
	{ ESCAPE_URL, 0, ":alert(1)", "#" },
	{ ESCAPE_URL, 0, "data:text/html,x", "#" },
	{ ESCAPE_URL, 0, "vbscript:x", "#" },
	{ ESCAPE_URL, VALUE_HTML, "https://x/?a=1&amp;b=2",
	    "https://x/?a=1&amp;b=2" },
	{ ESCAPE_URL, VALUE_HTML, "javascript&#58;alert(1)", "#" },
	{ ESCAPE_URL, VALUE_HTML, "javascript&colon;alert(1)", "#" },
	{ ESCAPE_URL, VALUE_HTML, "a&amp;b", "a&amp;b" },
	{ ESCAPE_URL_PART, 0, "a b/\"<c>'(d)", "a%20b/%22%3Cc%3E%27%28d%29" },
	{ ESCAPE_URL_PART, 0, "K\303\266ln%20", "K%C3%B6ln%20" },
	{ ESCAPE_URL_COMPONENT, 0, "a b&c=d/e?f#g%+",
	    "a%20b%26c%3Dd%2Fe%3Ff%23g%25%2B" },
	{ ESCAPE_URL_COMPONENT, VALUE_ENCODED, "a+b%26", "a+b%26" },
	{ ESCAPE_URL_COMPONENT, VALUE_HTML, "a&amp;b&#39;", "a%26b%27" },
	{ ESCAPE_URL_ADDRESS, 0, "o'hara@x?bcc=y", "o%27hara@x%3Fbcc%3Dy" },
	{ ESCAPE_CSS_URL, 0, "https://x/?a&b", "https://x/?a&b" },
	{ ESCAPE_CSS_URL, 0, "javascript:x", "#" },
	{ ESCAPE_CSS_URL_PART, 0, "a)b", "a%29b" },
	{ ESCAPE_CSS, 0, "#ff0000", "#ff0000" },
	{ ESCAPE_CSS, 0, "12px", "12px" },
	{ ESCAPE_CSS, 0, "red;}</style>",
	    "red\\00003b\\00007d\\00003c\\00002fstyle\\00003e" },
	{ ESCAPE_CSS, 0, "expression(x)", "expression\\000028x\\000029" },
	{ ESCAPE_CSS, VALUE_HTML, "&quot;", "\\000022" },
	{ ESCAPE_STRING, 0, "a\"b'c\\d</script>\n",
	    "a\\u0022b\\u0027c\\\\d\\u003c/script\\u003e\\n" },
	{ ESCAPE_STRING, 0, "\342\200\250\342\200\251\342\202\254",
	    "\\u2028\\u2029\342\202\254" },
	{ ESCAPE_STRING, VALUE_JSON_INSIDE, "a\\\"b", "a\\u0022b" },
	{ ESCAPE_STRING, VALUE_JSON, "\"a\"", "\\u0022a\\u0022" },
	{ ESCAPE_JSON, 0, "a\"b", "\"a\\\"b\"" },
	{ ESCAPE_JSON, VALUE_JSON, "{\"a\":1}", "{\"a\":1}" },
	{ ESCAPE_STRING, VALUE_JSON_INSIDE, "a\\\\\\\"b\\n",
	    "a\\\\\\u0022b\\n" },
	{ ESCAPE_CODE, 0, "a\"b'", "&quot;a\\u0022b\\u0027&quot;" },
	{ ESCAPE_CODE, VALUE_JSON, "{\"a\":1}", "{&quot;a&quot;:1}" },
	{ ESCAPE_URL_REST, 0, "script:a/b:c", "script%3Aa/b:c" },
	{ ESCAPE_URL_REST, 0, ":8080?a:b", "%3A8080?a:b" },
	{ ESCAPE_URL_REST, VALUE_HTML, "a&amp;b:c", "a&amp;b%3Ac" },
	{ ESCAPE_CSS_URL_REST, 0, "x:a&b", "x%3Aa&b" },
	{ ESCAPE_ATTRIBUTE | ESCAPE_QUOTED, 0, "", "\"\"" },
	{ ESCAPE_ATTRIBUTE | ESCAPE_QUOTED, 0, "a\"b", "\"a&quot;b\"" },
	{ ESCAPE_URL | ESCAPE_QUOTED, 0, "javascript:x", "\"#\"" },
	{ ESCAPE_COMMENT, 0, "a --> b", "a  b" },
};

START_TEST(prints_a_string_as_its_place_needs)
{
	struct work work = work_new(UINT64_MAX, 0);
	struct arena *arena = arena_new(1 << 20);
	struct value value = value_string(span_str(rows[_i].text));
	struct buf out;

	value.flags = (uint8_t)rows[_i].flags;
	buf_init_heap(&out, 10000);
	ck_assert_int_eq(
	    escape_value(rows[_i].escape, value, arena, &work, &out), 0);
	ck_assert_str_eq(buf_cstr(&out), rows[_i].printed);
	buf_deinit(&out);
	arena_free(&arena);
}
END_TEST

START_TEST(never_goes_past_the_room_it_has)
{
	struct work work = work_new(UINT64_MAX, 0);
	struct arena *arena = arena_new(1 << 20);
	struct value value = value_string(span_str(rows[_i].text));

	value.flags = (uint8_t)rows[_i].flags;
	for (size_t max = 0; max < strlen(rows[_i].printed); max++) {
		struct buf out;

		buf_init_heap(&out, max);
		escape_value(rows[_i].escape, value, arena, &work, &out);
		ck_assert(out.failed && out.len <= max);
		buf_deinit(&out);
	}
	arena_free(&arena);
}
END_TEST

/* No byte, alone or among others, may end what it stands in. */
static const struct {
	enum escape escape;
	const char *never;
} dangers[] = {
	{ ESCAPE_HEADER, "\r\n" },
	{ ESCAPE_HTML, "<>\"'" },
	{ ESCAPE_RCDATA, "<" },
	{ ESCAPE_ATTRIBUTE, "<>\"'" },
	{ ESCAPE_UNQUOTED, "<>\"' \t\r\n\f`=" },
	{ ESCAPE_URL, "<>\"' \t\r\n\f`()\\" },
	{ ESCAPE_URL_PART, "<>\"' \t\r\n\f`()\\" },
	{ ESCAPE_URL_COMPONENT, "<>\"' \t\r\n\f`()\\&=?#/:" },
	{ ESCAPE_URL_ADDRESS, "<>\"' \t\r\n\f`()\\&=?#/:" },
	{ ESCAPE_CSS_URL, "<>\"' \t\r\n\f`()\\" },
	{ ESCAPE_CSS, "<>\"'\t\r\n\f`(){};:/*&@" },
	{ ESCAPE_STRING, "<>\"'&\r\n" },
	{ ESCAPE_CODE, "<>\"'\r\n" },
	{ ESCAPE_URL_REST, "<>\"' \t\r\n\f`()\\:" },
	{ ESCAPE_COMMENT, ">-" },
};

START_TEST(keeps_every_byte_from_ending_the_place)
{
	struct work work = work_new(UINT64_MAX, 0);
	struct arena *arena = arena_new(1 << 20);
	static const uint8_t flags[] = { 0, VALUE_HTML, VALUE_ENCODED };

	for (unsigned byte = 0; byte < 256 * 2; byte++) {
		char text[3] = { 'x', (char)byte, 'y' };
		struct value value = value_string(span_of(text, 3));
		struct buf out;

		/* The author vouches for HTML where tags may stand. */
		value.flags =
		    dangers[_i].escape == ESCAPE_HTML ? 0 : flags[byte / 256];
		buf_init_heap(&out, 1000);
		escape_value(dangers[_i].escape, value, arena, &work, &out);
		for (const char *c = dangers[_i].never; *c; c++)
			ck_assert_msg(span_find(buf_span(&out), *c) == out.len,
			    "escape %d, byte %u", dangers[_i].escape, byte);
		buf_deinit(&out);
	}
	arena_free(&arena);
}
END_TEST

/* Where bytes are looked at together, each is still seen. */
START_TEST(prints_a_byte_of_a_long_text_as_one_alone)
{
	static const enum escape places[] = { ESCAPE_HTML, ESCAPE_URL_PART,
		ESCAPE_CSS_URL_PART, ESCAPE_URL_COMPONENT };
	enum { LONG = 40 };

	for (unsigned byte = 1; byte < 256; byte++) {
		char alone[2] = { (char)byte, '\0' }, text[LONG + 1];
		struct buf out, wanted;

		memset(text, 'x', LONG);
		text[LONG] = '\0';
		buf_init_heap(&out, 1000);
		buf_init_heap(&wanted, 1000);
		for (size_t at = 0; at < LONG; at++) {
			buf_clear(&out);
			buf_clear(&wanted);
			buf_add(&wanted, span_of(text, at));
			escape_text(places[_i], span_str(alone), &wanted);
			buf_add(&wanted, span_of(text, LONG - at - 1));
			text[at] = (char)byte;
			escape_text(places[_i], span_str(text), &out);
			text[at] = 'x';
			ck_assert_str_eq(buf_cstr(&out), buf_cstr(&wanted));
		}
		buf_deinit(&out);
		buf_deinit(&wanted);
	}
}
END_TEST

static bool
among(unsigned c, const char *set)
{
	return c != 0 && c < 128 && strchr(set, (int)c) != NULL;
}

START_TEST(classes_bytes_as_the_header_says)
{
	for (unsigned c = 0; c < 256; c++) {
		bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z');
		unsigned classes = 0;

		if (among(c, "&<>\"'"))
			classes |= BYTE_HTML;
		if ((c < 32 && !among(c, "\t\r\n")) || c == 127)
			classes |= BYTE_CONTROL;
		if (c == 0 || among(c, "\r\n"))
			classes |= BYTE_LINE;
		if (alnum || among(c, "-._~:/?#[]@!$&*+,;=%"))
			classes |= BYTE_URL;
		if (alnum || among(c, "-._~"))
			classes |= BYTE_UNRESERVED;
		if (alnum || among(c, " #%.,_+-!") || c >= 128)
			classes |= BYTE_CSS;
		if (c >= 32 && c != 127 && c != 0xe2 && !among(c, "\"\\<>&'"))
			classes |= BYTE_JSON;
		ck_assert_uint_eq(byte_classes[c], classes);
	}
}
END_TEST

static void
check_value(enum escape escape, struct value value, const char *printed)
{
	struct work work = work_new(UINT64_MAX, 0);
	struct arena *arena = arena_new(1 << 20);
	struct buf out;

	buf_init_heap(&out, 1000);
	ck_assert_int_eq(escape_value(escape, value, arena, &work, &out), 0);
	ck_assert_str_eq(buf_cstr(&out), printed);
	buf_deinit(&out);
	arena_free(&arena);
}

START_TEST(prints_values_that_are_no_strings)
{
	struct value items[] = { value_integer(1), value_string(SPAN("<")),
		value_nil(), value_float(1.5), value_bool(true) };
	struct value list = value_array(items, 5);

	check_value(ESCAPE_HTML, value_integer(-5), "-5");
	check_value(ESCAPE_HTML, value_nil(), "");
	check_value(ESCAPE_URL_COMPONENT, value_float(1e20), "1.0e%2B20");
	check_value(ESCAPE_HTML, list, "1&lt;1.5true");
	check_value(ESCAPE_JSON, list, "[1,\"\\u003c\",null,1.5,true]");
	check_value(ESCAPE_JSON, value_nil(), "null");
	check_value(ESCAPE_CODE, list, "[1,&quot;\\u003c&quot;,null,1.5,true]");
	check_value(ESCAPE_ATTRIBUTE | ESCAPE_QUOTED, value_nil(), "\"\"");
	check_value(ESCAPE_COMMENT, value_integer(-5), "5");
}
END_TEST

START_TEST(bounds_the_depth_of_json)
{
	struct work work = work_new(UINT64_MAX, 0);
	struct value levels[200];
	struct buf out;

	levels[0] = value_integer(1);
	for (int i = 1; i < 200; i++)
		levels[i] = value_array(&levels[i - 1], 1);
	buf_init_heap(&out, 10000);
	json_write(levels[199], &work, &out);
	ck_assert_uint_eq(out.len, JSON_DEPTH * 2 + 4);
	buf_deinit(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("escape");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, prints_a_string_as_its_place_needs, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_loop_test(tests, never_goes_past_the_room_it_has, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_loop_test(tests, keeps_every_byte_from_ending_the_place, 0,
	    sizeof dangers / sizeof *dangers);
	tcase_add_loop_test(
	    tests, prints_a_byte_of_a_long_text_as_one_alone, 0, 4);
	tcase_add_test(tests, classes_bytes_as_the_header_says);
	tcase_add_test(tests, prints_values_that_are_no_strings);
	tcase_add_test(tests, bounds_the_depth_of_json);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
