#include "milter/mail/link.h"

#include "store/base/ascii.h"

/* ---- character references ---- */

/* Those that stand for what matters in a link; others, in a path or query,
 * are somebody's bytes. */
static const struct {
	const char *name;
	char byte;
} references[] = {
	{ "amp", '&' },
	{ "AMP", '&' },
	{ "num", '#' },
	{ "quest", '?' },
	{ "colon", ':' },
	{ "sol", '/' },
	{ "bsol", '\\' },
	{ "period", '.' },
	{ "commat", '@' },
	{ "equals", '=' },
	{ "lt", '<' },
	{ "gt", '>' },
	{ "quot", '"' },
	{ "apos", '\'' },
	{ "Tab", '\t' },
	{ "NewLine", '\n' },
};

/* "&#38;" and "&#x26;" of ASCII. The length, or 0. */
static size_t
numeric(struct span s, char *byte)
{
	bool hex = s.len > 2 && ascii_lower(s.at[2]) == 'x';
	size_t first = hex ? 3 : 2, at = first;
	unsigned value = 0;

	for (; at < s.len && at < first + 9; at++) {
		int digit = hex_value(s.at[at]);

		if (digit < 0 || (!hex && digit > 9))
			break;
		value = value * (hex ? 16 : 10) + (unsigned)digit;
	}
	if (at == first || value == 0 || value >= 0x80)
		return 0;
	*byte = (char)value;
	return at < s.len && s.at[at] == ';' ? at + 1 : at;
}

/* The length of a reference at the '&', or 0. */
static size_t
reference(struct span s, char *byte)
{
	if (s.len > 1 && s.at[1] == '#')
		return numeric(s, byte);
	for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
		struct span name = span_str(references[i].name);

		if (span_eq(span_first(span_from(s, 1), name.len), name) &&
		    name.len + 1 < s.len && s.at[name.len + 1] == ';') {
			*byte = references[i].byte;
			return name.len + 2;
		}
	}
	return 0;
}

/* Reads raw bytes that stand at an offset of the source. False: too long. */
static bool
read_link(struct span raw, size_t offset, bool html, struct link *link)
{
	size_t len = 0;

	while (raw.len != 0 && ascii_is_space(raw.at[0])) {
		raw = span_from(raw, 1);
		offset++;
	}
	raw = span_trim(raw);
	for (size_t at = 0; at < raw.len; len++) {
		char byte = raw.at[at];
		size_t size = html && byte == '&'
				  ? reference(span_from(raw, at), &byte)
				  : 0;

		if (len == LINK_MAX)
			return false;
		link->begin[len] = offset + at;
		link->bytes[len] = byte;
		at += size != 0 ? size : 1;
	}
	link->begin[len] = offset + raw.len;
	link->text = span_of(link->bytes, len);
	return len != 0;
}

/* ---- HTML ---- */

static bool
is_link_tag(const struct html_tag *tag)
{
	return !tag->closes &&
	       (span_caseeq(tag->name, SPAN("a")) ||
		   span_caseeq(tag->name, SPAN("area")) ||
		   span_caseeq(span_first(tag->name, 2), SPAN("v:")));
}

/* Whether the value ends within its tag: one whose quote is never closed is
 * read differently by every reader. */
static bool
is_closed(const struct html_tag *tag, struct span value)
{
	return value.at + value.len < tag->attributes.at + tag->attributes.len;
}

bool
link_next_html(struct span source, size_t *from, struct link *link)
{
	struct html_tag tag;
	struct span value;

	while (html_tag_next_of_all(source, from, &tag)) {
		if (is_link_tag(&tag) &&
		    html_tag_attribute(&tag, SPAN("href"), &value) &&
		    value.len != 0 && is_closed(&tag, value) &&
		    read_link(
			value, (size_t)(value.at - source.at), true, link))
			return true;
	}
	return false;
}

/* ---- plain text ---- */

