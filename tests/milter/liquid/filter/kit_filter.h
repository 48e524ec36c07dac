/*
 * What each file of filters tests alike: a table of templates, what they
 * print or why they fail, and that no memory is too small to fail cleanly.
 */
#ifndef INLAY_TESTS_KIT_FILTER_H
#define INLAY_TESTS_KIT_FILTER_H

#include "tests/milter/liquid/kit_render.h"

#include "tests/suite.h"

static const struct kit_case *filter_cases;
static const char *filter_data;

START_TEST(computes_as_liquid_says)
{
	kit_check(&filter_cases[_i], PLACE_NONE, filter_data);
}
END_TEST

START_TEST(fails_cleanly_in_every_memory_too_small)
{
	if (filter_cases[_i].printed != NULL)
		kit_starve(filter_cases[_i].template, filter_data);
}
END_TEST

/* The two tests over the cases; others may be added. */
static TCase *
filter_tests(const struct kit_case *cases, size_t count, const char *data)
{
	TCase *tests = tcase_create("all");

	filter_cases = cases;
	filter_data = data;
	tcase_add_loop_test(tests, computes_as_liquid_says, 0, (int)count);
	tcase_add_loop_test(
	    tests, fails_cleanly_in_every_memory_too_small, 0, (int)count);
	return tests;
}

static int
filter_run(const char *name, TCase *tests)
{
	Suite *suite = suite_create(name);

	suite_add_tcase(suite, tests);
	return suite_run(suite);
}

#endif
