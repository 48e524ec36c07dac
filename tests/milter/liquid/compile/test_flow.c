#include "tests/milter/liquid/kit_liquid.h"

static const char data[] =
    "{\"x\":\"<b>&\\\"'\",\"none\":\"\",\"u\":\"https://a/?q=1&r=2\","
    "\"bad\":\"javascript:alert(1)\",\"n\":5,\"yes\":true,\"no\":false,"
    "\"list\":[\"<\",\">\"],\"crlf\":\"a\\r\\nBcc: b\\u0000c\"}";

#define X "&lt;b&gt;&amp;&quot;&#39;"

struct row {
	const char *source, *printed;
};

static void
check(enum place place, const struct row *rows, size_t count)
{
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, data);
	kit.options.place = place;
	for (size_t i = 0; i < count; i++)
		kit_prints(&kit, rows[i].source, rows[i].printed);
	kit_end(&kit);
}

START_TEST(escapes_by_the_place_in_html)
{
	static const struct row rows[] = {
		{ "<p>{{ x }}</p>", "<p>" X "</p>" },
		{ "<a title=\"{{ x }}\">", "<a title=\"" X "\">" },
		{ "<a href=\"{{ bad }}\">", "<a href=\"#\">" },
		{ "<p title={{ none }} alt=\"{{ n }}\">",
		    "<p title=\"\" alt=\"5\">" },
		{ "<a href={{ bad }}>", "<a href=\"#\">" },
		{ "<a href={{ none | escape }}>", "<a href=\"\">" },
		{ "<p onclick=\"go({{ x }})\">",
		    "<p onclick=\"go(&quot;\\u003cb\\u003e\\u0026"
		    "\\u0022\\u0027&quot;)\">" },
		{ "<p onclick='go({{ list | json }})'>",
		    "<p "
		    "onclick='go([&quot;\\u003c&quot;,&quot;\\u003e&quot;])'"
		    ">" },
		{ "<body {{ x | raw }}>", "<body <b>&\"'>" },
		{ "<p>{{ x | escape }}</p>", "<p>" X "</p>" },
		{ "{{ x | escape | downcase | append: '<i>' }}",
		    "&lt;b&gt;&amp;&quot;&#39;&lt;i&gt;" },
		{ "<p>{{ x | raw }}</p>", "<p><b>&\"'</p>" },
		{ "<p>{{ list }}{{ n }}</p>", "<p>&lt;&gt;5</p>" },
		{ "{% assign y = x %}{{ y }}", X },
		{ "{% assign y = x | escape %}<i>{{ y }}</i>", "<i>" X "</i>" },
		{ "{% capture y %}<b>{{ x }}</b>{% endcapture %}{{ y }}",
		    "<b>" X "</b>" },
		{ "{% for i in list %}<i>{{ i }}</i>{% endfor %}",
		    "<i>&lt;</i><i>&gt;</i>" },
		{ "{% cycle x, n %}", X },
		{ "<p {% if yes %}title=\"{{ x }}\"{% endif %}>{{ x }}</p>",
		    "<p title=\"" X "\">" X "</p>" },
		{ "<p title=\"{% if yes %}{{ x }}{% else %}y{% endif %}\">",
		    "<p title=\"" X "\">" },
		{ "{% case n %}{% when 5 %}<p title=\"{% else %}<p id=\""
		  "{% endcase %}{{ x }}\">",
		    "<p title=\"" X "\">" },
		{ "<p title=\"{% for i in list %}{{ i }}{% break %}"
		  "{% endfor %}\">",
		    "<p title=\"&lt;\">" },
	};

	check(PLACE_HTML, rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(keeps_control_bytes_out_of_headers_and_text)
{
	static const struct row header[] = {
		{ "Hi {{ crlf }}", "Hi a Bcc: bc" },
		{ "{{ x | escape }}", "<b>&\"'" },
	};
	static const struct row text[] = {
		{ "{{ x }}", "<b>&\"'" },
	};

	check(PLACE_HEADER, header, sizeof header / sizeof *header);
	check(PLACE_TEXT, text, sizeof text / sizeof *text);
}
END_TEST

START_TEST(refuses_branches_that_end_apart)
{
	static const struct {
		const char *source;
		unsigned line, column;
		const char *text;
	} rows[] = {
		{ "{% if yes %}<a href=\"{% endif %}{{ x }}", 1, 5,
		    "branches" },
		{ "\n{% for i in list %}<a title='{{ i }}{% endfor %}", 2, 4,
		    "branches" },
		{ "<a title=\"{{ x }}", 1, 11, "the HTML ends" },
		{ "<a title=\"{% render 'p' %}\">", 1, 14,
		    "a partial cannot stand" },
		{ "<a title=\"{% tablerow i in list %}{% endtablerow %}\">", 1,
		    14, "a tablerow cannot stand" },
		{ "{% capture a %}<a href=\"{% endcapture %}", 1, 1,
		    "a capture ends" },
		{ "{% if yes %}{% endif %}<a href=\"", 1, 1, "the HTML ends" },
		{ "<p {{ x }}>", 1, 4, "would name" },
		{ "<p title={{ x }}{{ n }}>", 1, 17, "put quotes" },
		{ "\n<a href=\"{{ x }}:{{ n }}\">", 2, 16, "a colon behind" },
		{ "<a title=\"{% slot 's', pool: 'p' %}{% endslot %}\">", 1, 14,
		    "a stored block cannot stand" },
	};
	struct kit kit;

	kit_begin(&kit);
	kit.options.place = PLACE_HTML;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ck_assert_msg(kit_compile(&kit, rows[i].source) < 0, "%s",
		    rows[i].source);
		ck_assert_int_eq(kit.err.code, ERR_TEMPLATE);
		ck_assert_msg(strstr(kit.err.text, rows[i].text) != NULL,
		    "%s: %s", rows[i].source, kit.err.text);
		ck_assert_uint_eq(kit.err.line, rows[i].line);
	}
	kit_end(&kit);
}
END_TEST

START_TEST(passes_marketing_html)
{
	static const char source[] =
	    "<!--[if mso]><v:roundrect href=\"{{ u }}\" arcsize=\"8%\">"
	    "<![endif]-->\n<style>.a{color:#fff}</style>\n"
	    "<td{% if yes %} bgcolor=\"#fff\"{% endif %} align=center>"
	    "<a href=\"https://a/?id={{ x }}&amp;u=1\">{{ n }}</a>\n"
	    "<script type=\"application/ld+json\">{\"a\":{{ n }}}</script>"
	    "<!--[if mso]></v:roundrect><![endif]-->";
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, data);
	kit.options.place = PLACE_HTML;
	ck_assert_msg(kit_compile(&kit, source) == 0, "%s", kit.err.text);
	ck_assert_int_eq(kit_run(&kit), 0);
	ck_assert(strstr(buf_cstr(&kit.out), "<b>") == NULL);
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		escapes_by_the_place_in_html,
		keeps_control_bytes_out_of_headers_and_text,
		refuses_branches_that_end_apart,
		passes_marketing_html,
		NULL,
	};

	return kit_main("flow", tests);
}
