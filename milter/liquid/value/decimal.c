#include "milter/liquid/value/decimal.h"

#include "store/base/ascii.h"

#include <inttypes.h>
#include <stdio.h>

enum { BASE = 1000000000, DIGITS = 9 };

/* A result in the making, with room for count limbs, all zero. */
static struct decimal *
make(struct arena *arena, uint64_t count)
{
	struct decimal *made;

	if (count > DECIMAL_LIMBS * 2 + 8)
		return NULL;
	made = arena_calloc(
	    arena, 1, sizeof *made + (size_t)count * sizeof made->limbs[0]);
	if (made != NULL)
		made->count = (uint32_t)count;
	return made;
}

/* Drops zeros at both ends and refuses what is too long. */
static const struct decimal *
finish(struct decimal *made)
{
	uint32_t low = 0;

	if (made == NULL)
		return NULL;
	while (made->count > 0 && made->limbs[made->count - 1] == 0)
		made->count--;
	while (
	    low < made->fraction && low < made->count && made->limbs[low] == 0)
		low++;
	if (made->count == 0) {
		/* Only a fraction has a zero below zero. */
		made->fraction = 0;
		made->negative = made->negative && !made->whole;
		return made;
	}
	memmove(made->limbs, made->limbs + low,
	    (made->count - low) * sizeof made->limbs[0]);
	made->count -= low;
	made->fraction -= low;
	return made->count <= DECIMAL_LIMBS && made->fraction <= DECIMAL_LIMBS
		   ? made
		   : NULL;
}

const struct decimal *
decimal_of(struct arena *arena, int64_t integer)
{
	struct decimal *made = make(arena, 3);
	uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;

	if (made == NULL)
		return NULL;
	made->whole = true;
	made->negative = integer < 0;
	for (int i = 0; i < 3; i++) {
		made->limbs[i] = (uint32_t)(rest % BASE);
		rest /= BASE;
	}
	return finish(made);
}

/* The power of ten behind an 'e', clipped to what is certainly too long. */
static int64_t
read_exponent(struct span text)
{
	const int64_t most = DECIMAL_LIMBS * DIGITS * 4;
	bool negative = text.len && *text.at == '-';
	int64_t value = 0;

	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_digit(text.at[i]) && value < most)
			value = value * 10 + (text.at[i] - '0');
	return negative ? -value : value;
}

const struct decimal *
decimal_parse(struct arena *arena, struct span text)
{
	size_t e = span_find(text, 'e');
	int64_t exponent = read_exponent(span_from(text, e + 1));
	struct span digits = span_first(text, e);
	size_t point = span_find(digits, '.');
	int64_t behind = (int64_t)(digits.len - point);
	struct decimal *made;
	int64_t at, fraction;

	/* The power of ten of the last digit, and of whole limbs below. */
	behind = behind > 0 ? behind - 1 : 0;
	at = exponent - behind;
	fraction = at < 0 ? (-at + DIGITS - 1) / DIGITS : 0;
	if (digits.len > DECIMAL_LIMBS * DIGITS * 2 ||
	    fraction > DECIMAL_LIMBS * 2 || at > DECIMAL_LIMBS * DIGITS * 2)
		return NULL;
	at += fraction * DIGITS;
	made = make(arena, ((uint64_t)at + digits.len) / DIGITS + 1);
	if (made == NULL)
		return NULL;
	made->whole = point == digits.len && e == text.len;
	made->fraction = (uint32_t)fraction;
	made->negative = digits.len && *digits.at == '-';
	for (size_t i = digits.len; i-- > 0;) {
		uint32_t unit = 1;

		if (!ascii_is_digit(digits.at[i]))
			continue;
		for (int64_t power = at % DIGITS; power > 0; power--)
			unit *= 10;
		made->limbs[at / DIGITS] +=
		    (uint32_t)(digits.at[i] - '0') * unit;
		at++;
	}
	return finish(made);
}

/* The limb standing for BASE^(i - fraction), 0 where a has none. */
static uint32_t
limb(const struct decimal *a, uint32_t fraction, int64_t i)
{
	i += (int64_t)a->fraction - fraction;
	return i >= 0 && i < a->count ? a->limbs[i] : 0;
}

static uint32_t
larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Limbs before the point; negative where the first ones behind it are 0. */
static int64_t
height(const struct decimal *a)
{
	return (int64_t)a->count - a->fraction;
}

