#include "milter/liquid/html/escape.h"

#include <stdio.h>

#include "milter/liquid/html/escape_table.h"
#include "milter/liquid/html/json.h"

static inline bool
is(unsigned char c, unsigned classes)
{
	return (byte_classes[c] & classes) != 0;
}

/* Bytes from the start on whose membership in the classes is as wanted. */
static inline size_t
run(struct span text, unsigned classes, bool wanted)
{
	size_t n = 0;

	while (n < text.len && is((unsigned char)text.at[n], classes) == wanted)
		n++;
	return n;
}

/* Takes what run() counted from the text and adds it to out. */
static inline void
move(struct span *text, size_t len, struct buf *out)
{
	buf_add(out, span_first(*text, len));
	*text = span_from(*text, len);
}

static struct span
entity(char c)
{
	switch (c) {
	case '&':
		return SPAN("&amp;");
	case '<':
		return SPAN("&lt;");
	case '>':
		return SPAN("&gt;");
	case '"':
		return SPAN("&quot;");
	default:
		return SPAN("&#39;");
	}
}

void
escape_html(struct span text, struct buf *out)
{
	for (;;) {
		move(&text, run(text, BYTE_HTML, false), out);
		if (text.len == 0)
			return;
		buf_add(out, entity(*text.at));
		text = span_from(text, 1);
	}
}

/* HTML text made safe for an attribute: no tags, but entities stay. */
static void
escape_html_again(struct span text, struct buf *out)
{
	for (;;) {
		move(&text, run(text, BYTE_HTML, false), out);
		if (text.len == 0)
			return;
		if (*text.at == '&')
			buf_byte(out, '&');
		else
			buf_add(out, entity(*text.at));
		text = span_from(text, 1);
	}
}

/* Blanks, = and ` end or confuse an attribute without quotes. */
static void
escape_unquoted(struct span text, bool keep_entities, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == '&' && keep_entities)
			buf_byte(out, '&');
		else if (c <= ' ' || c == '=' || c == '`')
			buf_printf(out, "&#%u;", c);
		else if (is(c, BYTE_HTML))
			buf_add(out, entity((char)c));
		else
			buf_byte(out, (char)c);
	}
}

static void
put_percent(unsigned char c, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	const char text[3] = { '%', digits[c >> 4], digits[c & 15] };

	buf_add(out, span_of(text, 3));
}

/* Percent-encodes all but the class and the one byte more. */
static void
encode(struct span text, unsigned class, char keep, struct buf *out)
{
	for (;;) {
		move(&text, run(text, class, true), out);
		if (text.len == 0)
			return;
		if (*text.at == keep)
			buf_byte(out, keep);
		else
			put_percent((unsigned char)*text.at, out);
		text = span_from(text, 1);
	}
}

void
escape_component(struct span text, struct buf *out)
{
	encode(text, BYTE_UNRESERVED, '\0', out);
}

void
escape_form(struct span text, struct buf *out)
{
	for (;;) {
		size_t blank = span_find(text, ' ');

		encode(span_first(text, blank), BYTE_UNRESERVED, '\0', out);
		if (blank == text.len)
			return;
		buf_byte(out, '+');
		text = span_from(text, blank + 1);
	}
}

static bool
scheme_allowed(struct span scheme)
{
	static const char *const allowed[] = { "http", "https", "mailto", "tel",
		"sms", "cid", "webcal" };

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (span_caseeq(scheme, span_str(allowed[i])))
			return true;
	return false;
}

/* Relative, or of an allowed scheme. An entity before the colon could hide
 * another one. */
static bool
url_allowed(struct span url, bool html)
{
	for (size_t i = 0; i < url.len; i++) {
		char c = url.at[i];

		if (c == ':')
			return scheme_allowed(span_first(url, i));
		if (c == '/' || c == '?' || c == '#')
			return true;
		if (c == '&' && html &&
		    !span_starts(span_from(url, i), SPAN("&amp;")))
			return false;
	}
	return true;
}

static struct span
trim_controls(struct span text)
{
	while (text.len && (unsigned char)*text.at <= ' ')
		text = span_from(text, 1);
	while (text.len && (unsigned char)text.at[text.len - 1] <= ' ')
		text.len--;
	return text;
}

