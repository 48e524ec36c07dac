#include "milter/liquid/filter/filter.h"

#include "milter/liquid/filter/filter_input.h"
#include "milter/liquid/filter/filter_number.h"
#include "milter/liquid/value/number.h"
#include "milter/liquid/value/wording.h"

/* "1234567.8" by the locale's signs, without a minus in front. */
static void
put_grouped(struct span digits, const struct locale *locale, struct span group,
    struct buf *out)
{
	size_t point = span_find(digits, '.');
	size_t at = point % 3 != 0 || point == 0 ? point % 3 : 3;

	if (point < 3 + (size_t)locale->least)
		at = point;
	buf_add(out, span_first(digits, at));
	for (; at < point; at += 3) {
		buf_add(out, group);
		buf_add(out, span_first(span_from(digits, at), 3));
	}
	if (point < digits.len) {
		buf_str(out, locale->point);
		buf_add(out, span_from(digits, point + 1));
	}
}

/* The same for the numbers that money mostly is: an integer, or a double that
 * prints with no more places than asked for. 1, or 0 for all others. */
static int
plain_digits(struct value input, int places, char out[NUMBER_TEXT + 8],
    struct span *digits)
{
	size_t len, point;

	if (input.kind == VALUE_INTEGER)
		len = number_integer_text(input.integer, out);
	else if (input.kind == VALUE_FLOAT)
		len = number_float_text(input.real, out);
	else
		return 0;
	point = span_find(span_of(out, len), '.');
	if (places <= 0 || places > 4 || len > 24 ||
	    len > point + 1 + (size_t)places ||
	    span_find(span_of(out, len), 'e') != len || out[len - 1] > '9')
		return 0;
	if (point == len)
		out[len++] = '.';
	while (len < point + 1 + (size_t)places)
		out[len++] = '0';
	*digits = span_of(out, len);
	return 1;
}

/* Digits of the number rounded to so many behind the point, zeros added.
 * 1, 0 where the number is infinite or none, -1. */
static int
fixed_digits(const struct filter_call *call, struct value input, int places,
    struct buf *digits)
{
	const struct decimal *decimal;
	struct number number;
	size_t point;

	if (number_of(call, input, &number) < 0)
		return -1;
	if (number.kind == NUMBER_STRANGE)
		return 0;
	decimal = number_decimal(call, &number);
	if (decimal == NULL)
		return -1;
	if (number_charge_round(call, decimal) < 0 ||
	    filter_charge(call, (uint64_t)decimal->count * 64) < 0)
		return -1;
	decimal = decimal_round(call->arena, decimal, places, DECIMAL_HALF_UP);
	if (decimal == NULL)
		return filter_full(call);
	filter_begin(call, digits);
	decimal_write(digits, decimal);
	point = span_find(buf_span(digits), '.');
	if (point == digits->len && places > 0)
		buf_byte(digits, '.');
	for (int i = 0; i < places; i++)
		buf_byte(digits, '0');
	if (digits->failed)
		return filter_full(call);
	digits->len = places > 0 ? point + 1 + (size_t)places : point;
	return 1;
}

static bool
take_minus(struct span *digits)
{
	if (digits->len == 0 || *digits->at != '-')
		return false;
	*digits = span_from(*digits, 1);
	return true;
}

/* A number in front of an unknown code: "12.00 XYZ". */
static void
put_money(const struct locale *locale, struct span digits, struct span symbol,
    struct buf *out)
{
	if (take_minus(&digits))
		buf_byte(out, '-');
	if (symbol.len != 0 && locale->before != NULL) {
		buf_add(out, symbol);
		buf_str(out, symbol.len > 2 && symbol.at[0] >= 'A' &&
				     symbol.at[0] <= 'Z' &&
				     symbol.at[2] >= 'A' && symbol.at[2] <= 'Z'
				 ? "\xc2\xa0"
				 : locale->before);
	}
	put_grouped(digits, locale, span_str(locale->group), out);
	if (symbol.len != 0 && locale->before == NULL) {
		buf_str(out, locale->after);
		buf_add(out, symbol);
	}
}

/* `money: "EUR", "de"`, both also by keyword. */
static int
money_places(const struct filter_call *call, struct value input, int places,
    struct value *out)
{
	const struct currency *currency;
	const struct locale *locale;
	struct buf digits, text;
	struct span code, symbol, plain;
	char quick[NUMBER_TEXT + 8];
	int has;

