#include "milter/liquid/compile/mend.h"

#include "store/base/ascii.h"
#include "store/base/buf.h"

/* An encoded tag longer than this is taken for something else. */
enum { ENCODED_MAX = 2048 };

struct mender {
	unsigned what;
	struct buf out;
	const char *brace; /* the next '{' from here on, or the end */
};

/* ---- what stands for what, between the braces ---- */

struct stand_in {
	const char *text;
	char byte;
};

static const struct stand_in stand_ins[] = {
	{ "&quot;", '"' },
	{ "&#34;", '"' },
	{ "&#x22;", '"' },
	{ "&ldquo;", '"' },
	{ "&rdquo;", '"' },
	{ "&bdquo;", '"' },
	{ "\xe2\x80\x9c", '"' },
	{ "\xe2\x80\x9d", '"' },
	{ "\xe2\x80\x9e", '"' },
	{ "&#39;", '\'' },
	{ "&#039;", '\'' },
	{ "&#x27;", '\'' },
	{ "&apos;", '\'' },
	{ "&lsquo;", '\'' },
	{ "&rsquo;", '\'' },
	{ "&sbquo;", '\'' },
	{ "\xe2\x80\x98", '\'' },
	{ "\xe2\x80\x99", '\'' },
	{ "\xe2\x80\x9a", '\'' },
	{ "&nbsp;", ' ' },
	{ "&#160;", ' ' },
	{ "&#xa0;", ' ' },
	{ "\xc2\xa0", ' ' },
	{ "&lt;", '<' },
	{ "&#60;", '<' },
	{ "&gt;", '>' },
	{ "&#62;", '>' },
	{ "&amp;", '&' },
};

/* The byte that %XX at the start stands for; 1, or 0 when it is none. */
static int
percent(struct span s, char *byte)
{
	if (s.len < 3 || s.at[0] != '%' || hex_value(s.at[1]) < 0 ||
	    hex_value(s.at[2]) < 0)
		return 0;
	*byte = (char)(hex_value(s.at[1]) * 16 + hex_value(s.at[2]));
	return 1;
}

/* The byte that the start stands for and how long that is; 0 for itself. */
static size_t
stands_for(struct span s, char *byte)
{
	if (s.at[0] == '&' || (unsigned char)s.at[0] >= 0x80) {
		for (size_t i = 0; i < sizeof stand_ins / sizeof *stand_ins;
		     i++) {
			struct span text = span_str(stand_ins[i].text);

			/* Two bytes tell nearly all of them apart. */
			if (s.len < text.len || s.at[0] != text.at[0] ||
			    ((s.at[1] ^ text.at[1]) & ~0x20) != 0 ||
			    !span_caseeq(span_first(s, text.len), text))
				continue;
			*byte = stand_ins[i].byte;
			return text.len;
		}
	}
	return percent(s, byte) ? 3 : 0;
}

/* ---- strings ---- */

/* A string opened by a real quote is the author's own: copied as it is. */
static size_t
copy_string(struct mender *m, struct span s)
{
	size_t len = 1 + span_find(span_from(s, 1), s.at[0]);

	len = len < s.len ? len + 1 : s.len;
	buf_add(&m->out, span_first(s, len));
	return len;
}

/* One opened by a stand-in ends at the next quote of its kind, real or not;
 * what it holds stays, but for what is percent-encoded. */
static size_t
mend_string(struct mender *m, struct span s, char quote, bool encoded)
{
	size_t at = 0;

	buf_byte(&m->out, quote);
	while (at < s.len) {
		struct span rest = span_from(s, at);
		char byte = rest.at[0];
		size_t len = stands_for(rest, &byte);

		if (byte == quote) {
			at += len ? len : 1;
			break;
		}
		if (len == 3 && rest.at[0] == '%' && encoded) {
			buf_byte(&m->out, byte);
			at += len;
		} else {
			buf_byte(&m->out, rest.at[0]);
			at++;
		}
	}
	buf_byte(&m->out, quote);
	return at;
}

