#include "milter/liquid/value/number.h"

#include "store/base/ascii.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t
number_integer_text(int64_t integer, char out[NUMBER_TEXT])
{
	uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
	char digits[24];
	size_t count = 0, len = 0;

	do {
		digits[count++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	if (integer < 0)
		out[len++] = '-';
	while (count != 0)
		out[len++] = digits[--count];
	return len;
}

/* A double that is a few decimals of a small number needs no search: 19.9 is
 * 199 tenths, and dividing gives the very same double back. */
static size_t
short_text(double real, char out[NUMBER_TEXT])
{
	double scale = 1;

	if (!(fabs(real) < 1e9) || (real == 0 && signbit(real)))
		return 0;
	for (int places = 0; places <= 4; places++, scale *= 10) {
		double scaled = nearbyint(real * scale);
		int64_t whole = (int64_t)scaled;
		uint64_t part, unit = (uint64_t)scale;
		size_t len;

		if (scaled / scale != real)
			continue;
		part = (uint64_t)(whole < 0 ? -whole : whole);
		len = 0;
		if (whole < 0)
			out[len++] = '-';
		len += number_integer_text((int64_t)(part / unit), out + len);
		out[len++] = '.';
		if (places == 0)
			out[len++] = '0';
		for (part %= unit; unit > 1;) {
			unit /= 10;
			out[len++] = (char)('0' + part / unit);
			part %= unit;
		}
		return len;
	}
	return 0;
}

/* Digits and a decimal exponent as Ruby lays them out: plain between 1e-4 and
 * 1e15 and beyond that while digits remain behind the point, else d.ddde+XX. */
static size_t
lay_out(bool negative, const char *digits, int count, int exponent, char *out)
{
	size_t len = 0;

	if (negative)
		out[len++] = '-';
	if (exponent < -4 || (exponent >= 15 && count <= exponent + 1)) {
		out[len++] = digits[0];
		out[len++] = '.';
		for (int i = 1; i < count; i++)
			out[len++] = digits[i];
		if (count == 1)
			out[len++] = '0';
		len += (size_t)snprintf(out + len, 8, "e%c%02d",
		    exponent < 0 ? '-' : '+', abs(exponent));
		return len;
	}
	if (exponent < 0) {
		out[len++] = '0';
		out[len++] = '.';
		for (int i = exponent; i < -1; i++)
			out[len++] = '0';
	}
	for (int i = 0; i < count || i <= exponent; i++) {
		if (i == exponent + 1 && exponent >= 0)
			out[len++] = '.';
		out[len++] = i < count ? digits[i] : '0';
	}
	if (exponent >= 0 && count <= exponent + 1) {
		out[len++] = '.';
		out[len++] = '0';
	}
	return len;
}

size_t
number_float_text(double real, char out[NUMBER_TEXT])
{
	char text[32], digits[20];
	size_t len = short_text(real, out);
	int count = 0, exponent;

	if (len != 0)
		return len;
	if (isnan(real) || isinf(real))
		return (size_t)snprintf(out, NUMBER_TEXT, "%s",
		    isnan(real) ? "NaN"
		    : real < 0	? "-Infinity"
				: "Infinity");
	if (real == 0)
		return (size_t)snprintf(out, NUMBER_TEXT, "-0.0");
	/* Fifteen digits hold every shorter text, with zeros behind it; numbers
	 * next to zero have fewer. */
	for (int precision = fabs(real) < DBL_MIN ? 0 : 14; precision <= 16;
	     precision++) {
		snprintf(text, sizeof text, "%.*e", precision, fabs(real));
		if (strtod(text, NULL) == fabs(real))
			break;
	}
	for (const char *c = text; *c != 'e'; c++)
		if (*c != '.')
			digits[count++] = *c;
	exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	while (count > 1 && digits[count - 1] == '0')
		count--;
	return lay_out(real < 0, digits, count, exponent, out);
}

int
number_parse_integer(struct span text, int64_t *out)
{
	bool negative = text.len != 0 && text.at[0] == '-';
	uint64_t limit = (uint64_t)INT64_MAX + negative;
	uint64_t sum = 0;

	if (text.len == negative)
		return 0;
	for (size_t i = negative; i < text.len; i++) {
		unsigned digit = (unsigned)((unsigned char)text.at[i] - '0');

		if (digit > 9 || sum > (limit - digit) / 10)
			return 0;
		sum = sum * 10 + digit;
	}
	*out = negative ? (int64_t)(0 - sum) : (int64_t)sum;
	return 1;
}

/* Longer than any double needs; more digits than this change nothing that a
 * template could see. */
enum { FLOAT_TEXT = 400 };

static size_t
skip_digits(struct span text, size_t at)
{
	while (at < text.len && ascii_is_digit(text.at[at]))
		at++;
	return at;
}

int
number_parse_float(struct span text, double *out)
{
	size_t start = text.len != 0 && text.at[0] == '-';
	size_t at = skip_digits(text, start);
	char copy[FLOAT_TEXT];

	if (at == start)
		return 0;
	if (at < text.len && text.at[at] == '.') {
		size_t from = at + 1;

		at = skip_digits(text, from);
		if (at == from)
			return 0;
	}
	if (at < text.len && (text.at[at] == 'e' || text.at[at] == 'E')) {
		size_t from = at + 1;

		if (from < text.len &&
		    (text.at[from] == '-' || text.at[from] == '+'))
			from++;
		at = skip_digits(text, from);
		if (at == from)
			return 0;
	}
	if (at != text.len || text.len >= sizeof copy)
		return 0;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	*out = strtod(copy, NULL);
	return 1;
}
