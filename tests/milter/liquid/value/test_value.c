#include "milter/liquid/value/number.h"
#include "tests/milter/liquid/kit_liquid.h"

START_TEST(prints_floats_as_ruby_does)
{
	static const struct {
		double real;
		const char *text;
	} rows[] = {
		{ 0.0, "0.0" },
		{ -0.0, "-0.0" },
		{ 1.0, "1.0" },
		{ -1.5, "-1.5" },
		{ 0.1, "0.1" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 19.9, "19.9" },
		{ 1234567.25, "1234567.25" },
		{ 1e14, "100000000000000.0" },
		{ 1e15, "1.0e+15" },
		{ 3000000000000000.5, "3000000000000000.5" },
		{ 1e16, "1.0e+16" },
		{ 3000000000000001.0, "3.000000000000001e+15" },
		{ -1234567890123456.75, "-1234567890123456.8" },
		{ 9999999999999998.0, "9.999999999999998e+15" },
		{ 1.5e300, "1.5e+300" },
		{ 0.0001, "0.0001" },
		{ 0.00001, "1.0e-05" },
		{ 1e-27, "1.0e-27" },
		{ 5e-324, "5.0e-324" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[NUMBER_TEXT];
		size_t len = number_float_text(rows[i].real, text);

		ck_assert_msg(
		    span_eq(span_of(text, len), span_str(rows[i].text)),
		    "%s: %.*s", rows[i].text, (int)len, text);
	}
}
END_TEST

START_TEST(reads_integers_whole_or_not_at_all)
{
	static const struct {
		const char *text;
		int whole;
		int64_t integer;
	} rows[] = {
		{ "0", 1, 0 },
		{ "-1", 1, -1 },
		{ "9223372036854775807", 1, INT64_MAX },
		{ "9223372036854775808", 0, 0 },
		{ "-9223372036854775808", 1, INT64_MIN },
		{ "-9223372036854775809", 0, 0 },
		{ "", 0, 0 },
		{ "-", 0, 0 },
		{ "1x", 0, 0 },
		{ "+1", 0, 0 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[NUMBER_TEXT];
		int64_t integer = 0;
		size_t len;

		ck_assert_msg(number_parse_integer(span_str(rows[i].text),
				  &integer) == rows[i].whole,
		    "%s", rows[i].text);
		if (!rows[i].whole)
			continue;
		ck_assert_msg(integer == rows[i].integer, "%s", rows[i].text);
		len = number_integer_text(integer, text);
		ck_assert(span_eq(span_of(text, len), span_str(rows[i].text)));
	}
}
END_TEST

START_TEST(reads_floats_whole_or_not_at_all)
{
	static const char *const bad[] = { "", "-", ".", "1.", ".5", "1e",
		"1e+", "1.5x", "0x10", "nan", "inf", "1_0" };
	double real;

	ck_assert(number_parse_float(SPAN("-1.5e3"), &real) && real == -1500);
	ck_assert(number_parse_float(SPAN("007"), &real) && real == 7);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ck_assert_msg(
		    !number_parse_float(span_str(bad[i]), &real), "%s", bad[i]);
}
END_TEST

START_TEST(keeps_maps_in_order_and_finds_every_key)
{
	struct arena *arena = arena_new(1 << 22);
	struct map *map = map_new(arena, 1);
	char names[2000][16];

	for (int i = 0; i < 2000; i++) {
		snprintf(names[i], sizeof names[i], "k%d", i);
		ck_assert_int_eq(
		    map_put(arena, map, span_str(names[i]), value_integer(i)),
		    0);
	}
	ck_assert_int_eq(map_put(arena, map, SPAN("k7"), value_integer(-7)), 0);
	ck_assert_uint_eq(map->count, 2000);
	for (int i = 0; i < 2000; i++) {
		struct span name = span_str(names[i]);
		const struct value *found =
		    map_get(map, name, value_hash(name));

		ck_assert(found != NULL);
		ck_assert_int_eq(found->integer, i == 7 ? -7 : i);
		ck_assert(memcmp(map->entries[i].key, names[i], name.len) == 0);
	}
	ck_assert(map_get(map, SPAN("gone"), value_hash(SPAN("gone"))) == NULL);
	arena_free(&arena);
}
END_TEST

START_TEST(survives_every_memory_limit_in_maps)
{
	int done = -1;

	for (size_t most = 1; done < 0; most += 16) {
		struct arena *arena = arena_new(most);
		struct map *map = map_new(arena, 1);
		char names[40][16];

		done = map != NULL ? 0 : -1;
		for (int i = 0; i < 40 && done == 0; i++) {
			snprintf(names[i], sizeof names[i], "%d", i);
			done = map_put(
			    arena, map, span_str(names[i]), value_integer(i));
		}
		arena_free(&arena);
	}
}
END_TEST

static struct value
parse(struct arena *arena, const char *json)
{
	struct value value;

	ck_assert_msg(
	    kit_json_parse(span_str(json), arena, &value), "%s", json);
	return value;
}

START_TEST(compares_as_ruby_does)
{
	struct work work = work_new(UINT64_MAX, 0);
	static const struct {
		const char *a, *b;
		bool equal;
		int order; /* 9: not comparable */
	} rows[] = {
		{ "1", "1", true, 0 },
		{ "1", "1.0", true, 0 },
		{ "1", "1.5", false, -1 },
		{ "9007199254740993", "9007199254740992.0", false, 1 },
		{ "9223372036854775807", "9223372036854775808", false, -1 },
		{ "-9223372036854775809", "-9223372036854775808", false, -1 },
		{ "123456789012345678901", "123456789012345678901", true, 0 },
		{ "\"a\"", "\"b\"", false, -1 },
		{ "\"a\"", "\"a\"", true, 0 },
		{ "\"1\"", "1", false, 9 },
		{ "null", "null", true, 9 },
		{ "null", "false", false, 9 },
		{ "[1,[2]]", "[1,[2]]", true, 9 },
		{ "[1]", "[1,2]", false, 9 },
		{ "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true, 9 },
		{ "{\"a\":1}", "{\"a\":2}", false, 9 },
	};
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct value a = parse(arena, rows[i].a);
		struct value b = parse(arena, rows[i].b);
		int order, back;

		ck_assert_msg(value_equal(a, b, &work) == rows[i].equal,
		    "%s == %s", rows[i].a, rows[i].b);
		ck_assert(value_equal(b, a, &work) == rows[i].equal);
		if (!value_order(a, b, &work, &order)) {
			ck_assert_msg(rows[i].order == 9, "%s <=> %s",
			    rows[i].a, rows[i].b);
			continue;
		}
		ck_assert(value_order(b, a, &work, &back));
		ck_assert_msg((order > 0) - (order < 0) == rows[i].order,
		    "%s <=> %s: %d", rows[i].a, rows[i].b, order);
		ck_assert_int_eq((back > 0) - (back < 0), -rows[i].order);
	}
	arena_free(&arena);
}
END_TEST

START_TEST(prints_and_inspects_what_nests)
{
	struct work work = work_new(UINT64_MAX, 0);
	static const struct {
		const char *json, *printed, *inspected;
	} rows[] = {
		{ "[1,\"a\",[2,null],true]", "1a2true",
		    "[1, \"a\", [2, nil], true]" },
		{ "{\"a\":[1],\"b\":{}}", "{\"a\"=>[1], \"b\"=>{}}",
		    "{\"a\"=>[1], \"b\"=>{}}" },
		{ "\"q\\\"\\n#{x}\\u0001\"", "q\"\n#{x}\001",
		    "\"q\\\"\\n\\#{x}\\u0001\"" },
		{ "null", "", "nil" },
	};
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct value value = parse(arena, rows[i].json);
		struct buf out;

		buf_init(&out, arena, 1 << 10);
		value_write(&out, value, &work);
		ck_assert_str_eq(buf_cstr(&out), rows[i].printed);
		buf_clear(&out);
		value_inspect(&out, value, &work);
		ck_assert_str_eq(buf_cstr(&out), rows[i].inspected);
	}
	arena_free(&arena);
}
END_TEST

START_TEST(knows_empty_and_blank)
{
	struct work work = work_new(UINT64_MAX, 0);
	static const struct {
		const char *json;
		bool empty, blank;
	} rows[] = {
		{ "\"\"", true, true },
		{ "\" \\n\"", false, true },
		{ "\"x\"", false, false },
		{ "[]", true, true },
		{ "{}", true, true },
		{ "[null]", false, false },
		{ "null", false, true },
		{ "false", false, true },
		{ "true", false, false },
		{ "0", false, false },
	};
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct value value = parse(arena, rows[i].json);

		ck_assert_msg(
		    value_is_empty(value) == rows[i].empty, "%s", rows[i].json);
		ck_assert_msg(value_is_blank(value, &work) == rows[i].blank,
		    "%s", rows[i].json);
	}
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		prints_floats_as_ruby_does,
		reads_integers_whole_or_not_at_all,
		reads_floats_whole_or_not_at_all,
		keeps_maps_in_order_and_finds_every_key,
		survives_every_memory_limit_in_maps,
		compares_as_ruby_does,
		prints_and_inspects_what_nests,
		knows_empty_and_blank,
		NULL,
	};

	return kit_main("value", tests);
}
