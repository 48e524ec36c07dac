#include "milter/liquid/filter/filter_number.h"

#include <math.h>

#include "milter/liquid/value/number.h"
#include "store/base/ascii.h"

int
number_from(const struct filter_call *call, const struct decimal *decimal,
    struct number *number)
{
	if (decimal == NULL)
		return filter_full(call);
	number->decimal = decimal;
	number->kind = NUMBER_DECIMAL;
	if (decimal_integer(decimal, &number->small))
		number->kind = NUMBER_SMALL;
	return filter_charge(call, 8 + decimal->count);
}

static bool
is_blank(char c)
{
	return ascii_is_space(c) || c == '\0';
}

static struct span
strip(struct span text)
{
	while (text.len && is_blank(*text.at))
		text = span_from(text, 1);
	while (text.len && is_blank(text.at[text.len - 1]))
		text.len--;
	return text;
}

/* -?\d+\.\d+ */
static bool
is_fraction(struct span text)
{
	size_t at = text.len && *text.at == '-';
	size_t digits = at;

	while (at < text.len && ascii_is_digit(text.at[at]))
		at++;
	if (at == digits || at == text.len || text.at[at] != '.')
		return false;
	digits = ++at;
	while (at < text.len && ascii_is_digit(text.at[at]))
		at++;
	return at > digits && at == text.len;
}

/* String#to_i: what begins the text, with single underscores. */
static int
leading_integer(
    const struct filter_call *call, struct span text, struct number *number)
{
	struct buf digits;
	bool digit = false;
	int64_t small;

	buf_init(&digits, call->arena, (size_t)DECIMAL_LIMBS * 9);
	text = span_trim(text);
	if (text.len && (*text.at == '-' || *text.at == '+')) {
		if (*text.at == '-')
			buf_byte(&digits, '-');
		text = span_from(text, 1);
	}
	for (; text.len != 0; text = span_from(text, 1)) {
		if (ascii_is_digit(*text.at))
			buf_byte(&digits, *text.at);
		else if (*text.at != '_' || !digit)
			break;
		digit = ascii_is_digit(*text.at);
	}
	if (digits.failed)
		return filter_full(call);
	if (digits.len == 0 || !ascii_is_digit(digits.at[digits.len - 1])) {
		number->small = 0;
		return 0;
	}
	if (number_parse_integer(buf_span(&digits), &small)) {
		number->small = small;
		return 0;
	}
	return number_from(
	    call, decimal_parse(call->arena, buf_span(&digits)), number);
}

static int
number_of_string(
    const struct filter_call *call, struct span text, struct number *number)
{
	struct span bare = strip(text), probe = span_trim(text);
	int64_t small;

	if (filter_charge(call, text.len) < 0)
		return -1;
	if (bare.len == 0 || bare.len > (size_t)DECIMAL_LIMBS * 18) {
		number->small = 0;
		return 0;
	}
	if (*probe.at != '0' && number_parse_integer(probe, &small)) {
		number->small = small;
		return 0;
	}
	if (is_fraction(bare) && bare.len != probe.len)
		return filter_fail(call, "string contains null byte");
	if (is_fraction(bare))
		return number_from(
		    call, decimal_parse(call->arena, bare), number);
	return leading_integer(call, text, number);
}

static int
number_of_float(
    const struct filter_call *call, double real, struct number *number)
{
	char text[NUMBER_TEXT];
	size_t len;

	if (!isfinite(real)) {
		number->kind = NUMBER_STRANGE;
		number->strange = real;
		return 0;
	}
	len = number_float_text(real, text);
	if (filter_charge(call, 100 + len) < 0)
		return -1;
	return number_from(
	    call, decimal_parse(call->arena, span_of(text, len)), number);
}