/* ---- Braze ---- */

static bool
is_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!(ascii_is_word(c) && !(i == 0 && ascii_is_digit(c))))
			return false;
	}
	return name.len != 0;
}

/* ${name} at the start; the prefix is in out already. */
static size_t
put_braze(struct mender *m, struct span s)
{
	static const char custom[] = "custom_attribute.";
	size_t len = span_find(s, '}');
	struct span name = span_trim(span_of(s.at + 2, len - 2));
	struct span made = buf_span(&m->out);

	if (span_ends(made, SPAN("custom_attribute."))) {
		m->out.len -= sizeof custom - 1;
		buf_add(&m->out, SPAN("profile."));
	} else if (!span_ends(made, SPAN("."))) {
		buf_add(&m->out, SPAN("profile."));
	}
	if (is_name(name)) {
		buf_add(&m->out, name);
	} else {
		m->out.len -= !m->out.failed;
		buf_add(&m->out, SPAN("[\""));
		buf_add(&m->out, name);
		buf_add(&m->out, SPAN("\"]"));
	}
	return len + 1;
}

static bool
is_braze(const struct mender *m, struct span s)
{
	struct span window = span_first(s, 256);
	size_t len = span_find(window, '}');

	return (m->what & MEND_BRAZE) && span_starts(s, SPAN("${")) &&
	       len > 2 && len < window.len;
}

/* ---- HTML inside a tag ---- */

/* The length of what an editor put into the markup at the start: <b>,
 * </span>, <span class=SpellE>, <o:p>; 0 where it is a comparison. */
static size_t
editors_tag(struct span s)
{
	static const char *const names[] = { "span", "font", "b", "i", "u",
		"em", "strong", "o:p", "ins", "del", "wbr" };
	size_t end = 1, len = 0;
	struct span inside;

	/* Not beyond the next: whoever opens many has each looked at once. */
	while (end < s.len && s.at[end] != '>' && s.at[end] != '<')
		end++;
	if (end < 2 || end == s.len || s.at[end] == '<')
		return 0;
	inside = span_of(s.at + 1, end - 1);
	inside = span_from(inside, inside.at[0] == '/');
	while (len < inside.len && !ascii_is_space(inside.at[len]) &&
	       inside.at[len] != '/')
		len++;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_caseeq(span_first(inside, len), span_str(names[i])))
			return len == inside.len ||
				       span_find(inside, '=') < inside.len ||
				       inside.at[len] == '/'
				   ? end + 1
				   : 0;
	return 0;
}

/* ---- tags ---- */

static void
mend_markup(struct mender *m, struct span s, bool encoded)
{
	while (s.len != 0) {
		char byte = s.at[0];
		size_t len;

		if (is_braze(m, s)) {
			len = put_braze(m, s);
		} else if (byte == '<' && (m->what & MEND_DAMAGE) &&
			   (len = editors_tag(s)) != 0) {
			/* left out */
		} else if ((byte == '"' || byte == '\'') && !encoded) {
			len = copy_string(m, s);
		} else {
			len = m->what & MEND_DAMAGE ? stands_for(s, &byte) : 0;
			if (byte == '"' || byte == '\'')
				len +=
				    mend_string(m, span_from(s, len ? len : 1),
					byte, encoded) +
				    (len == 0);
			else
				buf_byte(&m->out, byte);
			len += len == 0;
		}
		s = span_from(s, len);
	}
}

/* How far it is to the end of the markup; s.len when it never ends. */
static size_t
markup_length(const struct mender *m, struct span s, struct span close)
{
	size_t at = 0;

	while (at < s.len) {
		struct span rest = span_from(s, at);

		if (is_braze(m, rest))
			at += span_find(rest, '}') + 1;
		else if (span_starts(rest, close))
			return at;
		else
			at++;
	}
	return s.len;
}

