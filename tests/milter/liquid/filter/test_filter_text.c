#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] =
    "{\"s\": \"Gr\303\274\303\237e aus K\303\266ln\", \"bad\": \"a\\u0000b\", "
    "\"n\": null, \"below\": \"18446744073709551615\\u0000x\", "
    "\"beyond\": \"18446744073709551616\\u0000x\"}";

static const struct kit_case cases[] = {
	{ "{{ 'ab' | append: 'c' }}", "abc", NULL },
	{ "{{ 5 | append: 6 }}", "56", NULL },
	{ "{{ n | append: 'x' }}", "x", NULL },
	{ "{{ 'b' | prepend: 'a' }}", "ab", NULL },
	{ "{{ s | upcase }}", "GR\303\234SSE AUS K\303\226LN", NULL },
	{ "{{ '\303\200\303\211\303\216 \305\201\303\223D\305\271' | downcase "
	  "}}",
	    "\303\240\303\251\303\256 \305\202\303\263d\305\272", NULL },
	{ "{{ '\303\251T\303\211' | capitalize }}", "\303\211t\303\251", NULL },
	{ "{{ '\307\206' | capitalize }}", "\307\205", NULL },
	{ "{{ '' | capitalize }}", "", NULL },
	{ "{{ '\316\221\316\222\316\223' | downcase }}",
	    "\316\261\316\262\316\263", NULL },
	{ "{{ '\320\277\321\200\320\270\320\262\320\265\321\202' | upcase }}",
	    "\320\237\320\240\320\230\320\222\320\225\320\242", NULL },
	{ "{{ 'hello big world' | titlecase }}", "Hello Big World", NULL },
	{ "[{{ ' \t a b \n' | strip }}]", "[a b]", NULL },
	{ "[{{ ' a ' | lstrip }}]", "[a ]", NULL },
	{ "[{{ ' a ' | rstrip }}]", "[ a]", NULL },
	{ "[{{ '  a \n\t b  ' | squish }}]", "[a b]", NULL },
	{ "[{{ n | squish }}]", "[]", NULL },
	{ "{{ \"a\r\nb\nc\rd\" | strip_newlines }}", "abc\rd", NULL },
	{ "{{ \"a\r\nb\n\" | newline_to_br }}", "a<br />\nb<br />\n", NULL },
	{ "{{ s | slice: 2, 3 }}", "\303\274\303\237e", NULL },
	{ "{{ s | slice: -4, 9 }}", "K\303\266ln", NULL },
	{ "{{ s | slice: -4 }}", "K", NULL },
	{ "{{ 'abc' | slice: 9 }}", "", NULL },
	{ "{{ 'abc' | slice: 3 }}", "", NULL },
	{ "{{ 'abc' | slice: 1, -1 }}", "", NULL },
	{ "{{ 'abc' | slice: 1, 9223372036854775807 }}", "bc", NULL },
	{ "{{ 'abc' | slice: '0x1', '1_0' }}", "bc", NULL },
	{ "{{ 'abcdefghij' | slice: '010' }}"
	  "{% for i in (1..9) limit: '010' %}{{ i }}{% endfor %}"
	  "{% for i in (1..9) limit: '0x3' %}{{ i }}{% endfor %}",
	    "i12345678123", NULL },
	{ "{{ 'abc' | slice: 1.5 }}", NULL, "invalid integer" },
	{ "{{ 'abcabcab' | replace_last: 'ab', 'x' }}", "abcabcx", NULL },
	{ "{{ 'aabaabaa' | replace_last: 'aabaa', 'x' }}", "aabx", NULL },
	{ "{{ 'aaaab' | replace_last: 'aab', 'x' }}", "aax", NULL },
	{ "{{ 'abab' | replace_last: 'abb', 'x' }}", "abab", NULL },
	{ "{{ 'ab' | replace_last: 'abc', 'x' }}", "ab", NULL },
	{ "{{ 'ab' | replace_last: '', 'x' }}", "abx", NULL },
	{ "{{ 'ab' | remove_last: 'a' }}", "b", NULL },
	/* Ruby reads from 2^64 on as a C string: NUL ends it. */
	{ "{{ 'abc' | slice: 1, beyond }}", "bc", NULL },
	{ "{{ 'abc' | slice: 1, below }}", NULL, "invalid integer" },
	{ "{{ 'abc' | slice }}", NULL, "wrong number of arguments" },
	{ "{{ s | truncate: 8 }}", "Gr\303\274\303\237e...", NULL },
	{ "{{ s | truncate: 14 }}", "Gr\303\274\303\237e aus K\303\266ln",
	    NULL },
	{ "{{ s | truncate: 6, '' }}", "Gr\303\274\303\237e ", NULL },
	{ "{{ 'abcdef' | truncate: 2 }}", "...", NULL },
	{ "{{ 'abc' | truncate: -1, '!' }}", "!", NULL },
	{ "{{ 'abc' | truncate: 'x' }}", NULL, "invalid integer" },
	{ "{{ 'a b  c d' | truncatewords: 3 }}", "a b c...", NULL },
	{ "{{ 'a b  c' | truncatewords: 3 }}", "a b  c", NULL },
	{ "{{ 'a b ' | truncatewords: 2 }}", "a b...", NULL },
	{ "{{ 'a b c' | truncatewords: 0, '!' }}", "a!", NULL },
	{ "{{ ' a b' | truncatewords: 1 }}", "a...", NULL },
	{ "{{ 'a b' | truncatewords: 4294967296 }}", "a b", NULL },
	{ "{{ 'a,b,,' | split: ',' | size }}", "2", NULL },
	{ "{{ ',a' | split: ',' | size }}", "2", NULL },
	{ "{{ '  a  b ' | split: ' ' | join: '|' }}", "a|b", NULL },
	{ "{{ 'h\303\266i' | split: '' | join: '|' }}", "h|\303\266|i", NULL },
	{ "{{ '' | split: ',' | size }}", "0", NULL },
	{ "{{ 'a--b' | split: '--' | join: '|' }}", "a|b", NULL },
	{ "{{ 'aXbX' | replace: 'X', '-' }}", "a-b-", NULL },
	{ "{{ 'aXbX' | replace_first: 'X', '-' }}", "a-bX", NULL },
	{ "{{ 'aXbX' | replace_last: 'X', '-' }}", "aXb-", NULL },
	{ "{{ 'ab' | replace: '', '.' }}", ".a.b.", NULL },
	{ "{{ 'ab' | replace_first: '', '.' }}", ".ab", NULL },
	{ "{{ 'ab' | replace_last: '', '.' }}", "ab.", NULL },
	{ "{{ 'aXb' | replace: 'X', '[\\0]' }}", "a[X]b", NULL },
	{ "{{ 'aXb' | replace: 'X', '\\\\' }}", "a\\b", NULL },
	{ "{{ 'aXb' | replace: 'X', \"\\`\\'\" }}", "aabb", NULL },
	{ "{{ 'aXb' | replace: 'X', '\\1\\n' }}", "a\\nb", NULL },
	{ "{{ 'aXb' | replace: 'X', '\\k<n>' }}", NULL, "internal" },
	{ "{{ 'aXb' | replace_last: 'X', '\\0' }}", "a\\0b", NULL },
	{ "{{ 'aXbX' | remove: 'X' }}", "ab", NULL },
	{ "{{ 'aXbX' | remove_first: 'X' }}", "abX", NULL },
	{ "{{ 'aXbX' | remove_last: 'X' }}", "aXb", NULL },
	{ "{{ n | default: 'x' }}", "x", NULL },
	{ "{{ '' | default: 'x' }}", "x", NULL },
	{ "{{ false | default: 'x' }}", "x", NULL },
	{ "{{ false | default: 'x', allow_false: true }}", "false", NULL },
	{ "{{ 0 | default: 'x' }}", "0", NULL },
	{ "{{ 'a' | default: 'x' }}", "a", NULL },
	{ "[{{ n | default }}]", "[]", NULL },
	{ "{{ 1 | pluralize: 'item', 'items' }}", "item", NULL },
	{ "{{ 2 | pluralize: 'item', 'items' }}", "items", NULL },
	{ "{{ '<b>' | raw }}", "<b>", NULL },
	{ "{{ bad | size }}", "3", NULL },
};