int
number_of(
    const struct filter_call *call, struct value value, struct number *number)
{
	*number = (struct number){ .kind = NUMBER_SMALL };
	switch ((enum value_kind)value.kind) {
	case VALUE_INTEGER:
		number->small = value.integer;
		return 0;
	case VALUE_FLOAT:
		return number_of_float(call, value.real, number);
	case VALUE_BIG:
		if (filter_charge(call, value.len) < 0)
			return -1;
		return number_from(call,
		    decimal_parse(call->arena, span_of(value.text, value.len)),
		    number);
	case VALUE_STRING:
		return number_of_string(call, value_span(value), number);
	case VALUE_MISSING:
	case VALUE_NIL:
	case VALUE_BOOL:
	case VALUE_ARRAY:
	case VALUE_RANGE:
	case VALUE_MAP:
	case VALUE_OBJECT:
	case VALUE_EMPTY:
	case VALUE_BLANK:
		return 0;
	}
	return 0;
}

const struct decimal *
number_decimal(const struct filter_call *call, const struct number *number)
{
	const struct decimal *decimal = number->decimal;

	if (number->kind == NUMBER_SMALL)
		decimal = decimal_of(call->arena, number->small);
	if (decimal == NULL)
		filter_full(call);
	return decimal;
}

static int
decimal_text(const struct filter_call *call, const struct decimal *decimal,
    struct span *text)
{
	struct buf digits;

	if (filter_charge(call, 8 + (uint64_t)decimal->count * 8) < 0)
		return -1;
	buf_init(&digits, call->arena, (size_t)DECIMAL_LIMBS * 20);
	decimal_write(&digits, decimal);
	if (digits.failed)
		return filter_full(call);
	*text = buf_span(&digits);
	return 0;
}

int
number_double(
    const struct filter_call *call, const struct number *number, double *out)
{
	struct span text = SPAN_NONE;

	if (number->kind == NUMBER_SMALL) {
		*out = (double)number->small;
		return 0;
	}
	if (number->kind == NUMBER_STRANGE) {
		*out = number->strange;
		return 0;
	}
	if (decimal_text(call, number->decimal, &text) < 0)
		return -1;
	if (!number_parse_float(text, out))
		*out = number->decimal->negative ? -HUGE_VAL : HUGE_VAL;
	return 0;
}

int
number_value(const struct filter_call *call, const struct number *number,
    struct value *out)
{
	struct span digits = SPAN_NONE;
	double real = 0;

	if (number->kind == NUMBER_SMALL) {
		*out = value_integer(number->small);
		return 0;
	}
	if (number->kind == NUMBER_DECIMAL && number->decimal->whole) {
		if (decimal_text(call, number->decimal, &digits) < 0)
			return -1;
		*out = value_big(digits);
		return 0;
	}
	if (number_double(call, number, &real) < 0)
		return -1;
	*out = value_float(real);
	return 0;
}

int
number_add(const struct filter_call *call, const struct number *a,
    const struct number *b, struct number *sum)
{
	const struct decimal *x, *y;
	double left, right;

	if (a->kind == NUMBER_SMALL && b->kind == NUMBER_SMALL &&
	    !__builtin_add_overflow(a->small, b->small, &sum->small)) {
		sum->kind = NUMBER_SMALL;
		return 0;
	}
	if (a->kind == NUMBER_STRANGE || b->kind == NUMBER_STRANGE) {
		if (number_double(call, a, &left) < 0 ||
		    number_double(call, b, &right) < 0)
			return -1;
		sum->kind = NUMBER_STRANGE;
		sum->strange = left + right;
		return 0;
	}
	x = number_decimal(call, a);
	y = x == NULL ? NULL : number_decimal(call, b);
	if (y == NULL)
		return -1;
	return number_from(call, decimal_add(call->arena, x, y), sum);
}

int
number_charge_round(
    const struct filter_call *call, const struct decimal *decimal)
{
	uint64_t count = (uint64_t)decimal->count + decimal->fraction + 8;

	return filter_charge(call, 32 + count * (decimal->fraction + 8) / 2);
}
