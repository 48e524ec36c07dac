#include "tools/message/hidden.h"

#include "tests/tools/message/kit_findings.h"

#define PREVIEW "<div style=\"display:none;max-height:0\">Preview</div>"

static const struct {
	const char *html, *begins;
} rows[] = {
	/* the usual preview text, and what pads it */
	{ "<html><head><title>T</title><style>p{display:none}</style></head>"
	  "<body>" PREVIEW "<div style='display:none'>&nbsp;&zwnj;&#847;"
	  "</div><p>Hello</p>",
	    "" },
	{ "<body><!-- x -->\n <table><tr><td>" PREVIEW "Hi</td></table>", "" },
	{ "<body><div hidden>Preview</div>Hi", "" },
	/* hidden behind what shows */
	{ "Hi <p style=\"display: none\">x</p>",
	    "text/html, line 1, column 4: CSS hides" },
	{ "Hi\n<p STYLE='Display : None'>x</p>",
	    "text/html, line 2, column 1: CSS hides" },
	{ "<p>Hi</p><i style=\"visibility:hidden\">x</i>", "text/html" },
	{ "<p>Hi</p><i style=\"overflow:hidden;max-height:0\">x</i>",
	    "text/html" },
	{ "<p>Hi</p><i style=\"font-size:0px\">x</i>", "text/html" },
	{ "<p>Hi</p><i hidden>x</i>", "text/html" },
	{ "<body>" PREVIEW "<p>Hi</p>" PREVIEW, "text/html, line 1, column" },
	/* no trick */
	{ "Hi<td style=\"font-size:0px\"> <b>x</b></td>", "" },
	{ "Hi<p style=\"font-size:0.9em;max-height:0.5em\">x</p>", "" },
	{ "Hi<p title=\"display:none\">x</p>", "" },
	{ "Hi<p style=\"display:none", "text/html" },
};

START_TEST(tells_tricks_from_preview_texts)
{
	hidden_look(&findings, SPAN("text/html"), span_str(rows[_i].html));
	found(rows[_i].html, rows[_i].begins);
}
END_TEST

START_TEST(a_whole_letter_is_no_preview_text)
{
	char html[2000], letters[1500];

	memset(letters, 'x', sizeof letters);
	snprintf(html, sizeof html,
	    "<div style='display:none'>%.*s<b>y</b></div>Hi",
	    (int)sizeof letters, letters);
	hidden_look(&findings, SPAN("text/html"), span_str(html));
	found("1,500 hidden letters", "text/html, line 1");
}
END_TEST

int
main(void)
{
	Suite *all = suite_create("hidden");
	TCase *tests = tcase_create("hidden");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, tells_tricks_from_preview_texts, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_test(tests, a_whole_letter_is_no_preview_text);
	suite_add_tcase(all, tests);
	return suite_run(all);
}
