#include "tests/suite.h"

#include "store/base/arena.h"
#include "tools/input/document_edit.h"

static const struct {
	const char *text, *edited;
} rows[] = {
	{ "id: a\nversion: 3\n", "id: \"b\"\nversion: 4\n" },
	{ "version: 3\nid: a", "version: 4\nid: \"b\"\n" },
	/* Lists and maps go with their key, at either indent. */
	{ "id:\n  - x\n  - y\ntopic: t\n",
	    "id: \"b\"\ntopic: t\nversion: 4\n" },
	{ "id:\n- x\n- y\n# kept\ntopic: t\n",
	    "id: \"b\"\n# kept\ntopic: t\nversion: 4\n" },
	/* What only looks like the key is none. */
	{ "ids: 1\nid_x: 2\nnested:\n  id: 3\n",
	    "ids: 1\nid_x: 2\nnested:\n  id: 3\nversion: 4\nid: \"b\"\n" },
	{ "", "version: 4\nid: \"b\"\n" },
	{ "topic: t", "topic: t\nversion: 4\nid: \"b\"\n" },
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

START_TEST(replaces_keys_and_keeps_the_rest)
{
	const struct document_key keys[] = {
		{ "version", SPAN("version: 4\n") },
		{ "id", SPAN("id: \"b\"\n") },
	};
	struct arena *arena = arena_new(1 << 16);
	struct buf out;

	buf_init(&out, arena, 4096);
	document_edit(span_str(rows[_i].text), keys, COUNT(keys), &out);
	ck_assert_msg(span_eq(buf_span(&out), span_str(rows[_i].edited)),
	    "%.*s", SPAN_ARG(buf_span(&out)));
	arena_free(&arena);
}
END_TEST

START_TEST(a_key_without_lines_goes)
{
	const struct document_key key = { .key = "window" };
	struct arena *arena = arena_new(1 << 16);
	struct buf out;

	buf_init(&out, arena, 4096);
	document_edit(
	    SPAN("id: a\nwindow:\n  from: x\n\ntopic: t\n"), &key, 1, &out);
	ck_assert(span_eq(buf_span(&out), SPAN("id: a\n\ntopic: t\n")));
	arena_free(&arena);
}
END_TEST

START_TEST(quotes_what_yaml_would_read_otherwise)
{
	struct arena *arena = arena_new(1 << 16);
	struct buf out;

	buf_init(&out, arena, 100);
	document_quote(&out, SPAN("a\"b\\c: #"));
	ck_assert(span_eq(buf_span(&out), SPAN("\"a\\\"b\\\\c: #\"")));
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("document_edit");
	TCase *tests = tcase_create("document_edit");

	tcase_add_loop_test(
	    tests, replaces_keys_and_keeps_the_rest, 0, COUNT(rows));
	tcase_add_test(tests, a_key_without_lines_goes);
	tcase_add_test(tests, quotes_what_yaml_would_read_otherwise);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
