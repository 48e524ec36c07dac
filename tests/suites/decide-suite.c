/*
 * Runs decision vectors against our code: decide-suite [-v] FILE.json...
 * A file names its suite; one we do not implement is skipped, by name. Exit
 * 0 when nothing failed, 1 when something did, 2 for a file that is no suite.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suites/decide/vectors.h"

static const struct suite {
	const char *name;
	bool (*run)(const json_t *test);
} suites[] = {
	{ "content_selection", run_selection },
	{ "assign_hash_v2", run_hash_v2 },
	{ "consent", run_consent },
	{ "sensitivity", run_sensitivity },
	{ "intrusiveness_budget", run_budget },
	{ "field_trust", run_trust },
	{ "data_quality", run_quality },
	{ "thirdparty_growthbook_hash", run_public_hash },
	{ "thirdparty_growthbook_getBucketRange", run_public_ranges },
	{ "thirdparty_growthbook_getEqualWeights", run_public_weights },
	{ "thirdparty_growthbook_chooseVariation", run_public_choice },
	{ "thirdparty_growthbook_inNamespace", run_public_namespace },
	{ "thirdparty_growthbook_stickyBucket", run_public_sticky },
};

static const struct suite *
suite_find(const char *name)
{
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	return NULL;
}

struct totals {
	unsigned passed;
	unsigned failed;
};

/* 0, or -1 for a file that is no suite. */
static int
run_file(const char *path, bool verbose, struct totals *totals)
{
	json_error_t error;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const char *name = string_at(file, "suite", NULL);
	struct totals own = { 0, 0 };
	const struct suite *suite;
	json_t *test;
	size_t index;

	if (name == NULL) {
		fprintf(stderr, "%s:%d:%d: %s\n", path, error.line,
		    error.column, file ? "names no suite" : error.text);
		json_decref(file);
		return -1;
	}
	suite = suite_find(name);
	if (suite == NULL) {
		printf("%s: skipped, suite %s is not implemented here\n", path,
		    name);
		json_decref(file);
		return 0;
	}
	json_array_foreach(json_object_get(file, "cases"), index, test)
	{
		bool passes = suite->run(test);

		own.passed += passes;
		own.failed += !passes;
		if (!passes && verbose)
			printf("FAIL %s: %s\n", name,
			    string_at(test, "name", "?"));
	}
	printf("%s: %u passed, %u failed\n", path, own.passed, own.failed);
	totals->passed += own.passed;
	totals->failed += own.failed;
	json_decref(file);
	return 0;
}

int
main(int argc, char **argv)
{
	struct totals totals = { 0, 0 };
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	int status = EXIT_SUCCESS;

	if (argc < 2 + verbose) {
		fprintf(stderr, "usage: decide-suite [-v] FILE.json...\n");
		return 2;
	}
	for (int i = 1 + verbose; i < argc; i++)
		if (run_file(argv[i], verbose, &totals) < 0)
			status = 2;
	printf("%u passed, %u failed\n", totals.passed, totals.failed);
	if (totals.failed != 0)
		status = EXIT_FAILURE;
	return status;
}
