#include "milter/liquid/html/escape.h"

#include <stdio.h>

#include "milter/liquid/html/escape_table.h"
#include "milter/liquid/html/json.h"

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
		byte_move(&text, byte_run(text, BYTE_HTML, false), out);
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
		byte_move(&text, byte_run(text, BYTE_HTML, false), out);
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
put_unquoted(char c, struct buf *out)
{
	if ((unsigned char)c <= ' ' || c == '=' || c == '`')
		buf_printf(out, "&#%u;", (unsigned char)c);
	else if (byte_is((unsigned char)c, BYTE_HTML))
		buf_add(out, entity(c));
	else
		buf_byte(out, c);
}

static void
escape_unquoted(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		put_unquoted(text.at[i], out);
}

/* HTML text made safe there: entities stay. */
static void
escape_unquoted_again(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '&')
			buf_byte(out, '&');
		else
			put_unquoted(text.at[i], out);
}

/* Percent-encodes all but the class and the one byte more. */
static void
encode(struct span text, unsigned class, char keep, struct buf *out)
{
	for (;;) {
		byte_move(&text, byte_run(text, class, true), out);
		if (text.len == 0)
			return;
		if (*text.at == keep)
			buf_byte(out, keep);
		else
			buf_coded(out, '%', *text.at);
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
	static const struct {
		const char *name;
		size_t len;
	} allowed[] = { { "http", 4 }, { "https", 5 }, { "mailto", 6 },
		{ "tel", 3 }, { "sms", 3 }, { "cid", 3 }, { "webcal", 6 } };

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (span_caseeq(
			scheme, span_of(allowed[i].name, allowed[i].len)))
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

/* What a URL may hold as it is; the other bytes percent-encoded. */
static void
escape_url_again(struct span text, struct buf *out)
{
	byte_move(&text, byte_run_url(text), out);
	encode(text, BYTE_URL, '\0', out);
}

/* Part of a URL where & must be an entity, and where it may stay. */
static void
escape_url_part(struct span text, struct buf *out)
{
	for (;;) {
		size_t at = span_find(text, '&');

		escape_url_again(span_first(text, at), out);
		if (at == text.len)
			return;
		buf_add(out, SPAN("&amp;"));
		text = span_from(text, at + 1);
	}
}

/* A URL from its beginning, in the same two places and as HTML. */
static void
escape_url(struct span text, struct buf *out)
{
	text = trim_controls(text);
	if (url_allowed(text, false))
		escape_url_part(text, out);
	else
		buf_byte(out, '#');
}

/* Bytes before the first that says that it is no scheme. */
static size_t
scheme_run(struct span text)
{
	size_t n = 0;

	while (n < text.len && text.at[n] != '/' && text.at[n] != '?' &&
	       text.at[n] != '#')
		n++;
	return n;
}

/* A colon of a URL that began before the value. */
static void
put_scheme_run(
    struct span text, void (*put)(struct span, struct buf *), struct buf *out)
{
	size_t run = scheme_run(text);
	struct span head = span_first(text, run);

	for (;;) {
		size_t colon = span_find(head, ':');

		put(span_first(head, colon), out);
		if (colon == head.len)
			break;
		buf_str(out, "%3A");
		head = span_from(head, colon + 1);
	}
	put(span_from(text, run), out);
}

static void
escape_url_rest(struct span text, struct buf *out)
{
	put_scheme_run(text, escape_url_part, out);
}

/* The same where & needs no entity. */
static void
escape_url_rest_again(struct span text, struct buf *out)
{
	put_scheme_run(text, escape_url_again, out);
}

static void
escape_css_url(struct span text, struct buf *out)
{
	text = trim_controls(text);
	if (url_allowed(text, false))
		escape_url_again(text, out);
	else
		buf_byte(out, '#');
}

static void
escape_html_url(struct span text, struct buf *out)
{
	text = trim_controls(text);
	if (url_allowed(text, true))
		escape_url_again(text, out);
	else
		buf_byte(out, '#');
}

static void
escape_address(struct span text, struct buf *out)
{
	encode(text, BYTE_UNRESERVED, '@', out);
}

/* Six digits, so that nothing behind is taken for one more. */
static void
escape_css(struct span text, struct buf *out)
{
	for (;;) {
		byte_move(&text, byte_run(text, BYTE_CSS, true), out);
		if (text.len == 0)
			return;
		buf_printf(out, "\\%06x", (unsigned char)*text.at);
		text = span_from(text, 1);
	}
}

/* In a script " is spelled out too: an attribute may surround it. */
static void
escape_script(struct span text, struct buf *out)
{
	for (;;) {
		size_t quote = span_find(text, '"');

		json_escape(span_first(text, quote), out);
		if (quote == text.len)
			return;
		buf_str(out, "\\u0022");
		text = span_from(text, quote + 1);
	}
}

static void
escape_json(struct span text, struct buf *out)
{
	buf_byte(out, '"');
	json_escape(text, out);
	buf_byte(out, '"');
}

static void
escape_code(struct span text, struct buf *out)
{
	buf_str(out, "&quot;");
	escape_script(text, out);
	buf_str(out, "&quot;");
}

static void
escape_plain(struct span text, struct buf *out)
{
	for (;;) {
		byte_move(&text, byte_run(text, BYTE_CONTROL, false), out);
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
		if (byte_is((unsigned char)c, BYTE_LINE))
			continue;
		if (line)
			buf_byte(out, ' ');
		line = false;
		buf_byte(out, c);
	}
}

/* A line end of the value is the two characters "\\n"; one of the file would
 * begin another property. */
static void
escape_card(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '\r' && i + 1 < text.len && text.at[i + 1] == '\n')
			continue;
		if (c == '\n' || c == '\r') {
			buf_str(out, "\\n");
			continue;
		}
		if (byte_is((unsigned char)c, BYTE_CONTROL))
			continue;
		if (c == '\\' || c == ';' || c == ',')
			buf_byte(out, '\\');
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

static void
escape_nothing(struct span text, struct buf *out)
{
	buf_add(out, text);
}

/* How each place takes plain text, and how HTML that the author made himself;
 * where there is no way for that, its entities become bytes and are plain. */
static const struct {
	void (*text)(struct span text, struct buf *out);
	void (*html)(struct span text, struct buf *out);
} ways[] = {
	[ESCAPE_NONE] = { escape_nothing, escape_nothing },
	[ESCAPE_PLAIN] = { escape_plain, escape_plain },
	[ESCAPE_CARD] = { escape_card, escape_card },
	[ESCAPE_HEADER] = { escape_header, escape_header },
	[ESCAPE_HTML] = { escape_html, escape_nothing },
	[ESCAPE_RCDATA] = { escape_html, escape_html_again },
	[ESCAPE_ATTRIBUTE] = { escape_html, escape_html_again },
	[ESCAPE_UNQUOTED] = { escape_unquoted, escape_unquoted_again },
	[ESCAPE_URL] = { escape_url, escape_html_url },
	[ESCAPE_URL_REST] = { escape_url_rest, NULL },
	[ESCAPE_URL_PART] = { escape_url_part, escape_url_again },
	[ESCAPE_URL_COMPONENT] = { escape_component, NULL },
	[ESCAPE_URL_ADDRESS] = { escape_address, NULL },
	[ESCAPE_CSS_URL] = { escape_css_url, NULL },
	[ESCAPE_CSS_URL_REST] = { escape_url_rest_again, NULL },
	[ESCAPE_CSS_URL_PART] = { escape_url_again, NULL },
	[ESCAPE_CSS] = { escape_css, NULL },
	[ESCAPE_STRING] = { escape_script, NULL },
	[ESCAPE_JSON] = { escape_json, NULL },
	[ESCAPE_CODE] = { escape_code, NULL },
	[ESCAPE_COMMENT] = { escape_comment, escape_comment },
};

void
escape_text(enum escape escape, struct span text, struct buf *out)
{
	if (escape & ESCAPE_QUOTED) {
		buf_byte(out, '"');
		ways[escape & ~ESCAPE_QUOTED].text(text, out);
		buf_byte(out, '"');
		return;
	}
	ways[escape].text(text, out);
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
	if (ways[escape].html) {
		ways[escape].html(text, out);
		return 0;
	}
	if (decode_entities(text, arena, &text) < 0)
		return -1;
	ways[escape].text(text, out);
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
	return (value.flags & VALUE_JSON) && escape == ESCAPE_JSON;
}

/* The inside of a JSON string, which an attribute may surround. */
static void
put_json_inside(struct span text, struct buf *out)
{
	for (;;) {
		size_t at = span_find(text, '\\');

		buf_add(out, span_first(text, at));
		text = span_from(text, at);
		if (text.len == 0)
			return;
		if (span_starts(text, SPAN("\\\"")))
			buf_str(out, "\\u0022");
		else
			buf_add(out, span_first(text, 2));
		text = span_from(text, 2);
	}
}

/* A string in its place. 0, or -1 when the arena is full. */
static int
put_string(enum escape escape, struct value value, struct arena *arena,
    struct buf *out)
{
	struct span text = value_span(value);

	if (is_done(escape, value))
		buf_add(out, text);
	else if (value.flags & VALUE_HTML)
		return put_html(escape, text, arena, out);
	else if ((value.flags & VALUE_JSON) && escape == ESCAPE_CODE)
		escape_html(text, out);
	else if ((value.flags & VALUE_JSON_INSIDE) && escape == ESCAPE_STRING)
		put_json_inside(text, out);
	else
		escape_text(escape, text, out);
	return 0;
}

/* No string, in a script that is an attribute: text is made on the way. */
static int
put_code(
    struct value value, struct arena *arena, struct work *work, struct buf *out)
{
	struct buf text;

	if (!work_take(work, 8))
		return 0;
	buf_init(&text, arena, out->max);
	json_write(value, work, &text);
	if (text.failed)
		return -1;
	escape_html(buf_span(&text), out);
	return 0;
}

/* Steps that a byte costs at worst: those that may be spelled out. */
static uint64_t
price(enum escape escape)
{
	return escape == ESCAPE_CSS || escape == ESCAPE_UNQUOTED ||
		       escape == ESCAPE_STRING || escape == ESCAPE_JSON ||
		       escape == ESCAPE_CODE
		   ? 8
		   : 1;
}

/* Short texts are part of the price of their instruction. */
static bool
pay(enum escape escape, struct span text, struct work *work)
{
	return text.len < 64 || work_take(work, text.len / 2 * price(escape));
}

static int
put_value(enum escape escape, struct value value, struct arena *arena,
    struct work *work, struct buf *out)
{
	struct span text;

	if (escape == ESCAPE_NONE ||
	    (value.kind == VALUE_INTEGER && escape != ESCAPE_COMMENT)) {
		value_write(out, value, work);
		return 0;
	}
	if (value.kind == VALUE_STRING) {
		if (!pay(escape, value_span(value), work))
			return 0;
		return put_string(escape, value, arena, out);
	}
	if (escape == ESCAPE_JSON) {
		json_write(value, work, out);
		return 0;
	}
	if (escape == ESCAPE_CODE)
		return put_code(value, arena, work, out);
	if (value_text(value, arena, work, &text) < 0)
		return -1;
	if (pay(escape, text, work))
		escape_text(escape, text, out);
	return 0;
}

int
escape_value(enum escape escape, struct value value, struct arena *arena,
    struct work *work, struct buf *out)
{
	int done;

	if (!(escape & ESCAPE_QUOTED))
		return put_value(escape, value, arena, work, out);
	buf_byte(out, '"');
	done = put_value(
	    (enum escape)(escape & ~ESCAPE_QUOTED), value, arena, work, out);
	buf_byte(out, '"');
	return done;
}
