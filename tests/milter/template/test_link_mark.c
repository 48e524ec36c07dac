#include "milter/template/link_mark.h"

#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

#define M "ABCDEFGHIJKLMNOPQRSTUA"   /* the mark that is put */
#define OLD "AAAAAAAAAAAAAAAAAAAAAA" /* of a mailing before */

static const char yaml[] =
    "id: spring\n"
    "unsubscribe: {url: \"https://shop.example/u?t={{ recipient.token }}\"}\n"
    "links: {domains: [Shop.Example, \"*.cdn.example\", "
    "b\xc3\xbc"
    "cher.example]}\n";

struct odd {
	const char *before;
	const char *after; /* NULL: stays as it is */
};

/* What stands in href="". */
static const struct odd html_links[] = {
	{ "https://shop.example/", "https://shop.example/?iv=" M },
	{ "https://shop.example", "https://shop.example/?iv=" M },
	{ "https://shop.example#top", "https://shop.example/?iv=" M "#top" },
	{ "https://shop.example/a?b=1",
	    "https://shop.example/a?b=1&amp;iv=" M },
	{ "https://shop.example?b=1", "https://shop.example?b=1&amp;iv=" M },
	{ "https://shop.example/a?", "https://shop.example/a?iv=" M },
	{ "https://shop.example/a?b?", "https://shop.example/a?b?&amp;iv=" M },
	{ "https://shop.example/a?b&amp;",
	    "https://shop.example/a?b&amp;iv=" M },
	{ "https://shop.example/a?b=1&amp;c=2#x?y",
	    "https://shop.example/a?b=1&amp;c=2&amp;iv=" M "#x?y" },
	{ "https://shop.example/a?b=1&c=2",
	    "https://shop.example/a?b=1&c=2&amp;iv=" M },
	{ "https://shop.example/a?b=1&#38;c=2",
	    "https://shop.example/a?b=1&#38;c=2&amp;iv=" M },
	{ "https://shop.example/a?b=1&#x26;c&num;x",
	    "https://shop.example/a?b=1&#x26;c&amp;iv=" M "&num;x" },
	{ "https://shop.example/a&quest;b=1&#35;x",
	    "https://shop.example/a&quest;b=1&amp;iv=" M "&#35;x" },
	{ "https&colon;&sol;&sol;shop&period;example/",
	    "https&colon;&sol;&sol;shop&period;example/?iv=" M },
	{ "https:&#47;&#x2F;shop.example/",
	    "https:&#47;&#x2F;shop.example/?iv=" M },
	{ "HTTPS://SHOP.EXAMPLE/A", "HTTPS://SHOP.EXAMPLE/A?iv=" M },
	{ "https://shop.example./", "https://shop.example./?iv=" M },
	{ "https://shop.example:8443/a", "https://shop.example:8443/a?iv=" M },
	{ "https://shop.example:/a", "https://shop.example:/a?iv=" M },
	{ "https://user:pw@shop.example/",
	    "https://user:pw@shop.example/?iv=" M },
	{ "  https://shop.example/a \r\n ",
	    "  https://shop.example/a?iv=" M " \r\n " },
	{ "https://shop.example/a b", "https://shop.example/a b?iv=" M },
	{ "https://b\xc3\xbc"
	  "cher.example/",
	    "https://b\xc3\xbc"
	    "cher.example/?iv=" M },
	{ "https://B\xc3\x9c"
	  "CHER.example/",
	    "https://B\xc3\x9c"
	    "CHER.example/?iv=" M },
	{ "https://xn--bcher-kva.example/",
	    "https://xn--bcher-kva.example/?iv=" M },
	{ "https://a.cdn.example/", "https://a.cdn.example/?iv=" M },
	{ "https://a.b.cdn.example/", "https://a.b.cdn.example/?iv=" M },
	{ "https://shop.example/?iv=" OLD "&amp;x=1#f",
	    "https://shop.example/?iv=" M "&amp;x=1#f" },
	{ "https://shop.example/?x&amp;iv=" OLD,
	    "https://shop.example/?x&amp;iv=" M },
	{ "https://shop.example/?ivy=1",
	    "https://shop.example/?ivy=1&amp;iv=" M },
	{ "https://shop.example/#/a?iv=" OLD,
	    "https://shop.example/?iv=" M "#/a?iv=" OLD },
	{ "https://shop.example/?iv=7", NULL },
	{ "https://shop.example/?iv", NULL },
	{ "https://shop.example/u?t=k1.abc.def", NULL },
	{ "http://shop.example/", NULL },
	{ "//shop.example/", NULL },
	{ "/a?b", NULL },
	{ "#top", NULL },
	{ "", NULL },
	{ "mailto:a@shop.example?subject=https://shop.example/", NULL },
	{ "tel:+4312345", NULL },
	{ "cid:part1@shop.example", NULL },
	{ "javascript:location='https://shop.example/'", NULL },
	{ "https://www.shop.example/", NULL },
	{ "https://cdn.example/", NULL },
	{ "https://xcdn.example/", NULL },
	{ "https://evilshop.example/", NULL },
	{ "https://shop.example.evil.example/", NULL },
	{ "https://shop.example@evil.example/", NULL },
	{ "https://shop.example:443@evil.example/", NULL },
	{ "https://evil.example\\@shop.example/", NULL },
	{ "https://evil.example/@shop.example/", NULL },
	{ "https://evil.example?@shop.example/", NULL },
	{ "https://evil.example#@shop.example/", NULL },
	{ "https://[2001:db8::1]/", NULL },
	{ "https://[shop.example]/", NULL },
	{ "https://127.0.0.1/", NULL },
	{ "https://shop%2Eexample/", NULL },
	{ "https://shop.example:x/", NULL },
	{ "https://sh op.example/", NULL },
	{ "https://shop..example/", NULL },
	{ "https://.shop.example/", NULL },
	{ "https:///shop.example/", NULL },
	{ "https://", NULL },
	{ "https:shop.example/", NULL },
};

