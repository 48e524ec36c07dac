#include "store/base/arena.h"

#include "store/base/poison.h"
#include "tests/suite.h"

#include <check.h>
#include <stdalign.h>
#include <stdlib.h>

START_TEST(an_arena_never_holds_more_than_its_limit)
{
	static const size_t sizes[] = { 1, 7, 100, 5000, 40000 };

	for (size_t limit = 0; limit < 200000; limit += 7919) {
		struct arena *arena = arena_new(limit);

		for (unsigned i = 0; i < 50; i++)
			if (arena_alloc(arena, sizes[i % 5]) == NULL)
				break;
		ck_assert_uint_le(arena_held(arena), limit);
		arena_free(&arena);
		ck_assert_ptr_null(arena);
	}
}
END_TEST

START_TEST(what_it_gives_is_aligned_and_apart)
{
	struct arena *arena = arena_new(100000);
	char *before = NULL;

	for (size_t size = 0; size < 100; size++) {
		char *at = arena_alloc(arena, size);

		ck_assert_ptr_nonnull(at);
		ck_assert_uint_eq((uintptr_t)at % alignof(max_align_t), 0);
		memset(at, 0xAA, size);
		ck_assert(before == NULL || at >= before || at < before);
		before = at;
	}
	arena_free(&arena);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
	struct arena *arena = arena_new(SIZE_MAX);

	ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX));
	ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX - 8));
	ck_assert_ptr_null(arena_calloc(arena, SIZE_MAX / 2, 3));
	/* These wrap to eight bytes, which there would be room for. */
	ck_assert_ptr_null(arena_calloc(arena, SIZE_MAX / 8 + 2, 8));
	ck_assert_ptr_null(arena_calloc(arena, 8, SIZE_MAX / 8 + 2));
	ck_assert_ptr_nonnull(arena_calloc(arena, 0, 8));
	arena_free(&arena);
}
END_TEST

START_TEST(the_last_allocation_grows_in_place)
{
	struct arena *arena = arena_new(100000);
	char *at = arena_alloc(arena, 10);
	char *grown;

	memcpy(at, "0123456789", 10);
	ck_assert_ptr_eq(arena_grow(arena, at, 10, 500), at);
	arena_alloc(arena, 1);
	grown = arena_grow(arena, at, 500, 600);
	ck_assert_ptr_ne(grown, at);
	ck_assert_mem_eq(grown, "0123456789", 10);
	ck_assert_ptr_null(arena_grow(arena, grown, 600, 1000000));
	ck_assert_mem_eq(grown, "0123456789", 10);
	arena_free(&arena);
}
END_TEST

START_TEST(a_text_that_grows_leaves_nothing_behind)
{
	struct arena *arena = arena_new(3000000);
	size_t size = 20000;
	char *at = arena_alloc(arena, size);

	memset(at, 'x', size);
	for (; size < 1800000; size += size / 2) {
		at = arena_grow(arena, at, size, size + size / 2);
		ck_assert_ptr_nonnull(at);
		ck_assert_int_eq(at[0], 'x');
		ck_assert_int_eq(at[size - 1], 'x');
		memset(at, 'x', size + size / 2);
		ck_assert_uint_le(arena_held(arena), size * 2);
	}
	arena_free(&arena);
}
END_TEST

START_TEST(arenas_share_a_budget)
{
	struct arena_budget budget = { .limit = 100000 };
	struct arena *one = arena_new_within(SIZE_MAX, &budget);
	struct arena *two = arena_new_within(SIZE_MAX, &budget);
	struct arena_mark mark = arena_mark(two);

	ck_assert_ptr_nonnull(arena_alloc(one, 60000));
	ck_assert_ptr_nonnull(arena_alloc(two, 1000));
	ck_assert_ptr_null(arena_alloc(two, 50000));
	ck_assert_ptr_nonnull(arena_alloc(two, 20000));
	ck_assert_uint_eq(
	    atomic_load(&budget.held), arena_held(one) + arena_held(two));
	arena_rewind(two, mark);
	ck_assert_uint_eq(
	    atomic_load(&budget.held), arena_held(one) + arena_held(two));
	arena_free(&one);
	ck_assert_ptr_nonnull(arena_alloc(two, 50000));
	arena_free(&two);
	ck_assert_uint_eq(atomic_load(&budget.held), 0);
}
END_TEST

START_TEST(a_copy_ends_in_a_nul)
{
	struct arena *arena = arena_new(100000);
	struct span copy;

	ck_assert_int_eq(arena_dup(arena, SPAN("abc"), &copy), 0);
	ck_assert_str_eq(copy.at, "abc");
	ck_assert_uint_eq(copy.len, 3);
	ck_assert_int_eq(arena_dup(arena, SPAN_NONE, &copy), 0);
	ck_assert_str_eq(copy.at, "");
	arena_free(&arena);
}
END_TEST

