#include "milter/sign/raw_message.h"

int
raw_message_field(struct span *rest, struct span *field)
{
	size_t end = 0;

	if (span_starts(*rest, SPAN("\r\n"))) {
		*rest = span_from(*rest, 2);
		return 0;
	}
	if (rest->len == 0)
		return 0;
	do {
		end += span_find(span_from(*rest, end), '\n') + 1;
	} while (
	    end < rest->len && (rest->at[end] == ' ' || rest->at[end] == '\t'));
	*field = span_first(*rest, end < rest->len ? end : rest->len);
	*rest = span_from(*rest, field->len);
	while (field->len != 0 && (field->at[field->len - 1] == '\n' ||
				      field->at[field->len - 1] == '\r'))
		field->len--;
	return 1;
}

struct span
raw_message_body(struct span message)
{
	struct span field;

	while (raw_message_field(&message, &field))
		;
	return message;
}

/* The bytes of a quoted string or a comment that begins at s.at[0]. */
static size_t
skip_quoted(struct span s)
{
	unsigned depth = s.at[0] == '(';
	size_t i = 1;

	for (; i < s.len; i++) {
		if (s.at[i] == '\\')
			i++;
		else if (s.at[0] == '"' && s.at[i] == '"')
			return i + 1;
		else if (s.at[0] == '(' && s.at[i] == '(')
			depth++;
		else if (s.at[0] == '(' && s.at[i] == ')' && --depth == 0)
			return i + 1;
	}
	return s.len;
}

/* The domain of the first address of a From value: the one in angle brackets,
 * or a bare one up to a blank or comma (RFC 5322 section 3.4). 1 or 0. */
static int
value_domain(struct span value, struct span *domain)
{
	size_t at = value.len, i = 0;

	while (i < value.len) {
		char c = value.at[i];

		if (c == '"' || c == '(') {
			i += skip_quoted(span_from(value, i));
			continue;
		}
		if (c == '<')
			at = value.len;
		else if (c == '@')
			at = i;
		else if (at < i && (c == '>' || c == ','))
			break;
		i++;
	}
	if (at >= i)
		return 0;
	*domain = span_trim(span_of(value.at + at + 1, i - at - 1));
	/* A comment or more words may follow a bare address. */
	for (i = 0; i < domain->len; i++)
		if (strchr(" \t\r\n(;", domain->at[i]) != NULL)
			break;
	domain->len = i;
	return i != 0;
}

int
raw_message_author_domain(struct span message, struct span *domain)
{
	struct span field;

	while (raw_message_field(&message, &field)) {
		size_t colon = span_find(field, ':');
		struct span name = span_trim(span_first(field, colon));

		if (!span_caseeq(name, SPAN("From")))
			continue;
		return value_domain(span_from(field, colon + 1), domain);
	}
	return 0;
}