static void
escape_url_part(struct span text, bool ampersands, struct buf *out)
{
	while (ampersands) {
		size_t at = span_find(text, '&');

		encode(span_first(text, at), BYTE_URL, '\0', out);
		if (at == text.len)
			return;
		buf_add(out, SPAN("&amp;"));
		text = span_from(text, at + 1);
	}
	encode(text, BYTE_URL, '\0', out);
}

static void
escape_url(struct span text, bool html, bool ampersands, struct buf *out)
{
	text = trim_controls(text);
	if (url_allowed(text, html))
		escape_url_part(text, ampersands, out);
	else
		buf_byte(out, '#');
}

/* Six digits, so that nothing behind is taken for one more. */
static void
escape_css(struct span text, struct buf *out)
{
	for (;;) {
		move(&text, run(text, BYTE_CSS, true), out);
		if (text.len == 0)
			return;
		buf_printf(out, "\\%06x", (unsigned char)*text.at);
		text = span_from(text, 1);
	}
}

void
escape_json(struct span text, struct buf *out)
{
	for (;;) {
		unsigned char c;

		move(&text, run(text, BYTE_JSON, true), out);
		if (text.len == 0)
			return;
		c = (unsigned char)*text.at;
		if (span_starts(text, SPAN("\xe2\x80\xa8")) ||
		    span_starts(text, SPAN("\xe2\x80\xa9"))) {
			/* Line ends to a script, though not to JSON. */
			buf_str(
			    out, text.at[2] == '\xa8' ? "\\u2028" : "\\u2029");
			text = span_from(text, 3);
			continue;
		}
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c == '\n')
			buf_str(out, "\\n");
		else if (c == '\r')
			buf_str(out, "\\r");
		else if (c == '\t')
			buf_str(out, "\\t");
		else if (c == 0xe2)
			buf_byte(out, (char)c);
		else
			buf_printf(out, "\\u%04x", c);
		text = span_from(text, 1);
	}
}

/* In a script " is spelled out too: an attribute may surround it. */
static void
escape_script(struct span text, struct buf *out)
{
	for (;;) {
		size_t quote = span_find(text, '"');

		escape_json(span_first(text, quote), out);
		if (quote == text.len)
			return;
		buf_str(out, "\\u0022");
		text = span_from(text, quote + 1);
	}
}

static void
keep_only(struct span text, unsigned class, struct buf *out)
{
	for (;;) {
		move(&text, run(text, class, true), out);
		if (text.len == 0)
			return;
		text = span_from(text, 1);
	}
}

static void
escape_plain(struct span text, struct buf *out)
{
	for (;;) {
		move(&text, run(text, BYTE_CONTROL, false), out);
		if (text.len == 0)
			return;
		text = span_from(text, 1);
	}
}

static void
escape_header(struct span text, struct buf *out)
{
	bool line = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\r' || c == '\n')
			line = true;
		if (is((unsigned char)c, BYTE_LINE))
			continue;
		if (line)
			buf_byte(out, ' ');
		line = false;
		buf_byte(out, c);
	}
}

static void
escape_comment(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != '-' && text.at[i] != '>')
			buf_byte(out, text.at[i]);
}

void
escape_text(enum escape escape, struct span text, struct buf *out)
{
	switch (escape) {
	case ESCAPE_NONE:
		buf_add(out, text);
		break;
	case ESCAPE_PLAIN:
		escape_plain(text, out);
		break;
	case ESCAPE_HEADER:
		escape_header(text, out);
		break;
	case ESCAPE_HTML:
	case ESCAPE_RCDATA:
	case ESCAPE_ATTRIBUTE:
		escape_html(text, out);
		break;
	case ESCAPE_UNQUOTED:
		escape_unquoted(text, false, out);
		break;
	case ESCAPE_URL:
		escape_url(text, false, true, out);
		break;
	case ESCAPE_URL_PART:
		escape_url_part(text, true, out);
		break;
	case ESCAPE_URL_COMPONENT:
		escape_component(text, out);
		break;
	case ESCAPE_URL_ADDRESS:
		encode(text, BYTE_UNRESERVED, '@', out);
		break;
	case ESCAPE_CSS_URL:
		escape_url(text, false, false, out);
		break;
	case ESCAPE_CSS_URL_PART:
		escape_url_part(text, false, out);
		break;
	case ESCAPE_CSS:
		escape_css(text, out);
		break;
	case ESCAPE_STRING:
		escape_script(text, out);
		break;
	case ESCAPE_JSON:
		buf_byte(out, '"');
		escape_json(text, out);
		buf_byte(out, '"');
		break;
	case ESCAPE_NAME:
		keep_only(text, BYTE_NAME, out);
		break;
	case ESCAPE_COMMENT:
		escape_comment(text, out);
		break;
	}
}

