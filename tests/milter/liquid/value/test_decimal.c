#include "milter/liquid/value/decimal.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena *arena;

static void
open_arena(void)
{
	arena = arena_new(1 << 24);
}

static void
close_arena(void)
{
	arena_free(&arena);
}

static const struct decimal *
number(const char *text)
{
	const struct decimal *made = decimal_parse(arena, span_str(text));

	ck_assert_ptr_nonnull(made);
	return made;
}

static void
check_text(const struct decimal *made, const char *text)
{
	struct buf out;

	ck_assert_ptr_nonnull(made);
	buf_init(&out, arena, 100000);
	decimal_write(&out, made);
	ck_assert_str_eq(buf_cstr(&out), text);
}

static const char *const texts[][2] = {
	{ "0", "0" },
	{ "-0", "0" },
	{ "007", "7" },
	{ "123456789012345678901234567890", "123456789012345678901234567890" },
	{ "-1.5", "-1.500000000" },
	{ "0.000000000001", "0.000000000001000000" },
	{ "1.0", "1.0" },
	{ "1.0e+15", "1000000000000000.0" },
	{ "1.5e-10", "0.000000000150000000" },
	{ "1.2345e2", "123.450000000" },
	{ "1e3", "1000.0" },
};

START_TEST(reads_and_writes_every_digit)
{
	check_text(number(texts[_i][0]), texts[_i][1]);
}
END_TEST

/* a, operation, b, result */
static const char *const sums[][4] = {
	{ "0.1", "+", "0.2", "0.300000000" },
	{ "10.1", "-", "2.2", "7.900000000" },
	{ "1", "-", "1", "0" },
	{ "-5", "+", "3", "-2" },
	{ "999999999", "+", "1", "1000000000" },
	{ "1000000000", "-", "1", "999999999" },
	{ "123456789012345678901234567893", "+", "1",
	    "123456789012345678901234567894" },
	{ "-123456789012345678901234567893", "+", "1",
	    "-123456789012345678901234567892" },
	{ "99999999999999999999", "*", "99999999999999999999",
	    "9999999999999999999800000000000000000001" },
	{ "-0.0725", "*", "100", "-7.250000000" },
	{ "0", "*", "-7", "0" },
	{ "20", "/", "7", "2" },
	{ "-7", "/", "2", "-4" },
	{ "7", "/", "-2", "-4" },
	{ "-8", "/", "2", "-4" },
	{ "9999999999999999999800000000000000000001", "/",
	    "99999999999999999999", "99999999999999999999" },
	{ "1000000000000000000000000000", "/", "999999999999999999",
	    "1000000000" },
	{ "9.0", "/", "2", "4.500000000" },
	{ "10.1", "%", "7.0", "3.100000000" },
	{ "-7", "%", "3", "2" },
	{ "7", "%", "-3", "-2" },
	{ "-7.5", "%", "2", "0.500000000" },
	{ "1", "%", "1000000000000000000000", "1" },
	{ "5", "%", "5", "0" },
};

START_TEST(computes_exactly)
{
	const struct decimal *a = number(sums[_i][0]);
	const struct decimal *b = number(sums[_i][2]);
	const struct decimal *result = NULL;

	switch (*sums[_i][1]) {
	case '+':
		result = decimal_add(arena, a, b);
		break;
	case '-':
		result = decimal_subtract(arena, a, b);
		break;
	case '*':
		result = decimal_multiply(arena, a, b);
		break;
	case '/':
		result = decimal_divide(arena, a, b);
		break;
	case '%':
		result = decimal_modulo(arena, a, b);
		break;
	}
	check_text(result, sums[_i][3]);
}
END_TEST

/* Every quotient and remainder must give back the dividend. */
START_TEST(divides_so_that_the_product_fits)
{
	uint32_t seed = 1;

	for (int i = 0; i < 2000; i++) {
		char text[2][90];
		const struct decimal *a, *b, *q, *r, *back;

		for (int k = 0; k < 2; k++) {
			int len;

			seed = seed * 1664525 + 1013904223;
			len = 1 + (int)(seed >> 8) % (k ? 40 : 80);
			for (int n = 0; n < len; n++) {
				seed = seed * 1664525 + 1013904223;
				text[k][n] = "0199999900000123"[seed >> 28];
			}
			text[k][0] = "123456789"[(seed >> 20) % 9];
			text[k][len] = '\0';
		}
		a = number(text[0]);
		b = number(text[1]);
		q = decimal_divide(arena, a, b);
		r = decimal_modulo(arena, a, b);
		ck_assert(decimal_compare(r, b) < 0 && !r->negative);
		back = decimal_add(arena, decimal_multiply(arena, q, b), r);
		ck_assert_int_eq(decimal_compare(back, a), 0);
	}
}
END_TEST

