#include "milter/mail/line.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* RFC 5322 section 2.2: printable ASCII but for the colon. */
static bool
is_name(char c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

/* An mbox separator may come before the first field: not RFC 5322, but
 * everybody reads over it. */
static bool
is_mbox_from(struct span line)
{
	return span_starts(line, SPAN("From ")) ||
	       span_starts(line, SPAN(">From "));
}

enum line_kind
line_kind(struct span line, struct span *name, struct span *value)
{
	struct span content = line_content(line);
	size_t at = 0, colon;

	*name = SPAN_NONE;
	*value = content;
	if (content.len == 0)
		return LINE_BLANK;
	if (is_blank(content.at[0]))
		return LINE_CONTINUATION;
	while (at < content.len && is_name(content.at[at]))
		at++;
	colon = at;
	while (colon < content.len && is_blank(content.at[colon]))
		colon++;
	if (at == 0 || colon == content.len || content.at[colon] != ':')
		return is_mbox_from(content) ? LINE_MBOX : LINE_OTHER;
	*name = span_first(content, at);
	*value = span_from(content, colon + 1);
	return LINE_FIELD;
}

bool
lines_end_in_crlf(struct span text)
{
	while (text.len > 0) {
		size_t lf = span_find(text, '\n');
		size_t cr = span_find(span_first(text, lf), '\r');

		if (lf == text.len)
			return cr == lf;
		if (lf == 0 || cr + 1 != lf)
			return false;
		text = span_from(text, lf + 1);
	}
	return true;
}
