#include "milter/liquid/html/context.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* A text with the place of a value behind it, and the escaper it needs. */
static const struct {
	const char *text;
	enum escape escape;
} places[] = {
	{ "", ESCAPE_HTML },
	{ "Hello ", ESCAPE_HTML },
	{ "a < b, 1 <3 ", ESCAPE_HTML },
	{ "<p>", ESCAPE_HTML },
	{ "<p class=\"a\">", ESCAPE_HTML },
	{ "<br/>", ESCAPE_HTML },
	{ "</p>", ESCAPE_HTML },
	{ "<!DOCTYPE html>", ESCAPE_HTML },
	{ "<?xml version=\"1.0\"?>", ESCAPE_HTML },
	/* attributes */
	{ "<p class=\"", ESCAPE_ATTRIBUTE },
	{ "<p class = 'x ", ESCAPE_ATTRIBUTE },
	{ "<p CLASS=\"a\" title='", ESCAPE_ATTRIBUTE },
	{ "<p class=", ESCAPE_ATTRIBUTE | ESCAPE_QUOTED },
	{ "<p class=a", ESCAPE_UNQUOTED },
	{ "<p title=\"a > b", ESCAPE_ATTRIBUTE },
	{ "<p data-href=\"", ESCAPE_ATTRIBUTE },
	/* URLs */
	{ "<a href=\"", ESCAPE_URL },
	{ "<a href=\" ", ESCAPE_URL },
	{ "<a HREF='", ESCAPE_URL },
	{ "<a href=", ESCAPE_URL | ESCAPE_QUOTED },
	{ "<img src=\"", ESCAPE_URL },
	{ "<td background=\"", ESCAPE_URL },
	{ "<svg><a xlink:href=\"", ESCAPE_URL },
	{ "<a href=\"java", ESCAPE_URL_REST },
	{ "<a href=\"https://x/", ESCAPE_URL_PART },
	{ "<a href=\"/", ESCAPE_URL_PART },
	{ "<a href=\"https:", ESCAPE_URL_PART },
	{ "<a href=\"https://x/?", ESCAPE_URL_COMPONENT },
	{ "<a href=\"https://x/?a=1&amp;b=", ESCAPE_URL_COMPONENT },
	{ "<a href=\"?", ESCAPE_URL_COMPONENT },
	{ "<a href=\"#", ESCAPE_URL_COMPONENT },
	{ "<a href=\"mailto:", ESCAPE_URL_ADDRESS },
	{ "<a href=\"MailTo:", ESCAPE_URL_ADDRESS },
	{ "<a href=\"tel:+", ESCAPE_URL_ADDRESS },
	{ "<a href=\"mailto:a@b?subject=", ESCAPE_URL_COMPONENT },
	{ "<img srcset=\"https://x/a.png?b 2x, ", ESCAPE_URL },
	{ "<img srcset=\"https://x/a.png?b", ESCAPE_URL_COMPONENT },
	{ "<a ping=\"/a ", ESCAPE_URL },
	{ "<svg><animate to=\"", ESCAPE_URL },
	{ "<svg><animateTransform from='", ESCAPE_URL },
	{ "<object><param value=\"", ESCAPE_URL },
	{ "<p to=\"", ESCAPE_ATTRIBUTE },
	{ "<form action-xhr=\"", ESCAPE_URL },
	/* character references */
	{ "<a href=\"a&#x2F;b", ESCAPE_URL_PART },
	{ "<a href=\"&#77;ailto&colon;", ESCAPE_URL_ADDRESS },
	{ "<a href=\"mailto&#58", ESCAPE_URL_REST },
	{ "<a href=\"mailto&#58;", ESCAPE_URL_ADDRESS },
	{ "<a href=\"mailto&#58x", ESCAPE_URL_ADDRESS },
	{ "<a href=\"a&quest;", ESCAPE_URL_COMPONENT },
	{ "<a href=\"a&hellip;", ESCAPE_URL_PART },
	{ "<a href=\"a&;", ESCAPE_URL_PART },
	{ "<p style=\"background:url(&quot;", ESCAPE_URL },
	{ "<p style=\"background:url(&#39;a&#39;);color:", ESCAPE_CSS },
	{ "<p style=\"background:url&lpar;", ESCAPE_URL },
	{ "<p onclick=\"go(&quot;", ESCAPE_STRING },
	{ "<p onclick=\"go(&quot;a&quot;,", ESCAPE_CODE },
	{ "<p onclick=\"go(&quot=", ESCAPE_CODE },
	{ "<p onclick=\"go(&quot ", ESCAPE_STRING },
	/* styles */
	{ "<p style=\"color:", ESCAPE_CSS },
	{ "<p style=\"background:url(", ESCAPE_URL },
	{ "<p style=\"background:URL( '", ESCAPE_URL },
	{ "<p style=\"background:url('https://x/", ESCAPE_URL_PART },
	{ "<p style=\"background:url(https://x/?", ESCAPE_URL_COMPONENT },
	{ "<p style=\"background:url(a.png);color:", ESCAPE_CSS },
	{ "<p style=\"background:url('a)b');color:", ESCAPE_CSS },
	{ "<p style=\"font-family:'url(", ESCAPE_CSS },
	{ "<p style=\"/* url( */color:", ESCAPE_CSS },
	{ "<p style=\"background:url(javascript", ESCAPE_URL_REST },
	{ "<rect fill=\"url(", ESCAPE_URL },
	{ "<style>", ESCAPE_CSS },
	{ "<style>p{content:'a\\'url(", ESCAPE_CSS },
	{ "<style>p{content:'a'}q{background:url(", ESCAPE_CSS_URL },
	{ "<style>curl(", ESCAPE_CSS },
	{ "<style>p{background:url(ht", ESCAPE_CSS_URL_REST },
	{ "<style type=\"text/css\">p{color:", ESCAPE_CSS },
	{ "<STYLE>p{background:url(", ESCAPE_CSS_URL },
	{ "<style>p{background:url(a/", ESCAPE_CSS_URL_PART },
	{ "<style>p{}</style>", ESCAPE_HTML },
	{ "<style>p{}</STYLE >", ESCAPE_HTML },
	{ "<style></styles>", ESCAPE_CSS },
	{ "<style><p href=\"", ESCAPE_CSS },
/* scripts */
#define JSON_SCRIPT "<script type=\"application/ld+json\">"
	{ "<script type=\"application/json\">", ESCAPE_JSON },
	{ JSON_SCRIPT "{\"name\":", ESCAPE_JSON },
	{ JSON_SCRIPT "{\"name\":\"", ESCAPE_STRING },
	{ JSON_SCRIPT "[\"it\\\"s '", ESCAPE_STRING },
	{ JSON_SCRIPT "[\"it's\", ", ESCAPE_JSON },
	{ JSON_SCRIPT "[\"it's\"]</script", ESCAPE_JSON },
	{ JSON_SCRIPT "[]</script>", ESCAPE_HTML },
	{ "<script>if (a<b)</script>", ESCAPE_HTML },
	{ "<p onclick=\"go('", ESCAPE_STRING },
	{ "<p ONMOUSEOVER='go(", ESCAPE_CODE },
	{ "<amp-img [src]=\"", ESCAPE_CODE },
	{ "<amp-img data-amp-bind-src=\"", ESCAPE_CODE },
	/* no markup inside */
	{ "<title>", ESCAPE_RCDATA },
	{ "<title><b class=\"", ESCAPE_RCDATA },
	{ "<title>x</title>", ESCAPE_HTML },
	{ "<textarea rows=\"2\">", ESCAPE_RCDATA },
	{ "<textareas>", ESCAPE_HTML },
	/* comments */
	{ "<!-- ", ESCAPE_COMMENT },
	{ "<!-- <p class=\"", ESCAPE_COMMENT },
	{ "<!-- a -- b ", ESCAPE_COMMENT },
	{ "<!-- a -->", ESCAPE_HTML },
	{ "<!-- a --!>", ESCAPE_HTML },
	{ "<!-->", ESCAPE_HTML },
	{ "<!--->", ESCAPE_HTML },
	{ "<!----->", ESCAPE_HTML },
	{ "<!-", ESCAPE_COMMENT },
	{ "<!", ESCAPE_COMMENT },
	/* what mail has for Outlook */
	{ "<!--[if mso]>", ESCAPE_HTML },
	{ "<!--[if gte mso 9]><xml><o:x>", ESCAPE_HTML },
	{ "<!--[if mso]><v:rect fill=\"true\"><v:fill src=\"", ESCAPE_URL },
	{ "<!--[if mso]><v:roundrect href=\"https://x/?a=",
	    ESCAPE_URL_COMPONENT },
	{ "<!--[if mso]><table width=\"", ESCAPE_ATTRIBUTE },
	{ "<!--[if mso]></td><![endif]-->", ESCAPE_HTML },
	{ "<!--[if !mso]><!-->", ESCAPE_HTML },
	{ "<!--[if !mso]><!--><p title=\"", ESCAPE_ATTRIBUTE },
	{ "<!--<![endif]-->", ESCAPE_HTML },
	{ "<![if !mso]>", ESCAPE_HTML },
	{ "<![endif]>", ESCAPE_HTML },
	{ "<!--[if ", ESCAPE_COMMENT },
	{ "<!--[if a]b", ESCAPE_COMMENT },
	{ "<!--[iffy] -->", ESCAPE_HTML },
	{ "<!--[ x -->", ESCAPE_HTML },
	{ "<!--[if mso]><style>p{color:", ESCAPE_CSS },
	{ "<!--[if mso]><style>p{}</style><![endif]-->", ESCAPE_HTML },
};

