#include "milter/liquid/filter/filter.h"

#include <math.h>

#include "milter/liquid/filter/filter_input.h"
#include "milter/liquid/filter/filter_number.h"

/* What an operation does to each kind of number. */
struct operation {
	/* true where the result fits */
	bool (*small)(int64_t a, int64_t b, int64_t *result);
	const struct decimal *(*exact)(struct arena *arena,
	    const struct decimal *a, const struct decimal *b);
	double (*strange)(double a, double b);
	bool divides;
	bool products; /* of the lengths of the two, not their sum */
};

static bool
small_add(int64_t a, int64_t b, int64_t *result)
{
	return !__builtin_add_overflow(a, b, result);
}

static bool
small_subtract(int64_t a, int64_t b, int64_t *result)
{
	return !__builtin_sub_overflow(a, b, result);
}

static bool
small_multiply(int64_t a, int64_t b, int64_t *result)
{
	return !__builtin_mul_overflow(a, b, result);
}

/* Rounded down, as Ruby does. */
static bool
small_divide(int64_t a, int64_t b, int64_t *result)
{
	if (a == INT64_MIN && b == -1)
		return false;
	*result = a / b - (a % b != 0 && (a < 0) != (b < 0));
	return true;
}

static bool
small_modulo(int64_t a, int64_t b, int64_t *result)
{
	if (b == -1) {
		*result = 0;
		return true;
	}
	*result = a % b;
	if (*result != 0 && (*result < 0) != (b < 0))
		*result += b;
	return true;
}

static double
real_add(double a, double b)
{
	return a + b;
}

static double
real_subtract(double a, double b)
{
	return a - b;
}

static double
real_multiply(double a, double b)
{
	return a * b;
}

static double
real_divide(double a, double b)
{
	return a / b;
}