	if (filter_option(call, "currency", 0, &code) < 0 ||
	    filter_locale(call, 1, &locale) < 0)
		return -1;
	currency = currency_find(code);
	symbol = currency != NULL ? span_str(currency->symbol) : code;
	if (places < 0)
		places = currency != NULL ? currency->digits : 2;
	if (!plain_digits(input, places, quick, &plain)) {
		has = fixed_digits(call, input, places, &digits);
		if (has <= 0) {
			*out = input;
			return has;
		}
		plain = buf_span(&digits);
	}
	filter_begin(call, &text);
	put_money(locale, plain, symbol, &text);
	return filter_finish(call, &text, out);
}

static int
money(const struct filter_call *call, struct value input, struct value *out)
{
	return money_places(call, input, -1, out);
}

static int
rounded_money(
    const struct filter_call *call, struct value input, struct value *out)
{
	return money_places(call, input, 0, out);
}

/* As it prints, with delimiters: no rounding. */
static int
number_with_delimiter(
    const struct filter_call *call, struct value input, struct value *out)
{
	const struct locale *locale;
	const struct decimal *decimal;
	struct span group, digits;
	struct number number;
	struct buf plain, text;

	if (filter_option(call, "delimiter", 0, &group) < 0 ||
	    filter_locale(call, 1, &locale) < 0 ||
	    number_of(call, input, &number) < 0)
		return -1;
	*out = input;
	if (number.kind == NUMBER_STRANGE)
		return 0;
	decimal = number_decimal(call, &number);
	if (decimal == NULL ||
	    filter_charge(
		call, 64 + (uint64_t)decimal->count * (64 + group.len / 4)) < 0)
		return -1;
	filter_begin(call, &plain);
	decimal_write(&plain, decimal);
	digits = buf_span(&plain);
	while (span_find(digits, '.') + 2 < digits.len &&
	       digits.at[digits.len - 1] == '0')
		digits.len--;
	filter_begin(call, &text);
	if (take_minus(&digits))
		buf_byte(&text, '-');
	put_grouped(
	    digits, locale, group.len ? group : span_str(locale->group), &text);
	return plain.failed ? filter_full(call)
			    : filter_finish(call, &text, out);
}

/* `format_number: "de"`. */
static int
format_number(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct filter_call moved = *call;
	struct value args[2] = { value_nil(), value_nil() };

	if (call->argc != 0)
		args[1] = call->args[0];
	moved.args = args;
	moved.argc = 2;
	return number_with_delimiter(&moved, input, out);
}

/* The form that the locale gives the number; "#" stands for it. */
static struct span
ordinal_form(const struct locale *locale, uint64_t number)
{
	const size_t others = 99;
	bool teens = number % 100 >= 11 && number % 100 <= 13;
	struct span form;

	form = wording_item(locale, WORDING_ORDINALS_BY_TENS,
	    number % 10 == 0 || teens ? others : number % 10 - 1);
	if (form.len == 0)
		form = wording_item(locale, WORDING_ORDINALS,
		    number == 0 || number > others ? others : number - 1);
	return form.len != 0 ? form : SPAN("#.");
}

/* `ordinalize: "fr"`. */
static int
ordinalize(
    const struct filter_call *call, struct value input, struct value *out)
{
	const struct locale *locale;
	struct buf text;
	struct span form;
	int64_t number;
	size_t sign;

	if (filter_locale(call, 0, &locale) < 0 ||
	    filter_integer(call, input, &number) < 0)
		return -1;
	form = ordinal_form(
	    locale, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
	sign = span_find(form, '#');
	filter_begin(call, &text);
	buf_add(&text, span_first(form, sign));
	value_write(&text, value_integer(number), call->env->work);
	buf_add(&text, span_from(form, sign + 1));
	return filter_finish(call, &text, out);
}

static const struct filter rows[] = {
	{ "currency", money, 0, 2, FILTER_PURE | FILTER_KEYWORDS },
	{ "format_number", format_number, 0, 1, FILTER_PURE | FILTER_KEYWORDS },
	{ "money", money, 0, 2, FILTER_PURE | FILTER_KEYWORDS },
	{ "number_with_delimiter", number_with_delimiter, 0, 2,
	    FILTER_PURE | FILTER_KEYWORDS },
	{ "ordinalize", ordinalize, 0, 1, FILTER_PURE | FILTER_KEYWORDS },
	{ "rounded_currency", rounded_money, 0, 2,
	    FILTER_PURE | FILTER_KEYWORDS },
};

const struct filter_set filters_money = { rows, sizeof rows / sizeof rows[0] };