START_TEST(a_mark_gives_back_what_came_after)
{
	struct arena *arena = arena_new(1000000);
	struct arena_mark empty = arena_mark(arena);
	struct arena_mark mark;
	char *kept, *at;

	kept = arena_alloc(arena, 100);
	memset(kept, 'k', 100);
	mark = arena_mark(arena);
	at = arena_alloc(arena, 50);
	ck_assert_ptr_nonnull(arena_alloc(arena, 300000));
	arena_rewind(arena, mark);
	ck_assert_ptr_eq(arena_alloc(arena, 50), at);
	ck_assert_int_eq(kept[99], 'k');
	arena_rewind(arena, empty);
	ck_assert_ptr_eq(arena_alloc(arena, 100), kept);
	arena_free(&arena);
}
END_TEST

START_TEST(a_reset_arena_begins_again)
{
	struct arena *arena = arena_new(100000);

	for (unsigned i = 0; i < 100; i++) {
		ck_assert_ptr_nonnull(arena_alloc(arena, 50000));
		arena_reset(arena);
	}
	arena_free(&arena);
	arena_free(&arena);
}
END_TEST

#ifdef INLAY_SEES_POISON

/* Tells an end by AddressSanitizer from a failed test. */
#define FOUND_OUT 86

const char *
__asan_default_options(void)
{
	return "exitcode=86";
}

static void
shift_past_the_end(struct arena *arena)
{
	int *list = arena_calloc(arena, 10, sizeof *list);
	volatile size_t count = 10;

	arena_calloc(arena, 10, sizeof *list);
	memmove(list + 1, list, count * sizeof *list);
}

static void
touch(char *at)
{
	*(volatile char *)at = 'x';
}

static void
write_behind_an_odd_piece(struct arena *arena)
{
	touch((char *)arena_alloc(arena, 13) + 13);
}

static void
write_behind_a_grown_piece(struct arena *arena)
{
	char *at = arena_alloc(arena, 10);

	touch((char *)arena_grow(arena, at, 10, 21) + 21);
}

static void
use_what_moved_away(struct arena *arena)
{
	char *at = arena_alloc(arena, 10);

	arena_alloc(arena, 1);
	arena_grow(arena, at, 10, 20);
	touch(at);
}

static void
use_what_a_rewind_took(struct arena *arena)
{
	struct arena_mark mark;
	char *at;

	arena_alloc(arena, 10);
	mark = arena_mark(arena);
	at = arena_alloc(arena, 10);
	arena_rewind(arena, mark);
	touch(at);
}

static void
use_what_a_rewind_to_nothing_took(struct arena *arena)
{
	struct arena_mark mark = arena_mark(arena);
	char *at = arena_alloc(arena, 10);

	arena_rewind(arena, mark);
	touch(at);
}

static void
use_what_a_reset_took(struct arena *arena)
{
	char *at = arena_alloc(arena, 10);

	arena_reset(arena);
	touch(at);
}

static void
write_before_a_piece(struct arena *arena)
{
	arena_alloc(arena, 16);
	touch((char *)arena_alloc(arena, 16) - 1);
}

static void (*const misuses[])(struct arena *) = {
	shift_past_the_end,
	write_behind_an_odd_piece,
	write_behind_a_grown_piece,
	use_what_moved_away,
	use_what_a_rewind_took,
	use_what_a_rewind_to_nothing_took,
	use_what_a_reset_took,
	write_before_a_piece,
};

START_TEST(a_misuse_of_the_arena_is_found_out)
{
	struct arena *arena = arena_new(100000);

	misuses[_i](arena);
	arena_free(&arena);
}
END_TEST

#endif

int
main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");

	tcase_add_test(tcase, an_arena_never_holds_more_than_its_limit);
	tcase_add_test(tcase, what_it_gives_is_aligned_and_apart);
	tcase_add_test(tcase, sizes_that_overflow_are_refused);
	tcase_add_test(tcase, the_last_allocation_grows_in_place);
	tcase_add_test(tcase, a_text_that_grows_leaves_nothing_behind);
	tcase_add_test(tcase, arenas_share_a_budget);
	tcase_add_test(tcase, a_copy_ends_in_a_nul);
	tcase_add_test(tcase, a_mark_gives_back_what_came_after);
	tcase_add_test(tcase, a_reset_arena_begins_again);
#ifdef INLAY_SEES_POISON
	tcase_add_loop_exit_test(tcase, a_misuse_of_the_arena_is_found_out,
	    FOUND_OUT, 0, sizeof misuses / sizeof *misuses);
#endif
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
