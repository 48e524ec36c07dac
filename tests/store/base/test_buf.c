#include "store/base/buf.h"

#include "tests/suite.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

START_TEST(text_grows_up_to_its_maximum_and_no_further)
{
	struct buf buf;

	buf_init_heap(&buf, 1000);
	for (unsigned i = 0; i < 1000; i++)
		buf_byte(&buf, 'x');
	ck_assert(!buf.failed);
	ck_assert_uint_eq(buf.len, 1000);
	ck_assert_uint_eq(strlen(buf_cstr(&buf)), 1000);
	buf_byte(&buf, 'x');
	ck_assert(buf.failed);
	ck_assert_uint_eq(buf.len, 1000);
	buf_deinit(&buf);
}
END_TEST

START_TEST(failure_is_sticky_until_cleared)
{
	struct buf buf;

	buf_init_heap(&buf, 4);
	buf_str(&buf, "12345");
	ck_assert(buf.failed);
	buf_str(&buf, "1");
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_str_eq(buf_cstr(&buf), "");
	buf_clear(&buf);
	buf_str(&buf, "1234");
	ck_assert(!buf.failed);
	ck_assert_str_eq(buf_cstr(&buf), "1234");
	buf_deinit(&buf);
}
END_TEST

START_TEST(formatted_text_fits_or_fails_whole)
{
	struct arena *arena = arena_new(100000);
	struct buf buf;

	buf_init(&buf, arena, 20);
	buf_printf(&buf, "%d %s", 42, "things");
	ck_assert_str_eq(buf_cstr(&buf), "42 things");
	buf_printf(&buf, "%030d", 1);
	ck_assert(buf.failed);
	ck_assert(span_eq(buf_span(&buf), SPAN("42 things")));
	arena_free(&arena);
}
END_TEST

START_TEST(an_arena_that_is_full_is_a_failure)
{
	for (size_t limit = 1; limit < 3000; limit += 13) {
		struct arena *arena = arena_new(limit);
		struct buf buf;

		buf_init(&buf, arena, 100000);
		for (unsigned i = 0; i < 500; i++)
			buf_str(&buf, "some text");
		ck_assert_uint_le(buf.len, 500 * 9);
		ck_assert(buf.failed || buf.len == 500 * 9);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(a_reserve_that_overflows_fails)
{
	struct buf buf;

	buf_init_heap(&buf, SIZE_MAX - 1);
	buf_str(&buf, "x");
	ck_assert_int_eq(buf_reserve(&buf, SIZE_MAX - 1), -1);
	ck_assert(buf.failed);
	buf_deinit(&buf);
	buf_init_heap(&buf, SIZE_MAX);
	ck_assert_int_eq(buf_reserve(&buf, 1), -1);
	buf_deinit(&buf);
}
END_TEST

/* What buf_read makes of a file of so many bytes. */
static void
read_file(size_t size, size_t max, struct buf *buf, int expected)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < size; i++)
		ck_assert_int_ne(fputc('x', file), EOF);
	rewind(file);
	buf_init_heap(buf, max);
	ck_assert_int_eq(buf_read(buf, fileno(file)), expected);
	ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_file_is_read_to_its_end)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 10000 };
	struct buf buf;

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		read_file(sizes[i], sizes[i] + 1, &buf, 0);
		ck_assert_uint_eq(buf.len, sizes[i]);
		buf_deinit(&buf);
		read_file(sizes[i], sizes[i], &buf, -1);
		ck_assert(buf.failed);
		buf_deinit(&buf);
	}
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_read_is_no_failed_buf)
{
	struct buf buf;

	buf_init_heap(&buf, 10);
	ck_assert_int_eq(buf_read(&buf, -1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert(!buf.failed);
	buf_deinit(&buf);
}
END_TEST

START_TEST(adding_nothing_is_fine)
{
	struct buf buf;

	buf_init_heap(&buf, 0);
	buf_add(&buf, SPAN_NONE);
	buf_str(&buf, "");
	ck_assert(!buf.failed);
	ck_assert_str_eq(buf_cstr(&buf), "");
	buf_deinit(&buf);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("buf");
	TCase *tcase = tcase_create("buf");

	tcase_add_test(tcase, text_grows_up_to_its_maximum_and_no_further);
	tcase_add_test(tcase, failure_is_sticky_until_cleared);
	tcase_add_test(tcase, formatted_text_fits_or_fails_whole);
	tcase_add_test(tcase, an_arena_that_is_full_is_a_failure);
	tcase_add_test(tcase, a_reserve_that_overflows_fails);
	tcase_add_test(tcase, a_file_is_read_to_its_end);
	tcase_add_test(
	    tcase, a_descriptor_that_cannot_be_read_is_no_failed_buf);
	tcase_add_test(tcase, adding_nothing_is_fine);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