/* Whole pieces of HTML. */
static const struct odd html_texts[] = {
	{ "<a href=https://shop.example/a>x</a>",
	    "<a href=https://shop.example/a?iv=" M ">x</a>" },
	{ "<A CLASS=b HREF='https://shop.example/'>x</A>",
	    "<A CLASS=b HREF='https://shop.example/?iv=" M "'>x</A>" },
	{ "<map><area href=\"https://shop.example/\"></map>",
	    "<map><area href=\"https://shop.example/?iv=" M "\"></map>" },
	{ "<!--[if mso]><v:roundrect href=\"https://shop.example/\">"
	  "<![endif]--><a href=\"https://shop.example/\">",
	    "<!--[if mso]><v:roundrect href=\"https://shop.example/?iv=" M
	    "\"><![endif]--><a href=\"https://shop.example/?iv=" M "\">" },
	{ "<a title=\"a>b\" href=\"https://shop.example/\">",
	    "<a title=\"a>b\" href=\"https://shop.example/?iv=" M "\">" },
	{ "<!-- <a href=\"https://shop.example/\"> -->", NULL },
	{ "<style>a[href=\"https://shop.example/\"]{}</style>", NULL },
	{ "<script>'<a href=\"https://shop.example/\">'</script>", NULL },
	{ "<img src=\"https://shop.example/logo.png\">", NULL },
	{ "<link href=\"https://shop.example/x.css\">", NULL },
	{ "<base href=\"https://shop.example/\">", NULL },
	{ "https://shop.example/ is our shop", NULL },
	{ "<a data-href=\"https://shop.example/\">", NULL },
	{ "<a name=\"https://shop.example/\">", NULL },
	{ "<a href", NULL },
	{ "<a href=\"https://shop.example/", NULL },
};

static const struct odd plain_texts[] = {
	{ "https://shop.example/", "https://shop.example/?iv=" M },
	{ "See https://shop.example/a.",
	    "See https://shop.example/a?iv=" M "." },
	{ "(https://shop.example/a)", "(https://shop.example/a?iv=" M ")" },
	{ "https://shop.example/a_(b)", "https://shop.example/a_(b)?iv=" M },
	{ "[x](https://shop.example/a)",
	    "[x](https://shop.example/a?iv=" M ")" },
	{ "https://shop.example/a?b=1&c=2#d, or",
	    "https://shop.example/a?b=1&c=2&iv=" M "#d, or" },
	{ "<https://shop.example/a>", "<https://shop.example/a?iv=" M ">" },
	{ "\xc2\xbbhttps://shop.example/\xc2\xab",
	    "\xc2\xbbhttps://shop.example/?iv=" M "\xc2\xab" },
	{ "https://shop.example/\xe2\x80\x9d",
	    "https://shop.example/?iv=" M "\xe2\x80\x9d" },
	{ "https://shop.example/\xc3\xa4/",
	    "https://shop.example/\xc3\xa4/?iv=" M },
	{ "https://shop.example\r\nhttps://shop.example\r\n",
	    "https://shop.example/?iv=" M "\r\nhttps://shop.example/?iv=" M
	    "\r\n" },
	{ "https://shop.example/a&amp;b",
	    "https://shop.example/a&amp;b?iv=" M },
	{ "HTTPS://Shop.Example/", "HTTPS://Shop.Example/?iv=" M },
	{ "<https://shop.example/a\r\nb>", NULL },
	{ "xhttps://shop.example/", NULL },
	{ "http://shop.example/ mailto:a@shop.example", NULL },
	{ "https://evil.example\\@shop.example/", NULL },
	{ "https://shop.example@evil.example/", NULL },
	{ "https://", NULL },
	{ "://https://evil.example:https://", NULL },
};

