/*
 * A decimal is an exact number: an integer of any size or a decimal fraction,
 * as Ruby's Integer and BigDecimal, in which Liquid computes so that 0.1 plus
 * 0.2 is 0.3. Immutable, in an arena, and bounded in length.
 */
#ifndef INLAY_LIQUID_DECIMAL_H
#define INLAY_LIQUID_DECIMAL_H

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/span.h"

/* Nine digits each; what would be longer is refused. */
enum { DECIMAL_LIMBS = 512 };

struct decimal {
	bool negative;
	bool whole;	   /* an integer; else a fraction, even if 2.0 */
	uint32_t count;	   /* limbs, the highest is not 0; 0 for zero */
	uint32_t fraction; /* how many of the lowest stand behind the point */
	uint32_t limbs[];  /* base 10^9, the lowest first */
};

/* All of these: NULL when the arena is full or the result too long. */

const struct decimal *decimal_of(struct arena *arena, int64_t integer);

/* Optional '-', digits, optional '.' with digits, optional exponent; the
 * text must be of that form. Whole where there is no point. */
const struct decimal *decimal_parse(struct arena *arena, struct span text);

const struct decimal *decimal_add(
    struct arena *arena, const struct decimal *a, const struct decimal *b);
const struct decimal *decimal_subtract(
    struct arena *arena, const struct decimal *a, const struct decimal *b);
const struct decimal *decimal_multiply(
    struct arena *arena, const struct decimal *a, const struct decimal *b);

/* Of whole numbers the quotient is rounded down, else it has 36 digits or
 * more. b must not be zero. */
const struct decimal *decimal_divide(
    struct arena *arena, const struct decimal *a, const struct decimal *b);

/* With the sign of b, which must not be zero. */
const struct decimal *decimal_modulo(
    struct arena *arena, const struct decimal *a, const struct decimal *b);

const struct decimal *decimal_absolute(
    struct arena *arena, const struct decimal *a);

enum decimal_rounding { DECIMAL_HALF_UP, DECIMAL_DOWN, DECIMAL_UP };

/* To that many digits behind the point, before it where negative. Whole when
 * digits is not positive or a is. */
const struct decimal *decimal_round(struct arena *arena,
    const struct decimal *a, int64_t digits, enum decimal_rounding rounding);

int decimal_compare(const struct decimal *a, const struct decimal *b);

static inline bool
decimal_is_zero(const struct decimal *a)
{
	return a->count == 0;
}

/* 1 and the value where a is whole and fits, else 0. */
int decimal_integer(const struct decimal *a, int64_t *integer);

/* The bytes that a whole number takes, without its sign; the work is the square
 * of count. */
uint32_t decimal_bytes(const struct decimal *a);

/* Adds all its digits, with a point where it is not whole. */
void decimal_write(struct buf *out, const struct decimal *a);

#endif