static struct span
first_word(struct span s)
{
	size_t len = 0;

	s = span_trim(s.len != 0 && s.at[0] == '-' ? span_from(s, 1) : s);
	while (len < s.len && s.at[len] >= 'a' && s.at[len] <= 'z')
		len++;
	return span_first(s, len);
}

/* A tag or output at the start; how long it is. What raw holds is skipped. */
static size_t
mend_plain(struct mender *m, struct span s)
{
	bool output = s.at[1] == '{';
	struct span close = output ? SPAN("}}") : SPAN("%}");
	struct span inside = span_from(s, 2);
	size_t len = markup_length(m, inside, close);

	if (len == inside.len) { /* no end: the compiler will say so */
		buf_add(&m->out, s);
		return s.len;
	}
	buf_add(&m->out, span_first(s, 2));
	mend_markup(m, span_first(inside, len), false);
	buf_add(&m->out, close);
	if (!output &&
	    span_eq(first_word(span_first(inside, len)), SPAN("raw"))) {
		struct span rest = span_from(inside, len + 2);
		size_t raw = span_search(rest, SPAN("endraw"));

		buf_add(&m->out, span_first(rest, raw));
		len += raw;
	}
	return len + 4;
}

static bool
opens_encoded(struct span s)
{
	return span_caseeq(span_first(s, 6), SPAN("%7B%7B")) ||
	       span_caseeq(span_first(s, 6), SPAN("%7B%25"));
}

/* %7B%7B … %7D%7D or %7B%25 … %25%7D at the start; how long, or 0. */
static size_t
mend_encoded(struct mender *m, struct span s)
{
	struct span window = span_first(s, ENCODED_MAX);
	bool output = span_caseeq(span_first(s, 6), SPAN("%7B%7B"));
	struct span close = output ? SPAN("%7D%7D") : SPAN("%25%7D");

	if (!opens_encoded(s))
		return 0;
	for (size_t at = 6; at + 6 <= window.len; at++) {
		char c = window.at[at];

		if (c == '<' || c == '>' || c == '\n' ||
		    (c == '%' && opens_encoded(span_from(window, at))))
			return 0;
		if (!span_caseeq(span_of(window.at + at, 6), close))
			continue;
		buf_add(&m->out, output ? SPAN("{{") : SPAN("{%"));
		mend_markup(m, span_of(s.at + 6, at - 6), true);
		buf_add(&m->out, output ? SPAN("}}") : SPAN("%}"));
		return at + 6;
	}
	return 0;
}

static size_t
mend_one(struct mender *m, struct span s)
{
	size_t len = 0;

	if (s.at[0] == '{' && s.len > 1 && (s.at[1] == '{' || s.at[1] == '%'))
		return mend_plain(m, s);
	if (s.at[0] == '%' && (m->what & MEND_DAMAGE))
		len = mend_encoded(m, s);
	if (len == 0) {
		buf_byte(&m->out, s.at[0]);
		len = 1;
	}
	return len;
}

/* Bytes before the next that could begin a tag. The brace ahead is looked for
 * once, not again from each '%' before it. */
static size_t
text_length(struct mender *m, struct span s)
{
	if (m->brace == NULL || m->brace < s.at)
		m->brace = s.at + span_find(s, '{');
	s.len = (size_t)(m->brace - s.at);
	return m->what & MEND_DAMAGE ? span_find(s, '%') : s.len;
}

int
mend_tags(
    struct span source, unsigned what, struct arena *arena, struct span *mended)
{
	struct mender m = { .what = what };
	struct span rest = source;

	*mended = source;
	if (what == 0 || text_length(&m, source) == source.len)
		return 0;
	buf_init(&m.out, arena, source.len * 8 + 64);
	buf_reserve(&m.out, source.len);
	while (rest.len != 0) {
		size_t len = text_length(&m, rest);

		buf_add(&m.out, span_first(rest, len));
		rest = span_from(rest, len);
		if (rest.len != 0)
			rest = span_from(rest, mend_one(&m, rest));
	}
	*mended = buf_span(&m.out);
	return m.out.failed ? -1 : 0;
}