START_TEST(knows_the_escaper_of_each_place)
{
	struct context context = context_start();

	context_advance(&context, span_str(places[_i].text));
	ck_assert_msg(context_escape(&context) == places[_i].escape,
	    "%s: %d, not %d", places[_i].text, context_escape(&context),
	    places[_i].escape);
}
END_TEST

START_TEST(comes_to_the_same_place_in_pieces)
{
	struct span text = span_str(places[_i].text);
	struct context whole = context_start();

	context_advance(&whole, text);
	for (size_t cut = 0; cut <= text.len; cut++) {
		struct context pieces = context_start();

		context_advance(&pieces, span_first(text, cut));
		context_advance(&pieces, span_from(text, cut));
		ck_assert(context_equal(&whole, &pieces));
	}
}
END_TEST

/* Text, a value, text: the place of a second value. */
static const struct {
	const char *before;
	const char *after;
	enum escape escape;
} values[] = {
	{ "", "", ESCAPE_HTML },
	{ "<p>", "</p>", ESCAPE_HTML },
	{ "<p class=\"", "", ESCAPE_ATTRIBUTE },
	{ "<p class=\"", "\" title=\"", ESCAPE_ATTRIBUTE },
	{ "<p class=a", "", ESCAPE_UNQUOTED },
	{ "<p class=", " title=\"", ESCAPE_ATTRIBUTE },
	{ "<a href=\"", "", ESCAPE_URL_REST },
	{ "<a href=\"", "/", ESCAPE_URL_PART },
	{ "<a href=\"", "?a=", ESCAPE_URL_COMPONENT },
	{ "<a href=\"", "\">", ESCAPE_HTML },
	{ "<a href=\"?", "", ESCAPE_URL_COMPONENT },
	{ "<a href=\"", "&amp;a=", ESCAPE_URL_COMPONENT },
	{ "<a href=\"http", "", ESCAPE_URL_REST },
	{ "<img srcset=\"", " 2x, ", ESCAPE_URL },
	{ "<p style=\"background:url(", "", ESCAPE_URL_REST },
	{ "<style>p{background:url(", "", ESCAPE_CSS_URL_REST },
	{ "<p style=\"", ";color:", ESCAPE_CSS },
	{ "<p style=\"background:url(", ");color:", ESCAPE_CSS },
	{ "<style>a{color:", "}</style>", ESCAPE_HTML },
	{ JSON_SCRIPT "[\"", "\",", ESCAPE_JSON },
	{ "<meta content=\"", "\" name=\"", ESCAPE_ATTRIBUTE },
	{ "<title>", "</title>", ESCAPE_HTML },
	{ "<!-- ", " -->", ESCAPE_HTML },
	{ "<!-- -", "->", ESCAPE_COMMENT },
	{ "<!--", "-->", ESCAPE_HTML },
	{ "<!", ">", ESCAPE_HTML },
	{ "<textarea>", "</textarea>", ESCAPE_HTML },
};

