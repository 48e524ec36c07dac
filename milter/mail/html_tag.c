#include "milter/mail/html_tag.h"

#include "store/base/ascii.h"

/* What begins at the '<' ends where? Comments, and elements whose text is not
 * HTML; 0 for an ordinary tag. */
static size_t
passed_over(struct span s)
{
	static const struct {
		const char *open, *close;
	} rows[] = {
		{ "<!--", "-->" },
		{ "<style", "</style>" },
		{ "<script", "</script>" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span open = span_str(rows[i].open);
		struct span close = span_str(rows[i].close);

		if (!span_caseeq(span_first(s, open.len), open))
			continue;
		for (size_t at = open.len; at + close.len <= s.len; at++)
			if (s.at[at] == close.at[0] &&
			    span_caseeq(span_of(s.at + at, close.len), close))
				return at + close.len;
		return s.len;
	}
	return 0;
}

/* The length of a tag from its '<' behind its '>', quotes and Liquid minded. */
static size_t
tag_length(struct span s)
{
	char quote = '\0';

	for (size_t i = 1; i < s.len; i++) {
		char c = s.at[i];

		if (quote != '\0' ? c == quote : c == '"' || c == '\'')
			quote = quote ? '\0' : c;
		else if (quote == '\0' && c == '>')
			return i + 1;
	}
	return s.len;
}

/* Of a conditional comment only what begins it is passed over. */
static size_t
passed_by_outlook(struct span s)
{
	if (span_caseeq(span_first(s, 7), SPAN("<!--[if")))
		return span_first(s, span_find(s, '>') + 1).len;
	return passed_over(s);
}

/* As html_tag_next, where passed says what is no tag. */
static bool
next_tag(struct span html, size_t *from, size_t (*passed)(struct span),
    struct html_tag *tag)
{
	size_t begun = *from, at = begun, len;
	struct span inside;

	if (begun >= html.len)
		return false;
	*tag = (struct html_tag){ .name = SPAN("") };
	for (; at < html.len; at++) {
		at += span_find(span_from(html, at), '<');
		if (at + 1 < html.len &&
		    (ascii_is_letter(html.at[at + 1]) ||
			html.at[at + 1] == '/' || html.at[at + 1] == '!'))
			break;
	}
	at = at < html.len ? at : html.len;
	tag->at = at;
	tag->text = span_of(html.at + begun, at - begun);
	*from = html.len;
	if (at == html.len)
		return true;
	len = passed(span_from(html, at));
	*from = at + (len ? len : tag_length(span_from(html, at)));
	if (len != 0)
		return true;
	inside = span_of(html.at + at + 1, *from - at - 1);
	tag->closes = inside.len != 0 && inside.at[0] == '/';
	inside = span_from(inside, tag->closes);
	for (len = 0; len < inside.len && inside.at[len] != '>' &&
		      inside.at[len] != '/' && !ascii_is_space(inside.at[len]);)
		len++;
	tag->name = span_first(inside, len);
	tag->attributes = span_from(inside, len);
	return true;
}

bool
html_tag_next(struct span html, size_t *from, struct html_tag *tag)
{
	return next_tag(html, from, passed_over, tag);
}

bool
html_tag_next_of_all(struct span html, size_t *from, struct html_tag *tag)
{
	return next_tag(html, from, passed_by_outlook, tag);
}

static struct span
skip_blanks(struct span s)
{
	while (s.len != 0 && (ascii_is_space(s.at[0]) || s.at[0] == '/'))
		s = span_from(s, 1);
	return s;
}

/* Takes one attribute off the front. */
static bool
take_attribute(struct span *rest, struct span *name, struct span *value)
{
	struct span s = skip_blanks(*rest);
	size_t len = 0;

	if (s.len == 0 || s.at[0] == '>')
		return false;
	while (len < s.len && s.at[len] != '=' && s.at[len] != '>' &&
	       s.at[len] != '/' && !ascii_is_space(s.at[len]))
		len++;
	*name = span_first(s, len);
	*value = SPAN("");
	s = skip_blanks(span_from(s, len + (len == 0)));
	if (s.len != 0 && s.at[0] == '=') {
		s = span_trim(span_from(s, 1));
		if (s.len != 0 && (s.at[0] == '"' || s.at[0] == '\'')) {
			char quote = s.at[0];

			s = span_from(s, 1);
			len = span_find(s, quote);
			*value = span_first(s, len);
			s = span_from(s, len < s.len ? len + 1 : len);
		} else {
			for (len = 0; len < s.len && s.at[len] != '>' &&
				      !ascii_is_space(s.at[len]);)
				len++;
			*value = span_first(s, len);
			s = span_from(s, len);
		}
	}
	*rest = s;
	return true;
}

bool
html_tag_attribute(
    const struct html_tag *tag, struct span name, struct span *value)
{
	struct span rest = tag->attributes, found;

	while (take_attribute(&rest, &found, value))
		if (span_caseeq(found, name))
			return true;
	return false;
}

void
html_place(struct span text, size_t at, unsigned *line, unsigned *column)
{
	size_t begin = 0;

	*line = 1;
	for (size_t i = 0; i < at && i < text.len; i++)
		if (text.at[i] == '\n') {
			++*line;
			begin = i + 1;
		}
	*column = (unsigned)(at - begin) + 1;
}