static struct arena *arena;
static struct campaign *campaign;
static struct err err;

static void
setup(void)
{
	arena = arena_new(1 << 24);
	err_clear(&err);
	ck_assert_msg(campaign_parse(span_str(yaml), "c.yaml", arena, &campaign,
			  &err) == 0,
	    "%s", err.text);
}

static void
teardown(void)
{
	arena_free(&arena);
}

static struct span
marked(const char *text, bool html, size_t *count)
{
	struct span out;

	*count = 0;
	ck_assert_int_eq(link_mark_text(campaign, span_str(text), html, SPAN(M),
			     arena, &out, count, &err),
	    0);
	return out;
}

static void
compare(const struct odd *odd, const char *before, const char *after, bool html)
{
	size_t count;
	struct span got = marked(before, html, &count);

	ck_assert_msg(span_eq(got, span_str(after)), "%s gave %.*s", before,
	    SPAN_ARG(got));
	ck_assert_int_eq(count != 0, odd->after != NULL);
	/* Marked again, nothing changes. */
	got = marked(after, html, &count);
	ck_assert_msg(span_eq(got, span_str(after)), "%s gave %.*s", after,
	    SPAN_ARG(got));
}

START_TEST(marks_own_links_of_html_and_no_others)
{
	const struct odd *odd = &html_links[_i];
	char before[256], after[256];

	snprintf(before, sizeof before, "<p><a class=b href=\"%s\">x</a>",
	    odd->before);
	snprintf(after, sizeof after, "<p><a class=b href=\"%s\">x</a>",
	    odd->after ? odd->after : odd->before);
	compare(odd, before, after, true);
}
END_TEST

START_TEST(finds_links_of_html_where_readers_do)
{
	const struct odd *odd = &html_texts[_i];

	compare(odd, odd->before, odd->after ? odd->after : odd->before, true);
}
END_TEST

START_TEST(finds_links_of_plain_text_where_readers_do)
{
	const struct odd *odd = &plain_texts[_i];

	compare(odd, odd->before, odd->after ? odd->after : odd->before, false);
}
END_TEST

START_TEST(takes_any_cut_of_a_text)
{
	char text[256];
	size_t count, len;

	for (size_t i = 0; i < sizeof html_texts / sizeof *html_texts; i++) {
		len = strlen(html_texts[i].before);
		for (size_t cut = 0; cut <= len; cut++) {
			struct arena_mark mark = arena_mark(arena);

			snprintf(text, cut + 1, "%s", html_texts[i].before);
			(void)marked(text, true, &count);
			(void)marked(text, false, &count);
			arena_rewind(arena, mark);
		}
	}
}
END_TEST

START_TEST(leaves_links_that_are_too_long)
{
	static char text[8192];
	size_t count, at;

	at = (size_t)snprintf(
	    text, sizeof text, "<a href=\"https://shop.example/");
	memset(text + at, 'a', 5000);
	snprintf(text + at + 5000, 8, "\">");
	ck_assert(span_eq(marked(text, true, &count), span_str(text)));
	ck_assert(span_eq(marked(text, false, &count), span_str(text)));
}
END_TEST

START_TEST(fails_cleanly_when_memory_is_out)
{
	const char *text = "<a href=\"https://shop.example/\">";
	struct span out;
	int status = -1;

	for (size_t limit = 1; status < 0; limit *= 2) {
		struct arena *small = arena_new(limit);
		size_t count = 0;

		err_clear(&err);
		status = link_mark_text(campaign, span_str(text), true, SPAN(M),
		    small, &out, &count, &err);
		if (status < 0)
			ck_assert_int_eq(err.code, ERR_MEMORY);
		arena_free(&small);
	}
}
END_TEST

#define LOOP(cases, test, list) \
	tcase_add_loop_test(cases, test, 0, sizeof list / sizeof *list)

int
main(void)
{
	Suite *suite = suite_create("link_mark");
	TCase *cases = tcase_create("link_mark");

	tcase_add_checked_fixture(cases, setup, teardown);
	LOOP(cases, marks_own_links_of_html_and_no_others, html_links);
	LOOP(cases, finds_links_of_html_where_readers_do, html_texts);
	LOOP(cases, finds_links_of_plain_text_where_readers_do, plain_texts);
	tcase_add_test(cases, takes_any_cut_of_a_text);
	tcase_add_test(cases, leaves_links_that_are_too_long);
	tcase_add_test(cases, fails_cleanly_when_memory_is_out);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