/* The five entities that escape_html writes, back to bytes. 0 or -1. */
static int
decode_entities(struct span text, struct arena *arena, struct span *plain)
{
	static const char bytes[] = "&<>\"'";
	char *at = arena_alloc(arena, text.len);
	size_t len = 0;

	if (at == NULL)
		return -1;
	while (text.len != 0) {
		size_t skip = 1;
		char c = *text.at;

		for (size_t i = 0; *text.at == '&' && bytes[i]; i++) {
			if (span_starts(text, entity(bytes[i]))) {
				skip = entity(bytes[i]).len;
				c = bytes[i];
				break;
			}
		}
		at[len++] = c;
		text = span_from(text, skip);
	}
	*plain = span_of(at, len);
	return 0;
}

/* HTML that the author made himself. 0, or -1 when the arena is full. */
static int
put_html(
    enum escape escape, struct span text, struct arena *arena, struct buf *out)
{
	struct span plain;

	switch (escape) {
	case ESCAPE_NONE:
	case ESCAPE_HTML:
		buf_add(out, text);
		return 0;
	case ESCAPE_RCDATA:
	case ESCAPE_ATTRIBUTE:
		escape_html_again(text, out);
		return 0;
	case ESCAPE_UNQUOTED:
		escape_unquoted(text, true, out);
		return 0;
	case ESCAPE_URL:
		escape_url(text, true, false, out);
		return 0;
	case ESCAPE_URL_PART:
		escape_url_part(text, false, out);
		return 0;
	case ESCAPE_URL_COMPONENT:
	case ESCAPE_URL_ADDRESS:
	case ESCAPE_CSS_URL:
	case ESCAPE_CSS_URL_PART:
	case ESCAPE_CSS:
	case ESCAPE_STRING:
	case ESCAPE_JSON:
		if (decode_entities(text, arena, &plain) < 0)
			return -1;
		escape_text(escape, plain, out);
		return 0;
	case ESCAPE_PLAIN:
	case ESCAPE_HEADER:
	case ESCAPE_NAME:
	case ESCAPE_COMMENT:
		escape_text(escape, text, out);
		return 0;
	}
	return 0;
}

/* Whether the string is already what the place asks for. */
static bool
is_done(enum escape escape, struct value value)
{
	if (value.flags & VALUE_RAW)
		return escape != ESCAPE_HEADER;
	if (value.flags & VALUE_ENCODED)
		return escape == ESCAPE_URL_COMPONENT ||
		       escape == ESCAPE_URL_ADDRESS;
	if (value.flags & VALUE_JSON)
		return escape == ESCAPE_JSON;
	return (value.flags & VALUE_JSON_INSIDE) != 0 &&
	       escape == ESCAPE_STRING;
}

int
escape_value(enum escape escape, struct value value, struct arena *arena,
    struct buf *out)
{
	struct span text;

	if (escape == ESCAPE_NONE ||
	    (value.kind == VALUE_INTEGER && escape != ESCAPE_COMMENT)) {
		value_write(out, value);
		return 0;
	}
	if (value.kind == VALUE_STRING) {
		text = value_span(value);
		if (is_done(escape, value))
			buf_add(out, text);
		else if (value.flags & VALUE_HTML)
			return put_html(escape, text, arena, out);
		else
			escape_text(escape, text, out);
		return 0;
	}
	if (escape == ESCAPE_JSON)
		return json_write(value, out);
	if (value_text(value, arena, &text) < 0)
		return -1;
	escape_text(escape, text, out);
	return 0;
}
