#include <check.h>
#include <stddef.h>
#include <stdlib.h>

#include "store/base/conf.h"

#include "tests/suite.h"

/* For tables, where SPAN is no constant. */
#define TEXT(literal) \
	{ \
		"" literal, sizeof(literal) - 1 \
	}

struct target {
	const char *text;
	uint64_t size;
	uint64_t time;
	uint64_t count;
	uint64_t mode;
	bool on;
	int choice;
	struct conf_list list;
};

#define AT(field) offsetof(struct target, field)

static const char *const words[] = { "red", "green", NULL };

static const struct conf_option options[] = {
	{ "text", CONF_TEXT, AT(text), "plain", NULL, NULL, NULL, "" },
	{ "size", CONF_SIZE, AT(size), "4K", "1K", "1M", NULL, "" },
	{ "time", CONF_TIME, AT(time), "30s", "1s", "1h", NULL, "" },
	{ "count", CONF_COUNT, AT(count), "7", NULL, NULL, NULL, "" },
	{ "mode", CONF_MODE, AT(mode), "0660", "0600", "0777", NULL, "" },
	{ "switch", CONF_SWITCH, AT(on), "yes", NULL, NULL, NULL, "" },
	{ "choice", CONF_CHOICE, AT(choice), "green", NULL, NULL, words, "" },
	{ "list", CONF_LIST, AT(list), NULL, NULL, NULL, NULL, "" },
};

static const struct conf_table table = { options,
	sizeof options / sizeof options[0] };

static struct arena *arena;
static struct target target;
static struct err err;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	target = (struct target){ .text = NULL };
	err_clear(&err);
}

static void
teardown(void)
{
	arena_free(&arena);
}

static int
parse(struct span text)
{
	return conf_parse(&table, text, "test.conf", arena, &target, &err);
}

START_TEST(gives_defaults_for_an_empty_file)
{
	ck_assert_int_eq(parse(SPAN("")), 0);
	ck_assert_str_eq(target.text, "plain");
	ck_assert_uint_eq(target.size, 4096);
	ck_assert_uint_eq(target.time, 30000);
	ck_assert_uint_eq(target.count, 7);
	ck_assert_uint_eq(target.mode, 0660);
	ck_assert(target.on);
	ck_assert_int_eq(target.choice, 1);
	ck_assert_uint_eq(target.list.count, 0);
}
END_TEST

START_TEST(reads_every_type)
{
	ck_assert_int_eq(parse(SPAN("text = two words\nsize=64k\n"
				    "time = 2m\r\n\tcount =  12 \nmode = 0777\n"
				    "switch = no\nchoice = red")),
	    0);
	ck_assert_str_eq(target.text, "two words");
	ck_assert_uint_eq(target.size, 65536);
	ck_assert_uint_eq(target.time, 120000);
	ck_assert_uint_eq(target.count, 12);
	ck_assert_uint_eq(target.mode, 0777);
	ck_assert(!target.on);
	ck_assert_int_eq(target.choice, 0);
}
END_TEST

START_TEST(skips_comments_and_blank_lines)
{
	ck_assert_int_eq(
	    parse(SPAN("# text = no\n\n   # nor this\ntext = a#b # c\n")), 0);
	ck_assert_str_eq(target.text, "a#b");
}
END_TEST

START_TEST(takes_quoted_values_apart)
{
	ck_assert_int_eq(
	    parse(SPAN("text = \" a # \\\" \\\\ \" # comment\n")), 0);
	ck_assert_str_eq(target.text, " a # \" \\ ");
}
END_TEST

START_TEST(gathers_lists_with_their_places)
{
	ck_assert_int_eq(parse(SPAN("list = one\n\n  list = \"two\"\n")), 0);
	ck_assert_uint_eq(target.list.count, 2);
	ck_assert_str_eq(target.list.entries[0].text, "one");
	ck_assert_uint_eq(target.list.entries[0].line, 1);
	ck_assert_uint_eq(target.list.entries[0].column, 8);
	ck_assert_str_eq(target.list.entries[1].text, "two");
	ck_assert_uint_eq(target.list.entries[1].line, 3);
	ck_assert_uint_eq(target.list.entries[1].column, 10);
}
END_TEST