static int
compare_size(const struct decimal *a, const struct decimal *b)
{
	uint32_t fraction = larger(a->fraction, b->fraction);
	int64_t top = height(a) > height(b) ? height(a) : height(b);

	for (int64_t i = top + fraction; i-- > 0;) {
		uint32_t x = limb(a, fraction, i), y = limb(b, fraction, i);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

int
decimal_compare(const struct decimal *a, const struct decimal *b)
{
	if (a->negative != b->negative)
		return a->count + b->count == 0 ? 0 : a->negative ? -1 : 1;
	return a->negative ? -compare_size(a, b) : compare_size(a, b);
}

/* Adds b or takes it away, without signs; then a must not be smaller. */
static const struct decimal *
combine(struct arena *arena, const struct decimal *a, const struct decimal *b,
    bool minus, bool negative)
{
	uint32_t fraction = larger(a->fraction, b->fraction);
	int64_t top = height(a) > height(b) ? height(a) : height(b);
	int64_t count = (top > 0 ? top : 0) + fraction + 1;
	struct decimal *made = make(arena, (uint64_t)count);
	int64_t carry = 0;

	if (made == NULL)
		return NULL;
	made->fraction = fraction;
	made->whole = a->whole && b->whole;
	made->negative = negative;
	for (int64_t i = 0; i < count; i++) {
		int64_t x = limb(a, fraction, i), y = limb(b, fraction, i);
		int64_t sum = minus ? x - y + carry : x + y + carry;

		carry = sum < 0 ? -1 : sum >= BASE;
		made->limbs[i] = (uint32_t)(sum - carry * BASE);
	}
	return finish(made);
}

static const struct decimal *
add_signed(struct arena *arena, const struct decimal *a,
    const struct decimal *b, bool b_negative)
{
	if (a->negative == b_negative)
		return combine(arena, a, b, false, a->negative);
	if (compare_size(a, b) >= 0)
		return combine(
		    arena, a, b, true, a->negative && compare_size(a, b) != 0);
	return combine(arena, b, a, true, b_negative);
}

const struct decimal *
decimal_add(
    struct arena *arena, const struct decimal *a, const struct decimal *b)
{
	return add_signed(arena, a, b, b->negative);
}

const struct decimal *
decimal_subtract(
    struct arena *arena, const struct decimal *a, const struct decimal *b)
{
	return add_signed(arena, a, b, !b->negative);
}

const struct decimal *
decimal_multiply(
    struct arena *arena, const struct decimal *a, const struct decimal *b)
{
	struct decimal *made = make(arena, (uint64_t)a->count + b->count);

	if (made == NULL)
		return NULL;
	made->whole = a->whole && b->whole;
	made->fraction = a->fraction + b->fraction;
	made->negative = a->negative != b->negative;
	for (uint32_t i = 0; i < a->count; i++) {
		uint64_t carry = 0;

		for (uint32_t j = 0; j < b->count; j++) {
			carry += (uint64_t)a->limbs[i] * b->limbs[j] +
				 made->limbs[i + j];
			made->limbs[i + j] = (uint32_t)(carry % BASE);
			carry /= BASE;
		}
		made->limbs[i + b->count] = (uint32_t)carry;
	}
	return finish(made);
}

/* ---- division ---- */

static void
scale(uint32_t *limbs, uint32_t count, uint32_t by)
{
	uint64_t carry = 0;

	for (uint32_t i = 0; i < count; i++) {
		carry += (uint64_t)limbs[i] * by;
		limbs[i] = (uint32_t)(carry % BASE);
		carry /= BASE;
	}
}

/* Takes guess times the divisor away; true when that was too much. */
static bool
take_away(
    uint32_t *rest, const uint32_t *divisor, uint32_t count, uint64_t guess)
{
	uint64_t product = 0;
	int64_t borrow = 0;

	for (uint32_t i = 0; i <= count; i++) {
		int64_t digit;

		product += i < count ? guess * divisor[i] : 0;
		digit = (int64_t)rest[i] - (int64_t)(product % BASE) + borrow;
		product /= BASE;
		borrow = digit < 0 ? -1 : 0;
		rest[i] = (uint32_t)(digit - borrow * BASE);
	}
	return borrow != 0;
}

/* Puts the divisor back once; true when that makes up for the borrow. */
static bool
put_back(uint32_t *rest, const uint32_t *divisor, uint32_t count)
{
	uint32_t carry = 0;

	for (uint32_t i = 0; i <= count; i++) {
		uint32_t sum = rest[i] + (i < count ? divisor[i] : 0) + carry;

		carry = sum >= BASE;
		rest[i] = sum - (carry ? BASE : 0);
	}
	return carry != 0;
}

/*
 * Long division (Knuth 4.3.1 D): rest has one limb more than the dividend
 * and ends as the remainder, times the factor that made the divisor's
 * highest limb large: so that a guess is at most two too high. quotient has
 * rest_count - count limbs.
 */
static void
divide(uint32_t *rest, uint32_t rest_count, const uint32_t *divisor,
    uint32_t count, uint32_t *quotient)
{
	for (uint32_t at = rest_count - count; at-- > 0;) {
		const uint32_t *top = rest + at + count;
		uint64_t two = (uint64_t)top[0] * BASE + top[-1];
		uint64_t guess = two / divisor[count - 1];

		if (guess >= BASE)
			guess = BASE - 1;
		if (take_away(rest + at, divisor, count, guess)) {
			do
				guess--;
			while (!put_back(rest + at, divisor, count));
		}
		quotient[at] = (uint32_t)guess;
	}
}

struct quotient {
	struct decimal *whole;
	struct decimal *rest;
};

/* a times BASE^shift by b, all as if whole and positive. 0, or -1 full. */
static int
divide_limbs(struct arena *arena, const struct decimal *a, uint32_t shift,
    const struct decimal *b, uint32_t b_shift, struct quotient *result)
{
	uint32_t a_count = a->count + shift, b_count = b->count + b_shift;
	uint32_t factor = BASE / (b->limbs[b->count - 1] + 1);
	struct decimal *divisor = make(arena, b_count);
	uint64_t carry = 0;

	if (a_count < b_count)
		a_count = b_count;
	result->rest = make(arena, (uint64_t)a_count + 1);
	result->whole = make(arena, (uint64_t)a_count + 1 - b_count);
	if (divisor == NULL || result->rest == NULL || result->whole == NULL)
		return -1;
	memcpy(
	    divisor->limbs + b_shift, b->limbs, b->count * sizeof b->limbs[0]);
	memcpy(result->rest->limbs + shift, a->limbs,
	    a->count * sizeof a->limbs[0]);
	scale(divisor->limbs, b_count, factor);
	scale(result->rest->limbs, a_count + 1, factor);
	divide(result->rest->limbs, a_count + 1, divisor->limbs, b_count,
	    result->whole->limbs);
	for (uint32_t i = a_count + 1; i-- > 0;) {
		carry = carry * BASE + result->rest->limbs[i];
		result->rest->limbs[i] = (uint32_t)(carry / factor);
		carry %= factor;
	}
	return 0;
}

const struct decimal *
decimal_modulo(
    struct arena *arena, const struct decimal *a, const struct decimal *b)
{
	uint32_t fraction = larger(a->fraction, b->fraction);
	struct quotient result;
	const struct decimal *rest;

	if (divide_limbs(arena, a, fraction - a->fraction, b,
		fraction - b->fraction, &result) < 0)
		return NULL;
	result.rest->fraction = fraction;
	result.rest->whole = a->whole && b->whole;
	result.rest->negative = a->negative;
	rest = finish(result.rest);
	if (rest == NULL || a->negative == b->negative)
		return rest;
	if (decimal_is_zero(rest))
		return decimal_absolute(arena, rest);
	return decimal_add(arena, rest, b);
}

/* Rounded down, not towards zero. */
static const struct decimal *
divide_whole(
    struct arena *arena, const struct decimal *a, const struct decimal *b)
{
	struct quotient result;
	const struct decimal *one;
	bool exact;

	if (divide_limbs(arena, a, 0, b, 0, &result) < 0)
		return NULL;
	exact = decimal_is_zero(finish(result.rest));
	result.whole->whole = true;
	result.whole->negative = a->negative != b->negative;
	if (exact || a->negative == b->negative)
		return finish(result.whole);
	one = decimal_of(arena, 1);
	if (one == NULL || finish(result.whole) == NULL)
		return NULL;
	return decimal_subtract(arena, result.whole, one);
}

const struct decimal *
decimal_divide(
    struct arena *arena, const struct decimal *a, const struct decimal *b)
{
	const uint32_t more = 5; /* limbs beyond what aligns the two */
	struct quotient result;
	uint32_t shift;

	if (a->whole && b->whole)
		return divide_whole(arena, a, b);
	shift = more + b->fraction + b->count;
	if (divide_limbs(arena, a, shift, b, 0, &result) < 0)
		return NULL;
	result.whole->negative = a->negative != b->negative;
	result.whole->fraction = a->fraction + shift - b->fraction;
	return finish(result.whole);
}

const struct decimal *
decimal_absolute(struct arena *arena, const struct decimal *a)
{
	struct decimal *made = make(arena, a->count);

	if (made == NULL)
		return NULL;
	memcpy(made->limbs, a->limbs, a->count * sizeof a->limbs[0]);
	made->whole = a->whole;
	made->fraction = a->fraction;
	return made;
}

/* ---- rounding and text ---- */

static const struct decimal *
power_of_ten(struct arena *arena, int64_t power)
{
	char text[32];

	snprintf(text, sizeof text, "1e%" PRId64, power);
	return decimal_parse(arena, span_str(text));
}

/* 1 when what was cut off asks for one more in the last place. */
static bool
rounds_away(const struct decimal *cut, const struct decimal *unit,
    const struct decimal *twice, bool negative, enum decimal_rounding rounding)
{
	switch (rounding) {
	case DECIMAL_HALF_UP:
		return compare_size(twice, unit) >= 0;
	case DECIMAL_DOWN:
		return negative && !decimal_is_zero(cut);
	case DECIMAL_UP:
		return !negative && !decimal_is_zero(cut);
	}
	return false;
}

const struct decimal *
decimal_round(struct arena *arena, const struct decimal *a, int64_t digits,
    enum decimal_rounding rounding)
{
	const struct decimal *size = decimal_absolute(arena, a);
	const struct decimal *unit, *cut, *twice, *kept;
	struct decimal *made;

	if (digits >= (int64_t)a->fraction * DIGITS && (digits > 0 || a->whole))
		return a;
	if (digits < -(int64_t)a->count * DIGITS - 1)
		return decimal_of(arena, 0);
	unit = power_of_ten(arena, -digits);
	if (size == NULL || unit == NULL)
		return NULL;
	cut = decimal_modulo(arena, size, unit);
	if (cut == NULL)
		return NULL;
	twice = decimal_add(arena, cut, cut);
	kept = decimal_subtract(arena, size, cut);
	if (twice == NULL || kept == NULL)
		return NULL;
	if (rounds_away(cut, unit, twice, a->negative, rounding))
		kept = decimal_add(arena, kept, unit);
	if (kept == NULL || (made = make(arena, kept->count)) == NULL)
		return NULL;
	memcpy(made->limbs, kept->limbs, kept->count * sizeof kept->limbs[0]);
	made->fraction = kept->fraction;
	made->negative = a->negative;
	made->whole = a->whole || digits <= 0;
	return finish(made);
}

int
decimal_integer(const struct decimal *a, int64_t *integer)
{
	uint64_t value = 0;

	if (!a->whole || a->count > 3 || (a->count == 3 && a->limbs[2] > 9))
		return 0;
	for (uint32_t i = a->count; i-- > 0;)
		value = value * BASE + a->limbs[i];
	if (value > (uint64_t)INT64_MAX + a->negative)
		return 0;
	*integer = (int64_t)(a->negative ? 0 - value : value);
	return 1;
}

/* Takes the lowest four bytes off; they are what it returns. */
static uint32_t
shift_word(uint32_t *limbs, uint32_t *count)
{
	uint64_t rest = 0;

	for (uint32_t i = *count; i-- > 0;) {
		rest = rest * BASE + limbs[i];
		limbs[i] = (uint32_t)(rest >> 32);
		rest &= UINT32_MAX;
	}
	while (*count != 0 && limbs[*count - 1] == 0)
		--*count;
	return (uint32_t)rest;
}

uint32_t
decimal_bytes(const struct decimal *a)
{
	uint32_t limbs[DECIMAL_LIMBS], count = a->count, word = 0, bytes = 0;

	memcpy(limbs, a->limbs, count * sizeof *limbs);
	for (; count != 0; bytes += 4)
		word = shift_word(limbs, &count);
	for (; word != 0 && word >> 24 == 0; word <<= 8)
		bytes--;
	return bytes;
}

void
decimal_write(struct buf *out, const struct decimal *a)
{
	int64_t top = height(a);

	if (a->negative)
		buf_byte(out, '-');
	if (top <= 0)
		buf_byte(out, '0');
	for (int64_t i = top; i-- > 0;)
		buf_printf(out, i == top - 1 ? "%" PRIu32 : "%09" PRIu32,
		    limb(a, 0, i));
	if (a->whole)
		return;
	buf_byte(out, '.');
	if (a->fraction == 0)
		buf_byte(out, '0');
	for (int64_t i = -1; i >= -(int64_t)a->fraction; i--)
		buf_printf(out, "%09" PRIu32, limb(a, 0, i));
}