START_TEST(goes_on_behind_a_value)
{
	struct context context = context_start();

	context_advance(&context, span_str(values[_i].before));
	context_value(&context);
	context_advance(&context, span_str(values[_i].after));
	ck_assert_msg(context_escape(&context) == values[_i].escape,
	    "%s..%s: %d", values[_i].before, values[_i].after,
	    context_escape(&context));
}
END_TEST

/* Text, a value, and what shows behind it that no escaper helps. */
static const struct {
	const char *before, *after;
} refused[] = {
	/* names */
	{ "<", ">" },
	{ "</", ">" },
	{ "<p", ">" },
	{ "<p ", ">" },
	{ "<p cla", "=\"\">" },
	{ "<p class=\"a\"", ">" },
	{ "<p class ", ">" },
	/* without quotes */
	{ "<p class=", "b" },
	{ "<p class=", "\"b\"" },
	{ "<p style=color:", "" },
	{ "<p onclick=", "" },
	{ "<p onclick=go(", "" },
	/* schemes */
	{ "<a href=\"", ":x" },
	{ "<a href=\"", "script:x" },
	{ "<a href=\"", "&colon;x" },
	{ "<a href=\"", "&#58x" },
	{ "<a href=\"", "&#x3A;" },
	{ "<a href=\"", "\n:" },
	{ "<a href=\"java", ":" },
	{ "<a href=\"javascript:", "" },
	{ "<a href=\"java\tscript:", "" },
	{ "<a href=\" &#1;JavaScript&colon;", "" },
	{ "<a href=\"javascript:a?", "" },
	{ "<a href=\"vbscript:", "" },
	{ "<img src=\"data:text/html,", "" },
	{ "<img srcset=\"/a 2x, data:", "" },
	{ "<p style=\"background:url(", ":x" },
	{ "<p style=\"background:url(&quot;data:", "" },
	{ "<p style=\"background:url(a\\28", "" },
	{ "<style>p{background:url(", ":x" },
	{ "<a href=\"&#", ";" },
	/* scripts */
	{ "<script>", "" },
	{ "<script type=\"text/javascript\">", "" },
	{ "<script type=\"module\" type=\"application/json\">", "" },
	{ "<script src=\"application/json\">a = '", "" },
	{ "<p onclick=\"/* it's */ go(", "" },
	{ "<p onclick=\"a=`", "" },
	{ "<p onclick=\"'a\n", "" },
	/* markup in attributes, values for others */
	{ "<iframe srcdoc=\"", "" },
	{ "<svg><animate values=\"", "" },
	{ "<svg><set attributeName=\"", "" },
	/* a meta that goes elsewhere */
	{ "<meta http-equiv=\"refresh\" content=\"0;url=", "" },
	{ "<meta content=\"0;url=", "\" http-equiv=refresh>" },
	/* where an element means something else */
	{ "<svg><title>", "" },
	{ "<svg><style>", "" },
	{ "<math><script type=\"application/json\">", "" },
	/* comments that Outlook reads */
	{ "<!--[if mso]>", ">" },
	{ "<!--[if mso]>", "->" },
	{ "<!--[if mso]><p class=a", "" },
	/* strings that are URLs */
	{ "<style>@import \"", "" },
	{ "<style>@import /* */ '", "" },
	{ "<style>p{background:image-set(\"", "" },
	{ "<style>p{background:image-set(url(a) 1x, \"", "" },
	{ "<style>p{background:u\\72l('", "" },
};

