#include "tests/milter/liquid/kit_render.h"

#include "tests/suite.h"

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

START_TEST(computes_as_liquid_says)
{
	kit_check(&cases[_i], PLACE_NONE, cases_data);
}
END_TEST

START_TEST(fails_cleanly_in_every_memory_too_small)
{
	if (cases[_i].printed != NULL)
		kit_starve(cases[_i].template, cases_data);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("filter_html");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, computes_as_liquid_says, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(tests, fails_cleanly_in_every_memory_too_small, 0,
	    sizeof cases / sizeof *cases);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