static const char html_data[] = "{\"x\": \"<b> & co\", \"nl\": \"a<\\nb\"}";

static const struct kit_case html[] = {
	{ "{{ x }}", "&lt;b&gt; &amp; co", NULL },
	{ "{{ x | escape }}", "&lt;b&gt; &amp; co", NULL },
	{ "{{ x | escape | escape }}", "&lt;b&gt; &amp; co", NULL },
	{ "{{ x | raw }}", "<b> & co", NULL },
	{ "{{ x | escape | append: '<' }}", "&lt;b&gt; &amp; co&lt;", NULL },
	{ "{{ '<i>' | append: x }}", "&lt;i&gt;&lt;b&gt; &amp; co", NULL },
	{ "{{ x | prepend: '> ' | upcase }}", "&gt; &lt;B&gt; &amp; CO", NULL },
	{ "{{ nl | newline_to_br }}", "a&lt;<br />\nb", NULL },
	{ "{{ nl | escape | newline_to_br }}", "a&lt;<br />\nb", NULL },
	{ "{{ x | escape | strip }}", "&lt;b&gt; &amp; co", NULL },
	{ "{% capture c %}<i>{{ x }}</i>{% endcapture %}{{ c }}",
	    "<i>&lt;b&gt; &amp; co</i>", NULL },
	{ "<a href=\"?q={{ x | url_encode }}\">",
	    "<a href=\"?q=%3Cb%3E+%26+co\">", NULL },
	{ "<a href=\"?q={{ x }}\">", "<a href=\"?q=%3Cb%3E%20%26%20co\">",
	    NULL },
	{ "<a href=\"?q={{ x | escape }}\">",
	    "<a href=\"?q=%3Cb%3E%20%26%20co\">", NULL },
	{ "<script type=application/json>[{{ x | json }}]</script>",
	    "<script type=application/json>[\"\\u003cb\\u003e \\u0026 co\"]"
	    "</script>",
	    NULL },
	{ "<script type=application/json>[\"{{ x }}\"]</script>",
	    "<script type=application/json>[\"\\u003cb\\u003e \\u0026 co\"]"
	    "</script>",
	    NULL },
};

START_TEST(keeps_html_apart_from_text)
{
	kit_check(&html[_i], PLACE_HTML, html_data);
}
END_TEST

int
main(void)
{
	TCase *tests =
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data);

	tcase_add_loop_test(
	    tests, keeps_html_apart_from_text, 0, sizeof html / sizeof *html);
	return filter_run("filter_text", tests);
}