/* Whether a link of plain text ends here: at a blank, at what no link holds,
 * and at the blanks and quotes of other alphabets (U+00A0 to U+00BF, U+2000
 * to U+207F, U+3000 to U+303F). */
static bool
ends_at(struct span s)
{
	static const char *const marks[] = { "\xc2", "\xe2\x80", "\xe2\x81",
		"\xe3\x80" };
	unsigned char c = (unsigned char)s.at[0];

	if (c <= ' ' || c == 0x7f || strchr("<>\"`{|}^\\", c) != NULL)
		return true;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_starts(s, span_str(marks[i])))
			return true;
	return false;
}

static size_t
count_of(struct span text, char byte)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.at[i] == byte;
	return count;
}

/* Without what belongs to the sentence around it. */
static struct span
without_punctuation(struct span link)
{
	size_t open[2] = { count_of(link, '('), count_of(link, '[') };
	size_t closed[2] = { count_of(link, ')'), count_of(link, ']') };

	for (; link.len != 0; link.len--) {
		char last = link.at[link.len - 1];
		bool square = last == ']';

		if (last != ')' && !square) {
			if (strchr(".,;:!?'*_~", last) == NULL)
				break;
		} else if (open[square] >= closed[square]--) {
			break;
		}
	}
	return link;
}

/* Where "https://" stands next, or the end. */
static size_t
find_scheme(struct span source, size_t from)
{
	static const struct span scheme = { "https://", 8 };

	for (size_t at = from; at + scheme.len <= source.len; at++) {
		at += span_find(span_from(source, at), ':');
		if (at < 5 + from || at + 3 > source.len)
			continue;
		if (span_caseeq(
			span_of(source.at + at - 5, scheme.len), scheme))
			return at - 5;
	}
	return source.len;
}

bool
link_next_plain(struct span source, size_t *from, struct link *link)
{
	size_t at = *from;

	while ((at = find_scheme(source, at)) < source.len) {
		char before = at != 0 ? source.at[at - 1] : ' ';
		size_t end = at;
		struct span raw;

		while (end < source.len && !ends_at(span_from(source, end)))
			end++;
		raw = span_of(source.at + at, end - at);
		*from = end;
		/* In brackets it may go on in the next line (RFC 3986,
		 * appendix C): a piece of it is no link. */
		if (before == '<' &&
		    (end == source.len || source.at[end] != '>'))
			raw.len = 0;
		if (ascii_is_word(before) || raw.len > LINK_MAX)
			raw.len = 0;
		if (before != '<')
			raw = without_punctuation(raw);
		if (raw.len != 0 && read_link(raw, at, false, link))
			return true;
		at = end;
	}
	*from = source.len;
	return false;
}

/* ---- what it says ---- */

/* Without user and port. False: it has an odd port, or is no name. */
static bool
split_authority(struct span authority, struct span *host)
{
	size_t at = authority.len, colon;

	while (at > 0 && authority.at[at - 1] != '@')
		at--;
	*host = span_from(authority, at);
	colon = span_find(*host, ':');
	for (size_t i = colon + 1; i < host->len; i++)
		if (!ascii_is_digit(host->at[i]))
			return false;
	host->len = colon;
	for (size_t i = 0; i < authority.len; i++)
		if ((unsigned char)authority.at[i] <= ' ' ||
		    strchr("\\[]%<>\"", authority.at[i]) != NULL)
			return false;
	return host->len != 0;
}

bool
link_split(const struct link *link, struct link_pieces *pieces)
{
	static const struct span scheme = { "https://", 8 };
	struct span text = link->text, rest;
	size_t end = scheme.len;

	if (!span_caseeq(span_first(text, scheme.len), scheme))
		return false;
	while (end < text.len && strchr("/?#", text.at[end]) == NULL)
		end++;
	pieces->path = end;
	rest = span_from(text, end);
	pieces->fragment = end + span_find(rest, '#');
	pieces->query =
	    end + span_find(span_first(rest, pieces->fragment - end), '?');
	return split_authority(
	    span_of(text.at + scheme.len, end - scheme.len), &pieces->host);
}
