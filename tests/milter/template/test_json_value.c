#include "milter/template/json_value.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static struct value
read_json(struct arena *arena, const char *text)
{
	struct value value;
	struct err err = ERR_INIT;

	ck_assert_msg(json_value(span_str(text), arena, &value, &err) == 0,
	    "%s", err.text);
	return value;
}

START_TEST(reads_every_kind_of_value)
{
	struct arena *arena = arena_new(1 << 20);
	struct value list =
	    read_json(arena, "[1, 2.5, \"a\", true, null, {\"k\": [3]}]");
	const struct value *item;

	ck_assert_int_eq(list.kind, VALUE_ARRAY);
	ck_assert_uint_eq(list.len, 6);
	ck_assert_int_eq(list.items[0].integer, 1);
	ck_assert_double_eq(list.items[1].real, 2.5);
	ck_assert(span_eq(value_span(list.items[2]), SPAN("a")));
	ck_assert(value_truthy(list.items[3]));
	ck_assert(value_is_nil(list.items[4]));
	item = map_get(list.items[5].map, SPAN("k"), value_hash(SPAN("k")));
	ck_assert_ptr_nonnull(item);
	ck_assert_int_eq(item->items[0].integer, 3);
	arena_free(&arena);
}
END_TEST

START_TEST(refuses_what_is_no_json_with_its_place)
{
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	struct value value;

	ck_assert_int_eq(json_value(SPAN("[1,\n x]"), arena, &value, &err), -1);
	ck_assert_int_eq(err.code, ERR_INPUT);
	ck_assert_uint_eq(err.line, 2);
	arena_free(&arena);
}
END_TEST

START_TEST(refuses_deep_nesting)
{
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	struct value value;
	char text[201];

	memset(text, '[', 100);
	memset(text + 100, ']', 100);
	ck_assert_int_eq(
	    json_value(span_of(text, 200), arena, &value, &err), -1);
	ck_assert_int_eq(err.code, ERR_INPUT);
	ck_assert_int_eq(
	    json_value(span_of(text + 60, 80), arena, &value, &err), 0);
	arena_free(&arena);
}
END_TEST

START_TEST(runs_out_of_memory_cleanly)
{
	int done = -1;

	for (size_t limit = 1; done != 0; limit += 64) {
		struct arena *arena = arena_new(limit);
		struct err err = ERR_INIT;
		struct value value;

		done = json_value(
		    SPAN("{\"a\": [\"b\", {}]}"), arena, &value, &err);
		if (done < 0)
			ck_assert_int_eq(err.code, ERR_MEMORY);
		arena_free(&arena);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_value");
	TCase *cases = tcase_create("json_value");

	tcase_add_test(cases, reads_every_kind_of_value);
	tcase_add_test(cases, refuses_what_is_no_json_with_its_place);
	tcase_add_test(cases, refuses_deep_nesting);
	tcase_add_test(cases, runs_out_of_memory_cleanly);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
