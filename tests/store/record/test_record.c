#include "store/record/record.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

#define BYTES "what is known of somebody"
#define LEN (RECORD_HEADER + sizeof BYTES - 1)

static char sealed[LEN];

static struct span
seal(void)
{
	record_seal(sealed, SPAN("key"), 1, 4711, SPAN(BYTES));
	return span_of(sealed, LEN);
}

START_TEST(a_sealed_value_opens)
{
	struct stored value;

	ck_assert_int_eq(record_check(SPAN("key"), 1, seal(), &value), 1);
	ck_assert(span_eq(value.bytes, SPAN(BYTES)));
	ck_assert_uint_eq(value.version, 4711);
	ck_assert(!value.corrupt);
}
END_TEST

START_TEST(any_flipped_bit_makes_it_corrupt)
{
	for (size_t bit = 0; bit < LEN * 8; bit++) {
		struct span whole = seal();
		struct stored value;

		sealed[bit / 8] ^= (char)(1 << bit % 8);
		ck_assert_int_eq(
		    record_check(SPAN("key"), 1, whole, &value), 0);
		ck_assert(value.corrupt);
		ck_assert_uint_eq(value.bytes.len, 0);
		ck_assert_uint_ge(value.version, RECORD_VERSION_END);
	}
}
END_TEST

START_TEST(cut_or_lengthened_it_is_corrupt)
{
	struct stored value;
	struct span whole = seal();

	for (size_t len = 0; len < LEN; len++)
		ck_assert_int_eq(record_check(SPAN("key"), 1,
				     span_first(whole, len), &value),
		    0);
}
END_TEST

START_TEST(a_sound_value_in_the_wrong_place_is_corrupt)
{
	struct stored value;

	ck_assert_int_eq(record_check(SPAN("kex"), 1, seal(), &value), 0);
	ck_assert_int_eq(record_check(SPAN("key"), 2, seal(), &value), 0);
	ck_assert_int_eq(record_check(SPAN("key1"), 1, seal(), &value), 0);
}
END_TEST

START_TEST(a_corrupt_value_has_a_version_of_its_own)
{
	struct stored one, two, again;
	struct span whole = seal();

	sealed[20] ^= 1;
	record_check(SPAN("key"), 1, whole, &one);
	record_check(SPAN("key"), 1, whole, &again);
	sealed[20] ^= 3;
	record_check(SPAN("key"), 1, whole, &two);
	ck_assert_uint_eq(one.version, again.version);
	ck_assert_uint_ne(one.version, two.version);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");

	tcase_add_test(tcase, a_sealed_value_opens);
	tcase_add_test(tcase, any_flipped_bit_makes_it_corrupt);
	tcase_add_test(tcase, cut_or_lengthened_it_is_corrupt);
	tcase_add_test(tcase, a_sound_value_in_the_wrong_place_is_corrupt);
	tcase_add_test(tcase, a_corrupt_value_has_a_version_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
