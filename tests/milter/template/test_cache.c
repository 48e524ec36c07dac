#include "milter/template/cache.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static struct cached *
acquire(struct cache *cache, const char *source, const char *name)
{
	struct cached *cached;
	struct err err = ERR_INIT;

	ck_assert_int_eq(cache_acquire(cache, span_str(source), PLACE_TEXT,
			     name, NULL, &cached, &err),
	    0);
	return cached;
}

START_TEST(compiles_the_same_source_once)
{
	struct cache *cache = cache_new(1 << 20);
	struct cached *a = acquire(cache, "Hello {{ x }}", "part 1");
	struct cached *b = acquire(cache, "Hello {{ x }}", "part 1");

	ck_assert_ptr_eq(cached_program(a), cached_program(b));
	cache_release(cache, a);
	cache_release(cache, b);
	cache_free(&cache);
	ck_assert_ptr_null(cache);
}
END_TEST

START_TEST(tells_places_and_names_apart)
{
	struct cache *cache = cache_new(1 << 20);
	struct cached *a = acquire(cache, "{{ x }}", "part 1");
	struct cached *b = acquire(cache, "{{ x }}", "part 2");
	struct cached *html;
	struct err err = ERR_INIT;

	ck_assert_int_eq(cache_acquire(cache, SPAN("{{ x }}"), PLACE_HTML,
			     "part 1", NULL, &html, &err),
	    0);
	ck_assert_ptr_ne(cached_program(a), cached_program(b));
	ck_assert_ptr_ne(cached_program(a), cached_program(html));
	cache_release(cache, a);
	cache_release(cache, b);
	cache_release(cache, html);
	cache_free(&cache);
}
END_TEST

START_TEST(keeps_what_is_in_use_beyond_its_limit)
{
	struct cache *cache = cache_new(1);
	struct cached *held = acquire(cache, "{{ a }}", "part 1");
	const struct program *program = cached_program(held);

	cache_release(cache, acquire(cache, "{{ b }}", "part 1"));
	ck_assert_ptr_eq(cached_program(held), program);
	ck_assert(program_size(program) > 0);
	cache_release(cache, held);
	cache_free(&cache);
}
END_TEST

START_TEST(says_where_a_template_is_wrong_and_keeps_nothing)
{
	struct cache *cache = cache_new(1 << 20);
	struct cached *cached;

	for (int i = 0; i < 2; i++) {
		struct err err = ERR_INIT;

		ck_assert_int_eq(
		    cache_acquire(cache, SPAN("a\n{% if %}"), PLACE_TEXT,
			"part 1.2", NULL, &cached, &err),
		    -1);
		ck_assert_int_eq(err.code, ERR_TEMPLATE);
		ck_assert_uint_eq(err.line, 2);
		ck_assert_str_eq(err.where, "part 1.2");
	}
	cache_free(&cache);
}
END_TEST

START_TEST(charges_for_compiling_whoever_did_it)
{
	const struct span source = SPAN("Hello {{ x }}{{ y }}");
	struct cache *cache = cache_new(1 << 20);
	uint64_t left[2];
	struct cached *cached;
	struct err err = ERR_INIT;

	for (int i = 0; i < 2; i++) {
		struct work work = work_new(1000, 0);

		ck_assert_int_eq(cache_acquire(cache, source, PLACE_TEXT,
				     "part 1", &work, &cached, &err),
		    0);
		left[i] = work_steps(&work);
		cache_release(cache, cached);
	}
	ck_assert_uint_lt(left[0], 1000);
	ck_assert_uint_eq(left[0], left[1]);
	for (int i = 0; i < 2; i++) {
		struct work work = work_new(1000 - left[0] - 1, 0);

		err_clear(&err);
		ck_assert_int_eq(cache_acquire(cache, source, PLACE_TEXT,
				     "part 1", &work, &cached, &err),
		    -1);
		ck_assert_int_eq(err.code, ERR_LIMIT);
		ck_assert_str_eq(err.where, "part 1");
		cache_free(&cache);
		cache = cache_new(1 << 20);
	}
	cache_free(&cache);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("cache");
	TCase *cases = tcase_create("cache");

	tcase_add_test(cases, compiles_the_same_source_once);
	tcase_add_test(cases, tells_places_and_names_apart);
	tcase_add_test(cases, keeps_what_is_in_use_beyond_its_limit);
	tcase_add_test(cases, says_where_a_template_is_wrong_and_keeps_nothing);
	tcase_add_test(cases, charges_for_compiling_whoever_did_it);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
