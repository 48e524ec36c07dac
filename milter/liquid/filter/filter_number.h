/*
 * Numbers in filters: Ruby's Integer and, for every fraction, BigDecimal,
 * with a short cut for integers of 64 bits.
 */
#ifndef INLAY_LIQUID_FILTER_NUMBER_H
#define INLAY_LIQUID_FILTER_NUMBER_H

#include "milter/liquid/value/decimal.h"
#include "milter/liquid/filter/filter.h"

enum number_kind {
	NUMBER_SMALL,	/* an integer of 64 bits */
	NUMBER_DECIMAL, /* a larger one, or a fraction */
	NUMBER_STRANGE, /* infinite or not a number */
};

struct number {
	enum number_kind kind;
	int64_t small;
	const struct decimal *decimal;
	double strange;
};

/* Utils.to_number: what is no number is 0. 0, or -1 with the error set. */
int number_of(
    const struct filter_call *call, struct value value, struct number *number);

/* The value as Liquid shows it: fractions become floats. 0 or -1. */
int number_value(const struct filter_call *call, const struct number *number,
    struct value *out);

/* Exact whatever it is; not for strange ones. NULL and the error set. */
const struct decimal *number_decimal(
    const struct filter_call *call, const struct number *number);

/* The nearest double. */
int number_double(
    const struct filter_call *call, const struct number *number, double *out);

int number_add(const struct filter_call *call, const struct number *a,
    const struct number *b, struct number *sum);

/* What number_of makes of a decimal; NULL sets the error. */
int number_from(const struct filter_call *call, const struct decimal *decimal,
    struct number *number);

/* Steps for rounding it, which divides by a power of ten. 0 or -1. */
int number_charge_round(
    const struct filter_call *call, const struct decimal *decimal);

#endif
