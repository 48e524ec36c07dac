#include "milter/liquid/value/integer.h"

#include "milter/liquid/value/number.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Ruby's Integer("…"): blanks around, a sign, 0x 0b 0o, single _ between
 * digits, and nothing else. */
static int
strict_text(struct span text, int64_t *out)
{
	struct span s = span_trim(text);
	char digits[24];
	size_t len = 0;
	bool negative = s.len != 0 && s.at[0] == '-';

	if (s.len != 0 && (s.at[0] == '-' || s.at[0] == '+'))
		s = span_from(s, 1);
	if (negative)
		digits[len++] = '-';
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '_' && i != 0 && i + 1 < s.len &&
		    s.at[i - 1] != '_')
			continue;
		if (len == sizeof digits)
			return 0;
		digits[len++] = s.at[i];
	}
	return number_parse_integer(span_of(digits, len), out);
}

int
strict_integer(struct value value, int64_t *out)
{
	if (value.kind == VALUE_INTEGER) {
		*out = value.integer;
		return 1;
	}
	if (value.kind == VALUE_BIG) {
		*out = value.text[0] == '-' ? INT64_MIN : INT64_MAX;
		return 1;
	}
	return value.kind == VALUE_STRING &&
	       strict_text(value_span(value), out);
}

int
loose_integer(struct value value, int64_t *out)
{
	struct span text = value_span(value);
	size_t at = 0, from;

	*out = 0;
	if (value_is_nil(value) || value.kind == VALUE_EMPTY ||
	    value.kind == VALUE_BLANK)
		return 1;
	if (value.kind != VALUE_STRING)
		return strict_integer(value, out);
	while (at < text.len && is_blank(text.at[at]))
		at++;
	from = at;
	if (at < text.len && text.at[at] == '-')
		at++;
	while (at < text.len && text.at[at] >= '0' && text.at[at] <= '9')
		at++;
	number_parse_integer(span_of(text.at + from, at - from), out);
	return 1;
}
