#include "store/record/pack.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, 0xffffffff,
	(uint64_t)1 << 62, (uint64_t)1 << 63, UINT64_MAX };

#define NUMBERS (sizeof numbers / sizeof numbers[0])

START_TEST(numbers_come_back)
{
	struct buf out;
	struct unpack in;

	buf_init_heap(&out, 10000);
	for (size_t i = 0; i < NUMBERS; i++) {
		pack_uint(&out, numbers[i]);
		pack_int(&out, (int64_t)(numbers[i] >> 1));
		pack_int(&out, -1 - (int64_t)(numbers[i] >> 1));
		pack_double(&out, (double)numbers[i] / 3);
	}
	pack_span(&out, SPAN("text"));
	in = unpack_of(buf_span(&out));
	for (size_t i = 0; i < NUMBERS; i++) {
		ck_assert_uint_eq(unpack_uint(&in), numbers[i]);
		ck_assert_int_eq(unpack_int(&in), (int64_t)(numbers[i] >> 1));
		ck_assert_int_eq(
		    unpack_int(&in), -1 - (int64_t)(numbers[i] >> 1));
		ck_assert_double_eq(unpack_double(&in), (double)numbers[i] / 3);
	}
	ck_assert(span_eq(unpack_span(&in), SPAN("text")));
	ck_assert(!in.failed);
	ck_assert_ptr_eq(in.at, in.end);
	buf_deinit(&out);
}
END_TEST

START_TEST(reading_past_the_end_fails_and_stays_failed)
{
	struct unpack in = unpack_of(SPAN("\x05"
					  "ab"));

	ck_assert_uint_eq(unpack_span(&in).len, 0);
	ck_assert(in.failed);
	ck_assert_uint_eq(unpack_byte(&in), 0);
	ck_assert_uint_eq(unpack_uint(&in), 0);
	in = unpack_of(SPAN_NONE);
	unpack_byte(&in);
	ck_assert(in.failed);
}
END_TEST

START_TEST(numbers_too_long_for_64_bits_fail)
{
	struct unpack in =
	    unpack_of(SPAN("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"));

	unpack_uint(&in);
	ck_assert(in.failed);
	in = unpack_of(SPAN("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"));
	unpack_uint(&in);
	ck_assert(in.failed);
}
END_TEST

START_TEST(a_count_that_cannot_be_true_fails)
{
	struct unpack in = unpack_of(SPAN("\x04"
					  "abcdef"));

	ck_assert_uint_eq(unpack_count(&in, 2), 0);
	ck_assert(in.failed);
	in = unpack_of(SPAN("\x03"
			    "abcdef"));
	ck_assert_uint_eq(unpack_count(&in, 2), 3);
	ck_assert(!in.failed);
}
END_TEST

START_TEST(words_are_numbered_once_and_come_back)
{
	struct arena *arena = arena_new(1000000);
	struct words words, back;
	struct buf out;
	struct unpack in;
	uint64_t number;
	char text[16];

	words_init(&words, arena);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 300; i++) {
			struct span word;

			snprintf(text, sizeof text, "word%u", i);
			ck_assert_int_eq(
			    arena_dup(arena, span_str(text), &word), 0);
			ck_assert_int_eq(
			    words_number(&words, word, &number), 0);
			ck_assert_uint_eq(number, i + 1);
		}
	words_number(&words, SPAN_NONE, &number);
	ck_assert_uint_eq(number, 0);
	buf_init(&out, arena, 100000);
	words_pack(&words, &out);
	in = unpack_of(buf_span(&out));
	words_init(&back, arena);
	ck_assert_int_eq(words_unpack(&back, &in), 0);
	ck_assert(span_eq(words_at(&back, 300, &in), SPAN("word299")));
	ck_assert_uint_eq(words_at(&back, 0, &in).len, 0);
	ck_assert(!in.failed);
	words_at(&back, 301, &in);
	ck_assert(in.failed);
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pack");
	TCase *tcase = tcase_create("pack");

	tcase_add_test(tcase, numbers_come_back);
	tcase_add_test(tcase, reading_past_the_end_fails_and_stays_failed);
	tcase_add_test(tcase, numbers_too_long_for_64_bits_fail);
	tcase_add_test(tcase, a_count_that_cannot_be_true_fails);
	tcase_add_test(tcase, words_are_numbered_once_and_come_back);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
