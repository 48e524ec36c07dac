#include "tests/milter/liquid/kit_liquid.h"

START_TEST(tests_conditions_alone)
{
	static const struct {
		const char *text;
		int truth;
	} rows[] = {
		{ "profile.tier == 'gold'", 1 },
		{ "profile.tier == 'gold' and profile.points > 100", 0 },
		{ "profile.points >= 99 or profile.gone", 1 },
		{ "profile.gone", 0 },
		{ "profile.tags contains 'x'", 1 },
		{ "profile.tier", 1 },
	};
	struct arena *arena = arena_new(1 << 20);
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, "{\"profile\":{\"tier\":\"gold\",\"points\":99,"
		       "\"tags\":[\"x\"]}}");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct condition *condition;

		ck_assert_int_eq(condition_compile(span_str(rows[i].text), "c",
				     &condition, &kit.err),
		    0);
		ck_assert_msg(condition_test(condition, &kit.env, arena,
				  &kit.err) == rows[i].truth,
		    "%s", rows[i].text);
		ck_assert_uint_gt(
		    condition_manifest(condition)->field_count, 0);
		condition_free(&condition);
		ck_assert(condition == NULL);
	}
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

START_TEST(evaluates_expressions_alone)
{
	struct work work = work_new(UINT64_MAX, 0);
	static const struct {
		const char *text, *printed;
	} rows[] = {
		{ "profile.points | plus: 1", "100" },
		{ "profile.tier | upcase | append: '!'", "GOLD!" },
		{ "'x'", "x" },
		{ "profile.gone", "" },
		{ "self", "" },
		{ "profile.tags", "x" },
	};
	struct arena *arena = arena_new(1 << 20);
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, "{\"profile\":{\"tier\":\"gold\",\"points\":99,"
		       "\"tags\":[\"x\"]}}");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct expression *expression;
		struct value value;
		struct span text;

		ck_assert_int_eq(expression_compile(span_str(rows[i].text), "e",
				     &expression, &kit.err),
		    0);
		ck_assert_int_eq(expression_eval(expression, &kit.env, arena,
				     &value, &kit.err),
		    0);
		ck_assert_int_eq(value_text(value, arena, &work, &text), 0);
		ck_assert_msg(span_eq(text, span_str(rows[i].printed)),
		    "%s: %.*s", rows[i].text, SPAN_ARG(text));
		expression_free(&expression);
	}
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

START_TEST(refuses_what_is_neither)
{
	static const char *const rows[] = { "", "a b", "a ==", "a and",
		"a | upcase", "{{ a }}" };
	struct condition *condition;
	struct expression *expression;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;

		ck_assert_msg(condition_compile(
				  span_str(rows[i]), "c", &condition, &err) < 0,
		    "%s", rows[i]);
		ck_assert_int_eq(err.code, ERR_TEMPLATE);
		ck_assert(condition == NULL);
	}
	ck_assert_int_lt(
	    expression_compile(SPAN("a b"), "e", &expression, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tests_conditions_alone,
		evaluates_expressions_alone,
		refuses_what_is_neither,
		NULL,
	};

	return kit_main("condition", tests);
}