START_TEST(refuses_places_that_no_value_is_safe_in)
{
	struct context context = context_start();

	context_advance(&context, span_str(refused[_i].before));
	ck_assert_ptr_null(context_fault(&context));
	context_value(&context);
	context_advance(&context, span_str(refused[_i].after));
	ck_assert_msg(context_fault(&context) != NULL, "%s..%s",
	    refused[_i].before, refused[_i].after);
}
END_TEST

START_TEST(lets_an_author_vouch_for_a_value)
{
	struct context context = context_start();

	context_advance(&context, SPAN("<body "));
	context_raw_value(&context);
	context_advance(&context, SPAN("><p title=\""));
	ck_assert_ptr_null(context_fault(&context));
	ck_assert_int_eq(context_escape(&context), ESCAPE_ATTRIBUTE);
}
END_TEST

/* A beginning and two branches; whether they meet, and the place then. */
static const struct {
	const char *before;
	const char *branches[2];
	int joins;
	const char *after;
	enum escape escape;
} branches[] = {
	{ "", { "", "<b>x</b>" }, 1, "", ESCAPE_HTML },
	{ "", { "", "<b" }, 0, "", 0 },
	{ "", { "", "<!--" }, 0, "", 0 },
	{ "<p class=\"", { "a", "b c" }, 1, "", ESCAPE_ATTRIBUTE },
	{ "<p class=\"", { "a", "b\"" }, 0, "", 0 },
	{ "<p ", { "", "class=\"a\"" }, 1, " title=\"", ESCAPE_ATTRIBUTE },
	{ "<p", { "", " class=\"a\"" }, 1, ">", ESCAPE_HTML },
	{ "<p", { "", " class=\"a\"" }, 1, " style=\"", ESCAPE_CSS },
	{ "<style", { "", " type=\"a\"" }, 1, ">", ESCAPE_CSS },
	{ "<option ", { "", "selected" }, 1, ">", ESCAPE_HTML },
	{ "<p ", { "class=\"a\"", "class='" }, 0, "", 0 },
	{ "<a href=\"", { "https://x/", "" }, 1, "", ESCAPE_URL },
	{ "<a href=\"", { "https://x/", "/y" }, 1, "", ESCAPE_URL_PART },
	{ "<a href=\"https://x/", { "?a=1", "" }, 1, "", ESCAPE_URL_COMPONENT },
	{ "<a href=\"", { "x", "mailto:" }, 1, "", ESCAPE_URL_ADDRESS },
	{ "<p style=\"", { "color:red", "width:1px;u" }, 1, "", ESCAPE_CSS },
	{ "<p style=\"", { "color:red", "background:url(" }, 0, "", 0 },
	{ "<style>", { "p{}", "td{}" }, 1, "", ESCAPE_CSS },
	{ "<style>", { "p{}", "</style>" }, 0, "", 0 },
	{ JSON_SCRIPT, { "\"x\"", "b" }, 1, "", ESCAPE_JSON },
	{ JSON_SCRIPT, { "\"x\"", "\"" }, 0, "", 0 },
	{ "<a href=\"", { "x", "y/" }, 1, "", ESCAPE_URL_REST },
	{ "<p style=\"background:url(", { "x", "?" }, 1, "",
	    ESCAPE_URL_COMPONENT },
	{ "<svg>", { "", "</svg>" }, 0, "", 0 },
	{ "<!--", { " a ", " b -" }, 1, " ", ESCAPE_COMMENT },
};

