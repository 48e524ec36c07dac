#include "store/catalog/label.h"

#include "tests/suite.h"

#include <check.h>

static struct arena *arena;
static struct labels labels;

static int
read_labels(const char *text, struct err *err)
{
	const struct yaml_reader reader = { arena, "s.yaml", 0 };
	struct yaml *root;

	ck_assert_int_eq(yaml_read(&reader, span_str(text), &root, err), 0);
	return labels_read(&reader, yaml_child(root, "label"), &labels, err);
}

static const struct {
	const char *yaml, *locale, *text;
} rows[] = {
	{ "label: city", "", "city" },
	{ "label: city", "fr", "city" },
	{ "label: {fr: ville, en: city}", "", "city" },
	{ "label: {fr: ville, en: city}", "fr", "ville" },
	{ "label: {fr: ville, en: city}", "fr-CA", "ville" },
	{ "label: {fr: ville, fr-CA: cit\303\251}", "fr_ca", "cit\303\251" },
	{ "label: {fr_CA: cit\303\251, fr: ville}", "fr-CA", "cit\303\251" },
	{ "label: {fr-CA: cit\303\251, fr: ville}", "FR", "ville" },
	{ "label: {fr: ville}", "de", "" },
	{ "label: {fr: ville}", "f", "" },
	{ "label: {fr: ville}", "frr", "" },
	{ "label: {no: by}", "no", "by" },
};

START_TEST(finds_the_text_of_a_language)
{
	struct err err = ERR_INIT;
	struct span text;

	arena = arena_new(1 << 20);
	ck_assert_int_eq(read_labels(rows[_i].yaml, &err), 0);
	text = labels_text(&labels, span_str(rows[_i].locale));
	ck_assert_msg(
	    span_eq(text, span_str(rows[_i].text)), "%.*s", SPAN_ARG(text));
	arena_free(&arena);
}
END_TEST

static const char *const bad[] = { "label: [a]", "label: {}", "label: ~",
	"label: {fr: }", "label: {fr: [a]}", "label: \"a\\nb\"" };

START_TEST(refuses_what_is_no_label)
{
	struct err err = ERR_INIT;

	arena = arena_new(1 << 20);
	ck_assert_int_eq(read_labels(bad[_i], &err), -1);
	ck_assert_int_eq(err.code, ERR_INPUT);
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("label");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, finds_the_text_of_a_language, 0, sizeof rows / sizeof *rows);
	tcase_add_loop_test(
	    tests, refuses_what_is_no_label, 0, sizeof bad / sizeof *bad);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
