#include "store/base/hash.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

START_TEST(xxh3_gives_the_published_value_of_nothing)
{
	ck_assert_uint_eq(hash_xxh3(SPAN_NONE), 0x2d06800538d394c2u);
	ck_assert_uint_eq(hash_xxh3(SPAN("x")), hash_xxh3_seeded(SPAN("x"), 0));
	ck_assert_uint_ne(
	    hash_xxh3_seeded(SPAN("x"), 1), hash_xxh3_seeded(SPAN("x"), 2));
}
END_TEST

START_TEST(parts_are_not_the_same_as_their_sum)
{
	struct span ab_c[] = { SPAN("ab"), SPAN("c") };
	struct span a_bc[] = { SPAN("a"), SPAN("bc") };
	struct span abc[] = { SPAN("abc"), SPAN("") };
	unsigned char one[16], two[16], three[16], again[16];

	hash_blake2b128(ab_c, 2, one);
	hash_blake2b128(a_bc, 2, two);
	hash_blake2b128(abc, 2, three);
	hash_blake2b128(ab_c, 2, again);
	ck_assert_mem_ne(one, two, 16);
	ck_assert_mem_ne(one, three, 16);
	ck_assert_mem_ne(two, three, 16);
	ck_assert_mem_eq(one, again, 16);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tcase = tcase_create("hash");

	tcase_add_test(tcase, xxh3_gives_the_published_value_of_nothing);
	tcase_add_test(tcase, parts_are_not_the_same_as_their_sum);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