static const struct {
	struct span text;
	const char *says;
} mistakes[] = {
	{ TEXT("text"), "test.conf:1:1: no '=' in the line: text" },
	{ TEXT("\n  nothing = 1"), "test.conf:2:3: unknown option nothing" },
	{ TEXT("sizee = 1K"),
	    "test.conf:1:1: unknown option sizee (did you mean size?)" },
	{ TEXT("= 1"), "test.conf:1:1: unknown option " },
	{ TEXT("text ="), "test.conf:1:7: text has no value" },
	{ TEXT("text = # none"), "test.conf:1:8: text has no value" },
	{ TEXT("count = x"), "test.conf:1:9: count wants a number: x" },
	{ TEXT("count = 1K"), "test.conf:1:9: count wants a number: 1K" },
	{ TEXT("count = -1"), "test.conf:1:9: count wants a number: -1" },
	{ TEXT("count = 99999999999999999999"),
	    "test.conf:1:9: count wants a number: 99999999999999999999" },
	{ TEXT("size = 1"), "test.conf:1:8: size is at least 1K" },
	{ TEXT("size = 2M"), "test.conf:1:8: size is at most 1M" },
	{ TEXT("size = 18446744073709551615K"),
	    "test.conf:1:8: size wants a size: 18446744073709551615K" },
	{ TEXT("time = 30"), "test.conf:1:8: time wants a time: 30" },
	{ TEXT("time = 0"), "test.conf:1:8: time is at least 1s" },
	{ TEXT("mode = 0999"), "test.conf:1:8: mode wants a mode: 0999" },
	{ TEXT("switch = on"), "test.conf:1:10: neither yes nor no: on" },
	{ TEXT("choice = blue"),
	    "test.conf:1:10: none of the words it may be: blue" },
	{ TEXT("text = \"a"), "test.conf:1:8: the quote is not closed: \"a" },
	{ TEXT("text = \"a\" b"),
	    "test.conf:1:8: more text after the quote: b" },
	{ TEXT("text = a\ntext = b"),
	    "test.conf:2:1: text was set in line 1 already" },
	{ TEXT("text = a\0b"), "test.conf:1:1: a NUL byte in the line: " },
};

START_TEST(says_what_is_wrong_and_where)
{
	char line[600];

	ck_assert_int_eq(parse(mistakes[_i].text), -1);
	ck_assert_int_eq(err.code, ERR_CONFIG);
	ck_assert_str_eq(err_line(&err, line, sizeof line), mistakes[_i].says);
}
END_TEST

START_TEST(reads_a_file_cut_at_every_byte)
{
	struct span text = SPAN("text = \"a \\\" b\" # c\nsize = 12K\n"
				"list = x\nlist = y\nswitch = no\n");

	for (size_t cut = 0; cut <= text.len; cut++) {
		err_clear(&err);
		target = (struct target){ .text = NULL };
		if (parse(span_first(text, cut)) < 0)
			ck_assert_int_eq(err.code, ERR_CONFIG);
		arena_reset(arena);
	}
}
END_TEST

START_TEST(fails_cleanly_when_memory_is_out)
{
	struct span text = SPAN("text = aaa\nlist = x\nlist = y\n");
	size_t limit = 1;

	for (;; limit += 16) {
		struct arena *small = arena_new(limit);
		int status;

		err_clear(&err);
		target = (struct target){ .text = NULL };
		status = conf_parse(&table, text, "f", small, &target, &err);
		arena_free(&small);
		if (status == 0)
			break;
		ck_assert_int_eq(err.code, ERR_MEMORY);
	}
	ck_assert_uint_gt(limit, 1);
}
END_TEST

START_TEST(types_have_words)
{
	ck_assert_str_eq(conf_type_word(CONF_SIZE), "size");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conf");
	TCase *tests = tcase_create("conf");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, gives_defaults_for_an_empty_file);
	tcase_add_test(tests, reads_every_type);
	tcase_add_test(tests, skips_comments_and_blank_lines);
	tcase_add_test(tests, takes_quoted_values_apart);
	tcase_add_test(tests, gathers_lists_with_their_places);
	tcase_add_loop_test(tests, says_what_is_wrong_and_where, 0,
	    sizeof mistakes / sizeof mistakes[0]);
	tcase_add_test(tests, reads_a_file_cut_at_every_byte);
	tcase_add_test(tests, fails_cleanly_when_memory_is_out);
	tcase_add_test(tests, types_have_words);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
