#include "store/base/hash.h"

#include "tests/suite.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

static const char *self;

START_TEST(each_process_draws_a_secret_of_its_own)
{
	char one[32], other[32] = "";
	int ends[2];
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl(self, self, "secret", (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	ck_assert_int_gt(read(ends[0], other, sizeof other - 1), 0);
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	snprintf(one, sizeof one, "%" PRIu64, hash_secret());
	ck_assert_str_ne(one, "0");
	ck_assert_str_ne(other, "0");
	ck_assert_str_ne(one, other);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;

	self = argv[0];
	if (argc == 2 && strcmp(argv[1], "secret") == 0)
		return printf("%" PRIu64, hash_secret()) < 0;
	suite = suite_create("hash");
	tcase = tcase_create("hash");
	tcase_add_test(tcase, each_process_draws_a_secret_of_its_own);
	tcase_add_test(tcase, xxh3_gives_the_published_value_of_nothing);
	tcase_add_test(tcase, parts_are_not_the_same_as_their_sum);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
