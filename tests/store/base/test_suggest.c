#include "store/base/suggest.h"

#include "tests/suite.h"

#include <check.h>

static const char *const known[] = { "name", "sitting", "", "id", "names",
	"abcdefghijklmnopqrstuvwxyzabcdefg" };

static bool
known_name(const void *names, size_t index, struct span *name)
{
	if (index >= sizeof(known) / sizeof(*known))
		return false;
	*name = span_str(((const char *const *)names)[index]);
	return true;
}

static const struct {
	const char *word, *nearest;
} words[] = {
	{ "name", "name" },
	{ "nAME", "name" },
	{ "nmae", "name" },
	{ "nam", "name" },
	{ "game", "name" },
	{ "namse", "name" }, /* as far from names: the first */
	{ "nammes", "names" },
	{ "gime", "name" },
	{ "give", "" },
	{ "kitten", "" },
	{ "kittting", "sitting" },
	{ "kkittingg", "sitting" },
	{ "kkkitttingg", "" },
	{ "idd", "id" },
	{ "i", "" },
	{ "", "" },
	{ "abcdefghijklmnopqrstuvwxyzabcdefg", "" },
};

START_TEST(finds_the_name_that_was_meant)
{
	struct span nearest =
	    suggest_nearest(span_str(words[_i].word), known_name, known);

	ck_assert_msg(span_eq(nearest, span_str(words[_i].nearest)), "%s: %.*s",
	    words[_i].word, SPAN_ARG(nearest));
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("suggest");
	TCase *tests = tcase_create("suggest");

	tcase_add_loop_test(tests, finds_the_name_that_was_meant, 0,
	    (int)(sizeof(words) / sizeof(*words)));
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
