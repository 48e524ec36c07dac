#include "store/catalog/yaml.h"

#include "tests/suite.h"

#include <check.h>

struct thing {
	struct span name, line;
	bool flag;
	uint32_t count, limit;
	double number, share;
	int64_t when, lapse;
	int word;
	struct span *texts;
	size_t text_count;
};

static const char *const words[] = { "red", "green", NULL };

#define AT(member) .offset = offsetof(struct thing, member)

static const struct yaml_rule rules[] = {
	{ "name", YAML_NAME, AT(name) },
	{ "line", YAML_LINE, AT(line) },
	{ "flag", YAML_BOOL, AT(flag) },
	{ "count", YAML_COUNT, AT(count), .min = 1, .max = 9 },
	{ "limit", YAML_LIMIT, AT(limit) },
	{ "number", YAML_NUMBER, AT(number) },
	{ "share", YAML_NUMBER, AT(share), .min = 0, .max = 1 },
	{ "when", YAML_WHEN, AT(when) },
	{ "lapse", YAML_LAPSE, AT(lapse) },
	{ "word", YAML_WORD, AT(word), .words = words },
	{ "texts", YAML_TEXTS, AT(texts),
	    .count_offset = offsetof(struct thing, text_count) },
	{ .name = NULL },
};

static int
fill(
    const char *text, struct arena *arena, struct thing *thing, struct err *err)
{
	struct yaml_reader reader = { .arena = arena, .file = "f" };
	struct yaml *root;

	*thing = (struct thing){ .count = 5 };
	if (yaml_read(&reader, span_str(text), &root, err) < 0)
		return -1;
	return root ? yaml_fill(&reader, root, rules, thing, err) : 0;
}

START_TEST(fills_a_struct_by_its_table)
{
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	struct thing thing;

	ck_assert_int_eq(fill("name: a-b.c\nline: 'two words'\nflag: yes\n"
			      "limit: none\nnumber: 12.5\nshare: 12.5%\n"
			      "when: 2026-03-01T08:00+01:00\nlapse: 2w\n"
			      "word: green\ntexts: [x, y]\n",
			     arena, &thing, &err),
	    0);
	ck_assert(span_eq(thing.name, SPAN("a-b.c")));
	ck_assert(span_eq(thing.line, SPAN("two words")));
	ck_assert(thing.flag);
	ck_assert_uint_eq(thing.count, 5);
	ck_assert_uint_eq(thing.limit, UINT32_MAX);
	ck_assert_double_eq_tol(thing.number, 12.5, 1e-12);
	ck_assert_double_eq_tol(thing.share, 0.125, 1e-12);
	ck_assert_int_eq(thing.when, 1772348400);
	ck_assert_int_eq(thing.lapse, 14 * 86400);
	ck_assert_int_eq(thing.word, 1);
	ck_assert_uint_eq(thing.text_count, 2);
	ck_assert(span_eq(thing.texts[1], SPAN("y")));
	arena_free(&arena);
}
END_TEST

static const struct {
	const char *text, *error;
} refused[] = {
	{ "nmae: a", "f:1:1: unknown key `nmae`; did you mean `name`?" },
	{ "name: a\nzzz: 1", "f:2:1: unknown key `zzz`" },
	{ "name: a\nname: b", "f:2:1: `name` is given twice, first in line 1" },
	{ "name: a b", "f:1:7: `a b` is no name: use letters, digits, "
		       "`_`, `-`, `.`" },
	{ "name:", "f:1:6: `name` has no value" },
	{ "name: [a]", "f:1:7: `name` takes one value" },
	{ "flag: maybe", "f:1:7: expected true or false, found `maybe`" },
	{ "count: 10", "f:1:8: 10 is not between 1 and 9" },
	{ "count: 1.5", "f:1:8: expected a whole number, found `1.5`" },
	{ "number: 90%",
	    "f:1:9: `number` is no share and takes no per cent; write `90`" },
	{ "share: 190%", "f:1:8: 190% is not between 0 and 1" },
	{ "number: nan", "f:1:9: expected a number, found `nan`" },
	{ "number: 1e999", "f:1:9: expected a number, found `1e999`" },
	{ "when: 2026-02-30", "f:1:7: expected a date such as "
			      "2026-03-01T08:00+01:00, found `2026-02-30`" },
	{ "lapse: 3y", "f:1:8: expected a time such as 30d or 12h, "
		       "found `3y`" },
	{ "word: blue", "f:1:7: `blue` is none of red, green" },
	{ "texts: [[a]]", "f:1:9: expected a simple value" },
	{ "line: \"a\\nb\"", "f:1:7: this must be one line without control "
			     "characters" },
	{ "a: &x 1", "f:1:4: anchors (&name) are not allowed here" },
	{ "a: *x", "f:1:4: aliases (*name) are not allowed here" },
	{ "a: !!str 1", "f:1:4: tags (!name) are not allowed here" },
	{ "name: a\n---\nname: b", "f:2:1: a second document begins here" },
	{ "name: [a", "f:1:7: not YAML: a `[` is not closed by `]`" },
	{ "name: {a", "f:1:7: not YAML: a `{` is not closed by `}`" },
	{ "name: \"a", "f:1:7: not YAML: a quote is opened, not closed" },
	{ "name: \"\\d\"", "f:1:8: not YAML: \\ means something within "
			   "\"...\"; take '...'" },
	{ "name:\n\t- a", "f:2:1: not YAML: a tab where only blanks indent" },
	{ "name: \xc3\xa9 \xc3\xa9: a",
	    "f:1:10: not YAML: a `: ` that nobody expects here: the line is "
	    "indented wrongly, or a text that holds `: ` needs quotes" },
	{ "name: @a", "f:1:7: not YAML: no text begins with this sign unless "
		      "it stands in quotes" },
	{ "name:\n  - a\n - b", "f:3:2: not YAML: the line is indented "
				"otherwise than those above it" },
	{ "name:\n  - {a: b}\n   - c", "f:3:4: not YAML: the line is "
				       "indented otherwise than the `-` above "
				       "it" },
	{ "name: a\n b: c\n  d: e",
	    "f:2:3: not YAML: a `: ` that nobody "
	    "expects here: the line is indented wrongly, "
	    "or a text that holds `: ` needs quotes" },
	{ "name:a", "f:1:1: expected `key: value` lines here; a blank follows "
		    "the `:`" },
	{ "[a]: 1", "f:1:1: a key must be a plain word" },
	{ "- a", "f:1:1: expected `key: value` lines here" },
	{ "a: [[[[[[[[[[[[1]]]]]]]]]]]]",
	    "f:1:15: the document is nested more than 12 deep" },
	{ "name: \xff", "f:1: not YAML: invalid leading UTF-8 octet at "
			"byte 6" },
};

START_TEST(says_what_is_wrong_and_where)
{
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	struct thing thing;
	char line[512];

	ck_assert_int_eq(fill(refused[_i].text, arena, &thing, &err), -1);
	ck_assert_str_eq(err_line(&err, line, sizeof(line)), refused[_i].error);
	arena_free(&arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("yaml");
	TCase *tests = tcase_create("yaml");

	tcase_add_test(tests, fills_a_struct_by_its_table);
	tcase_add_loop_test(tests, says_what_is_wrong_and_where, 0,
	    sizeof(refused) / sizeof(*refused));
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
