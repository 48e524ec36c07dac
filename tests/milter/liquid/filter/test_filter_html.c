#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] =
    "{\"h\":\"<p>Hi "
    "<b>you</b></p>\",\"j\":{\"a\":[1,\"<\\\"\",null,true,1.5]}}";

static const struct kit_case cases[] = {
	{ "{{ '<a>&\"' | escape }}", "&lt;a&gt;&amp;&quot;", NULL },
	{ "{{ \"'\" | h }}", "&#39;", NULL },
	{ "{{ '&lt; & &#1; &#x1; &a &; <' | escape_once }}",
	    "&lt; &amp; &#1; &amp;#x1; &amp;a &amp;; &lt;", NULL },
	{ "[{{ x | escape }}]", "[]", NULL },
	{ "{{ h | strip_html }}", "Hi you", NULL },
	{ "{{ 'a<script>b</script>c<!-- d -->e<style>f</style>g' | strip_html "
	  "}}",
	    "aceg", NULL },
	{ "{{ 'a<script>b' | strip_html }}", "ab", NULL },
	{ "{{ 'a < b' | strip_html }}", "a < b", NULL },
	{ "{{ '<<<script </script>script>x;</script>' | strip_html }}", "x;",
	    NULL },
	{ "{{ '<!-- > x' | strip_html }}", " x", NULL },
	{ "{{ '<SCRIPT>a</SCRIPT>' | strip_html }}", "a", NULL },
	{ "{{ j | json }}", "{\"a\":[1,\"\\u003c\\\"\",null,true,1.5]}", NULL },
	{ "{{ 'a\"b\\' | json_escape }}", "a\\\"b\\\\", NULL },
	{ "{{ x | to_json }}", "null", NULL },
	{ "{{ (1..2) | json }}", "\"1..2\"", NULL },
};

int
main(void)
{
	return filter_run("filter_html",
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data));
}
