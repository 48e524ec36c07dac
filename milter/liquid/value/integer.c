#include "milter/liquid/value/integer.h"

#include <string.h>

#include "milter/liquid/value/number.h"
#include "store/base/ascii.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* 0x, 0b, 0o, 0d or a leading 0: the base, and the text moved behind it. */
static unsigned
take_base(struct span *text)
{
	static const struct {
		char letter;
		unsigned base;
	} bases[] = { { 'x', 16 }, { 'b', 2 }, { 'o', 8 }, { 'd', 10 } };

	if (text->len < 2 || *text->at != '0')
		return 10;
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
		if ((text->at[1] | 32) == bases[i].letter) {
			*text = span_from(*text, 2);
			return bases[i].base;
		}
	}
	*text = span_from(*text, text->at[1] == '_' ? 2 : 1);
	return 8;
}

/* Digits with single underscores between; moves behind them. *large when
 * the number is 2^64 or more. */
static bool
take_digits(struct span *text, unsigned base, uint64_t *value, bool *large)
{
	bool digit = false;

	*value = 0;
	*large = false;
	for (; text->len != 0; *text = span_from(*text, 1)) {
		unsigned next = (unsigned)hex_value(*text->at);

		if (*text->at == '_' && digit) {
			digit = false;
			continue;
		}
		if (next >= base)
			break;
		digit = true;
		if (*large || *value > (UINT64_MAX - next) / base)
			*large = true;
		else
			*value = *value * base + next;
	}
	return digit;
}

/* A NUL ends what is 2^64 or more or written with underscores, as Ruby reads
 * those from a C string. */
bool
integer_parse(struct span text, int64_t *integer)
{
	bool negative, large;
	const char *digits;
	uint64_t value;
	unsigned base;

	while (text.len && is_blank(*text.at))
		text = span_from(text, 1);
	negative = text.len && *text.at == '-';
	if (text.len && (*text.at == '-' || *text.at == '+'))
		text = span_from(text, 1);
	base = take_base(&text);
	digits = text.at;
	if (!take_digits(&text, base, &value, &large) &&
	    !(base == 8 && text.len == 0 && value == 0))
		return false;
	if (large || value > INT64_MAX)
		*integer = negative ? INT64_MIN : INT64_MAX;
	else
		*integer = negative ? -(int64_t)value : (int64_t)value;
	if (text.len && *text.at == '\0' &&
	    (large || memchr(digits, '_', (size_t)(text.at - digits))))
		return true;
	while (text.len && is_blank(*text.at))
		text = span_from(text, 1);
	return text.len == 0;
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
	       integer_parse(value_span(value), out);
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
	while (at < text.len && ascii_is_digit(text.at[at]))
		at++;
	number_parse_integer(span_of(text.at + from, at - from), out);
	return 1;
}
