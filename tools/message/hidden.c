#include "tools/message/hidden.h"

#include "store/base/ascii.h"
#include "milter/mail/html_tag.h"

enum { STYLE_MAX = 512, PREVIEW_MAX = 1000 };

/* A declaration that hides its element, blanks left out, in small letters;
 * one that does so only for text that stands right in it: builders of tables
 * write font-size:0 on every cell. */
static const struct {
	const char *declaration;
	bool text_only;
} hiding[] = {
	{ "display:none", false },
	{ "visibility:hidden", false },
	{ "max-height:0", false },
	{ "opacity:0", false },
	{ "font-size:0", true },
};

/* Whether the declaration stands in the style as a whole: `font-size:0` is
 * not `font-size:0.9em`. */
static bool
declares(struct span style, struct span declaration)
{
	for (size_t at = 0; at < style.len; at++) {
		struct span one = span_first(
		    span_from(style, at), span_find(span_from(style, at), ';'));
		struct span unit;

		at += one.len;
		if (!span_starts(one, declaration))
			continue;
		unit = span_from(one, declaration.len);
		if (unit.len == 0 || unit.at[0] == '!' ||
		    span_starts(unit, SPAN("px")) ||
		    span_starts(unit, SPAN("em")) ||
		    span_starts(unit, SPAN("pt")) ||
		    span_starts(unit, SPAN("%")))
			return true;
	}
	return false;
}

static bool
hides(const struct html_tag *tag, bool holds_text)
{
	char packed[STYLE_MAX];
	struct span style;
	size_t len = 0;

	if (html_tag_attribute(tag, SPAN("hidden"), &style))
		return true;
	if (!html_tag_attribute(tag, SPAN("style"), &style))
		return false;
	for (size_t i = 0; i < style.len && len < sizeof packed; i++)
		if (!ascii_is_space(style.at[i]))
			packed[len++] = (char)ascii_lower(style.at[i]);
	for (size_t i = 0; i < sizeof hiding / sizeof *hiding; i++)
		if ((holds_text || !hiding[i].text_only) &&
		    declares(
			span_of(packed, len), span_str(hiding[i].declaration)))
			return true;
	return false;
}

/* Whether it shows: more than blanks and the fillers of preview texts. */
static bool
shows(struct span text)
{
	static const char *const fillers[] = { "&nbsp;", "&zwnj;", "&shy;",
		"&#847;", "&#160;", "&#8199;", "&#8203;", "&zwj;", "&#173;",
		"\xc2\xa0", "\xcd\x8f", "\xe2\x80\x8c", "\xe2\x80\x8b",
		"\xc2\xad", "\xe2\x80\x87" };

	while (text.len != 0) {
		size_t len = ascii_is_space(text.at[0]) ? 1 : 0;

		for (size_t i = 0;
		     len == 0 && i < sizeof fillers / sizeof *fillers; i++)
			if (span_starts(text, span_str(fillers[i])))
				len = strlen(fillers[i]);
		if (len == 0)
			return true;
		text = span_from(text, len);
	}
	return false;
}

/* Void elements have no end that one could wait for. */
static bool
is_void(struct span name)
{
	static const char *const names[] = { "img", "br", "input", "meta",
		"link", "hr", "" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_caseeq(name, span_str(names[i])))
			return true;
	return false;
}

/* The text behind the tag, up to the next. */
static struct span
own_text(struct span html, size_t from)
{
	struct span rest = span_from(html, from);

	return span_first(rest, span_find(rest, '<'));
}

static void
tell(struct findings *findings, struct span where, struct span html, size_t at)
{
	unsigned line, column;

	html_place(html, at, &line, &column);
	finding_at(findings, "hidden", where, line, column,
	    "CSS hides content, which filters take for a trick; leave it out "
	    "instead");
}

void
hidden_look(struct findings *findings, struct span where, struct span html)
{
	struct html_tag tag;
	struct span within = SPAN_NONE; /* the hidden element, or <title> */
	size_t from = 0, opened = 0, preview = 0;
	unsigned depth = 0;
	bool shown = false, title = false;

	while (html_tag_next(html, &from, &tag)) {
		if (depth == 0)
			shown |= shows(tag.text);
		else if (!title)
			preview += tag.text.len;
		if (preview > PREVIEW_MAX) {
			tell(findings, where, html, opened);
			return;
		}
		if (depth != 0 && span_caseeq(tag.name, within))
			depth += tag.closes ? -1u : 1u;
		if (depth != 0 || tag.closes || is_void(tag.name))
			continue;
		title = span_caseeq(tag.name, SPAN("title"));
		if (!title && !hides(&tag, shows(own_text(html, from))))
			continue;
		if (!title && shown) {
			tell(findings, where, html, tag.at);
			return;
		}
		within = tag.name;
		opened = tag.at;
		depth = 1;
	}
}