START_TEST(joins_branches_that_end_in_one_place)
{
	struct context ends[2], joined;

	for (int i = 0; i < 2; i++) {
		ends[i] = context_start();
		context_advance(&ends[i], span_str(branches[_i].before));
		context_advance(&ends[i], span_str(branches[_i].branches[i]));
	}
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(context_join(&ends[i], &ends[!i], &joined),
		    branches[_i].joins);
		if (!branches[_i].joins)
			continue;
		context_advance(&joined, span_str(branches[_i].after));
		ck_assert_int_eq(context_escape(&joined), branches[_i].escape);
	}
}
END_TEST

START_TEST(has_a_name_for_each_place)
{
	struct context context = context_start();

	context_advance(&context, span_str(places[_i].text));
	ck_assert_int_gt((int)strlen(context_name(&context)), 5);
	ck_assert_int_eq(
	    context_is_text(&context), context_escape(&context) == ESCAPE_HTML);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("context");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, knows_the_escaper_of_each_place, 0,
	    sizeof places / sizeof *places);
	tcase_add_loop_test(tests, comes_to_the_same_place_in_pieces, 0,
	    sizeof places / sizeof *places);
	tcase_add_loop_test(tests, has_a_name_for_each_place, 0,
	    sizeof places / sizeof *places);
	tcase_add_loop_test(
	    tests, goes_on_behind_a_value, 0, sizeof values / sizeof *values);
	tcase_add_loop_test(tests, refuses_places_that_no_value_is_safe_in, 0,
	    sizeof refused / sizeof *refused);
	tcase_add_test(tests, lets_an_author_vouch_for_a_value);
	tcase_add_loop_test(tests, joins_branches_that_end_in_one_place, 0,
	    sizeof branches / sizeof *branches);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