static const struct {
	const char *text;
	int digits;
	enum decimal_rounding rounding;
	const char *result;
} rounds[] = {
	{ "5.666", 1, DECIMAL_HALF_UP, "5.700000000" },
	{ "5.666", 0, DECIMAL_HALF_UP, "6" },
	{ "5.666", -2, DECIMAL_HALF_UP, "0" },
	{ "5.666", 2000000000, DECIMAL_HALF_UP, "5.666000000" },
	{ "2.5", 0, DECIMAL_HALF_UP, "3" },
	{ "-2.5", 0, DECIMAL_HALF_UP, "-3" },
	{ "-2.4", 0, DECIMAL_HALF_UP, "-2" },
	{ "0.125", 2, DECIMAL_HALF_UP, "0.130000000" },
	{ "15", -1, DECIMAL_HALF_UP, "20" },
	{ "-15", -1, DECIMAL_HALF_UP, "-20" },
	{ "14", -1, DECIMAL_HALF_UP, "10" },
	{ "55", -2, DECIMAL_HALF_UP, "100" },
	{ "5", -2000000000, DECIMAL_HALF_UP, "0" },
	{ "2.0", 0, DECIMAL_HALF_UP, "2" },
	{ "-5.1", 0, DECIMAL_DOWN, "-6" },
	{ "5.1", 0, DECIMAL_DOWN, "5" },
	{ "-5.1", 0, DECIMAL_UP, "-5" },
	{ "5.1", 0, DECIMAL_UP, "6" },
	{ "999999999.5", 0, DECIMAL_HALF_UP, "1000000000" },
};

START_TEST(rounds_as_ruby_does)
{
	check_text(decimal_round(arena, number(rounds[_i].text),
		       rounds[_i].digits, rounds[_i].rounding),
	    rounds[_i].result);
}
END_TEST

START_TEST(orders_numbers_of_every_form)
{
	static const char *const ascending[] = { "-1000000000000000000000",
		"-1.5", "-1", "-0.1", "0", "0.000000000000000001", "0.1", "1",
		"1.0000000001", "2", "999999999", "1000000000",
		"1000000000.000000001" };
	const size_t count = sizeof ascending / sizeof *ascending;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int order = decimal_compare(
			    number(ascending[i]), number(ascending[j]));

			ck_assert_int_eq(
			    (order > 0) - (order < 0), (i > j) - (i < j));
		}
}
END_TEST

START_TEST(tells_what_fits_an_integer)
{
	int64_t integer;

	ck_assert(decimal_integer(number("9223372036854775807"), &integer));
	ck_assert(integer == INT64_MAX);
	ck_assert(decimal_integer(number("-9223372036854775808"), &integer));
	ck_assert(integer == INT64_MIN);
	ck_assert(!decimal_integer(number("9223372036854775808"), &integer));
	ck_assert(!decimal_integer(number("1.0"), &integer));
	check_text(decimal_of(arena, INT64_MIN), "-9223372036854775808");
}
END_TEST

START_TEST(refuses_what_grows_too_long)
{
	const struct decimal *power = number("9");
	int doublings = 0;

	while ((power = decimal_multiply(arena, power, power)) != NULL)
		ck_assert_int_lt(++doublings, 14);
	ck_assert_ptr_null(decimal_parse(arena, SPAN("1e100000")));
	ck_assert_ptr_null(decimal_parse(arena, SPAN("1e-100000")));
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	const struct decimal *a = number("123456789012345678901234567890.5");
	const struct decimal *b = number("98765432109876543210");

	for (size_t limit = 1; limit < 40000; limit += 997) {
		struct arena *small = arena_new(limit);

		decimal_add(small, a, b);
		decimal_multiply(small, a, b);
		decimal_divide(small, a, b);
		decimal_modulo(small, a, b);
		decimal_round(small, a, 0, DECIMAL_HALF_UP);
		arena_free(&small);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("decimal");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, open_arena, close_arena);
	tcase_add_loop_test(tests, reads_and_writes_every_digit, 0,
	    sizeof texts / sizeof *texts);
	tcase_add_loop_test(
	    tests, computes_exactly, 0, sizeof sums / sizeof *sums);
	tcase_add_loop_test(
	    tests, rounds_as_ruby_does, 0, sizeof rounds / sizeof *rounds);
	tcase_add_test(tests, divides_so_that_the_product_fits);
	tcase_add_test(tests, orders_numbers_of_every_form);
	tcase_add_test(tests, tells_what_fits_an_integer);
	tcase_add_test(tests, refuses_what_grows_too_long);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
