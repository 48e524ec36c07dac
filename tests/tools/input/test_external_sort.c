#include "tools/input/external_sort.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/engine/engine.h"

#include "tests/suite.h"

#define ROWS 5000

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Many rows over few keys, in memory of that size: they come back by key,
 * and those of one key in the order they went in. */
START_TEST(gives_back_what_went_in_sorted_by_key)
{
	static const size_t sizes[] = { 1 << 20, 20000, 2000 };
	struct external_sort *sort;
	struct err err = ERR_INIT;
	struct load_row row, before = { .number = 0 };
	uint32_t state = 7, count = 0;
	char text[16];

	ck_assert_int_eq(external_sort_open("/tmp", sizes[_i], &sort, &err), 0);
	for (unsigned i = 0; i < ROWS; i++) {
		struct record_key key = { { 0 } };
		int len = snprintf(text, sizeof(text), "row %u", i);

		key.bytes[0] = (unsigned char)(next_random(&state) % 50);
		ck_assert_int_eq(external_sort_add(sort, &key,
				     span_of(text, (size_t)len), &err),
		    0);
	}
	ck_assert_uint_eq(external_sort_count(sort), ROWS);
	ck_assert_int_eq(external_sort_finish(sort, &err), 0);
	while (external_sort_next(sort, &row, &err) == 1) {
		int len = snprintf(
		    text, sizeof(text), "row %u", (unsigned)row.number);

		ck_assert(span_eq(row.bytes, span_of(text, (size_t)len)));
		if (count++ != 0) {
			int order = record_key_cmp(&before.key, &row.key);

			ck_assert_int_le(order, 0);
			ck_assert(order < 0 || before.number < row.number);
		}
		before = row;
	}
	ck_assert_uint_eq(count, ROWS);
	external_sort_close(&sort);
	ck_assert_ptr_null(sort);
}
END_TEST

START_TEST(refuses_a_row_that_fits_nowhere)
{
	struct record_key key = { { 0 } };
	struct external_sort *sort;
	struct err err = ERR_INIT;
	char big[200] = "";

	ck_assert_int_eq(external_sort_open("/tmp", 100, &sort, &err), 0);
	ck_assert_int_eq(
	    external_sort_add(sort, &key, span_of(big, sizeof(big)), &err), -1);
	ck_assert_int_eq(err.code, ERR_INPUT);
	external_sort_close(&sort);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("sort");
	TCase *tests = tcase_create("sort");

	tcase_add_loop_test(tests, gives_back_what_went_in_sorted_by_key, 0, 3);
	tcase_add_test(tests, refuses_a_row_that_fits_nowhere);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