static double
real_modulo(double a, double b)
{
	double rest = fmod(a, b);

	return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static const struct operation addition = { small_add, decimal_add, real_add,
	false, false };
static const struct operation subtraction = { small_subtract, decimal_subtract,
	real_subtract, false, false };
static const struct operation multiplication = { small_multiply,
	decimal_multiply, real_multiply, false, true };
static const struct operation division = { small_divide, decimal_divide,
	real_divide, true, true };
static const struct operation remainder_of = { small_modulo, decimal_modulo,
	real_modulo, true, true };

static bool
is_zero(const struct number *number)
{
	return number->kind == NUMBER_SMALL ? number->small == 0
	       : number->kind == NUMBER_DECIMAL
		   ? decimal_is_zero(number->decimal)
		   : false;
}

static bool
is_whole(const struct number *number)
{
	return number->kind == NUMBER_SMALL ||
	       (number->kind == NUMBER_DECIMAL && number->decimal->whole);
}

static int
compute_real(const struct filter_call *call, const struct operation *operation,
    const struct number *a, const struct number *b, struct value *out)
{
	double x, y;

	if (number_double(call, a, &x) < 0 || number_double(call, b, &y) < 0)
		return -1;
	*out = value_float(operation->strange(x, y));
	return 0;
}

/* Steps for an exact operation: schoolbook, on nine digits at a time, with the
 * point of both at one place. */
static uint64_t
price(const struct operation *operation, const struct decimal *x,
    const struct decimal *y)
{
	uint64_t a = (uint64_t)x->count + y->fraction + 8;
	uint64_t b = (uint64_t)y->count + x->fraction;

	if (operation->divides)
		a += y->count;
	return 32 + (operation->products ? a * b / 2 : (a + b) * 2);
}

static int
compute(const struct filter_call *call, struct value input,
    const struct operation *operation, struct value *out)
{
	const struct decimal *x, *y;
	struct number a, b, result = { 0 };
	bool by_zero;

	if (number_of(call, input, &a) < 0 ||
	    number_of(call, call->args[0], &b) < 0)
		return -1;
	/* BigDecimal knows infinity, Integer does not; neither a remainder. */
	by_zero = operation->divides && is_zero(&b);
	if (by_zero &&
	    (operation == &remainder_of || (is_whole(&a) && is_whole(&b))))
		return filter_fail(call, "divided by 0");
	if (a.kind == NUMBER_SMALL && b.kind == NUMBER_SMALL &&
	    operation->small(a.small, b.small, &result.small)) {
		*out = value_integer(result.small);
		return 0;
	}
	if (a.kind == NUMBER_STRANGE || b.kind == NUMBER_STRANGE || by_zero)
		return compute_real(call, operation, &a, &b, out);
	x = number_decimal(call, &a);
	y = x == NULL ? NULL : number_decimal(call, &b);
	if (y == NULL || filter_charge(call, price(operation, x, y)) < 0 ||
	    number_from(call, operation->exact(call->arena, x, y), &result) < 0)
		return -1;
	return number_value(call, &result, out);
}

static int
plus(const struct filter_call *call, struct value input, struct value *out)
{
	return compute(call, input, &addition, out);
}

static int
minus(const struct filter_call *call, struct value input, struct value *out)
{
	return compute(call, input, &subtraction, out);
}

static int
times(const struct filter_call *call, struct value input, struct value *out)
{
	return compute(call, input, &multiplication, out);
}

static int
divided_by(
    const struct filter_call *call, struct value input, struct value *out)
{
	return compute(call, input, &division, out);
}

static int
modulo(const struct filter_call *call, struct value input, struct value *out)
{
	return compute(call, input, &remainder_of, out);
}

static int
absolute(const struct filter_call *call, struct value input, struct value *out)
{
	struct number number;
	const struct decimal *decimal;

	if (number_of(call, input, &number) < 0)
		return -1;
	if (number.kind == NUMBER_STRANGE) {
		*out = value_float(fabs(number.strange));
		return 0;
	}
	if (number.kind == NUMBER_SMALL && number.small != INT64_MIN) {
		*out = value_integer(
		    number.small < 0 ? -number.small : number.small);
		return 0;
	}
	decimal = number_decimal(call, &number);
	if (decimal == NULL ||
	    number_from(call, decimal_absolute(call->arena, decimal), &number) <
		0)
		return -1;
	return number_value(call, &number, out);
}

static int
round_to(const struct filter_call *call, struct value input, int64_t digits,
    enum decimal_rounding rounding, struct value *out)
{
	struct number number;
	const struct decimal *decimal;

	if (number_of(call, input, &number) < 0)
		return -1;
	if (number.kind == NUMBER_SMALL && digits >= 0) {
		*out = value_integer(number.small);
		return 0;
	}
	if (number.kind == NUMBER_STRANGE)
		return filter_fail(call, "Computation results in %s",
		    isnan(number.strange)  ? "'NaN' (Not a Number)"
		    : number.strange < 0.0 ? "'-Infinity'"
					   : "'Infinity'");
	decimal = number_decimal(call, &number);
	if (decimal == NULL || number_charge_round(call, decimal) < 0 ||
	    number_from(call,
		decimal_round(call->arena, decimal, digits, rounding),
		&number) < 0)
		return -1;
	return number_value(call, &number, out);
}

static int
ceiling(const struct filter_call *call, struct value input, struct value *out)
{
	return round_to(call, input, 0, DECIMAL_UP, out);
}

static int
floor_of(const struct filter_call *call, struct value input, struct value *out)
{
	return round_to(call, input, 0, DECIMAL_DOWN, out);
}

static int
round_half(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct number digits = { 0 };
	const struct decimal *whole;
	int64_t count = 0;

	if (call->argc != 0 && number_of(call, call->args[0], &digits) < 0)
		return -1;
	if (digits.kind == NUMBER_SMALL) {
		count = digits.small;
	} else if (digits.kind == NUMBER_DECIMAL) {
		/* Towards zero, as a BigDecimal becomes an int. */
		if (number_charge_round(call, digits.decimal) < 0)
			return -1;
		whole = decimal_round(call->arena, digits.decimal, 0,
		    digits.decimal->negative ? DECIMAL_UP : DECIMAL_DOWN);
		if (whole == NULL)
			return filter_full(call);
		if (!decimal_integer(whole, &count))
			count = whole->negative ? INT32_MIN : INT32_MAX;
	}
	return round_to(call, input, count, DECIMAL_HALF_UP, out);
}

static int
order(const struct filter_call *call, const struct number *a,
    const struct number *b, int *result)
{
	const struct decimal *x, *y;
	double left, right;

	if (a->kind == NUMBER_SMALL && b->kind == NUMBER_SMALL) {
		*result = a->small < b->small ? -1 : a->small > b->small;
		return 0;
	}
	if (a->kind == NUMBER_STRANGE || b->kind == NUMBER_STRANGE) {
		if (number_double(call, a, &left) < 0 ||
		    number_double(call, b, &right) < 0)
			return -1;
		*result = left < right ? -1 : left > right;
		return 0;
	}
	x = number_decimal(call, a);
	y = x == NULL ? NULL : number_decimal(call, b);
	if (y == NULL)
		return -1;
	*result = decimal_compare(x, y);
	return 0;
}

/* The input, or the limit where the input lies on the wrong side of it. */
static int
limit(const struct filter_call *call, struct value input, int wrong,
    struct value *out)
{
	struct number number, bound;
	int side;

	if (number_of(call, input, &number) < 0 ||
	    number_of(call, call->args[0], &bound) < 0 ||
	    order(call, &number, &bound, &side) < 0)
		return -1;
	return number_value(call, side == wrong ? &bound : &number, out);
}

static int
at_least(const struct filter_call *call, struct value input, struct value *out)
{
	return limit(call, input, -1, out);
}

static int
at_most(const struct filter_call *call, struct value input, struct value *out)
{
	return limit(call, input, 1, out);
}

static const struct filter rows[] = {
	{ "abs", absolute, 0, 0, FILTER_PURE },
	{ "at_least", at_least, 1, 1, FILTER_PURE },
	{ "at_most", at_most, 1, 1, FILTER_PURE },
	{ "ceil", ceiling, 0, 0, FILTER_PURE },
	{ "divided_by", divided_by, 1, 1, FILTER_PURE },
	{ "floor", floor_of, 0, 0, FILTER_PURE },
	{ "minus", minus, 1, 1, FILTER_PURE },
	{ "modulo", modulo, 1, 1, FILTER_PURE },
	{ "plus", plus, 1, 1, FILTER_PURE },
	{ "round", round_half, 0, 1, FILTER_PURE },
	{ "times", times, 1, 1, FILTER_PURE },
};

const struct filter_set filters_math = { rows, sizeof rows / sizeof rows[0] };
