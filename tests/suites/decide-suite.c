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
	/* Why a case is not run, or NULL; no function runs all of them. */
	const char *(*unused)(const json_t *test);
} suites[] = {
	{ "content_selection", run_selection, NULL },
	{ "assign_hash_v2", run_hash_v2, NULL },
	{ "consent", run_consent, NULL },
	{ "sensitivity", run_sensitivity, NULL },
	{ "intrusiveness_budget", run_budget, NULL },
	{ "field_trust", run_trust, NULL },
	{ "data_quality", run_quality, NULL },
	{ "lift", run_lift, NULL },
	{ "srm", run_ratio, NULL },
	{ "anytime", run_anytime, NULL },
	{ "cuped", run_cuped, NULL },
	{ "multiplicity", run_multiplicity, NULL },
	{ "shrinkage", run_shrinkage, NULL },
	{ "promotion", run_promotion, NULL },
	{ "roi", run_roi, NULL },
	{ "attribution", run_attribution, attribution_superseded },
	{ "channel_cascade", run_channels, NULL },
	{ "thirdparty_published_numbers", run_published, published_unused },
	{ "thirdparty_growthbook_hash", run_public_hash, NULL },
	{ "thirdparty_growthbook_getBucketRange", run_public_ranges, NULL },
	{ "thirdparty_growthbook_getEqualWeights", run_public_weights, NULL },
	{ "thirdparty_growthbook_chooseVariation", run_public_choice, NULL },
	{ "thirdparty_growthbook_inNamespace", run_public_namespace, NULL },
	{ "thirdparty_growthbook_stickyBucket", run_public_sticky, NULL },
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
	unsigned superseded;
};

static void
case_run(const struct suite *suite, json_t *test, bool verbose,
    struct totals *totals)
{
	const char *name = string_at(test, "name", "?");
	const char *why = suite->unused ? suite->unused(test) : NULL;

	if (why) {
		printf("superseded %s: %s: %s\n", suite->name, name, why);
		totals->superseded++;
	} else if (suite->run(test)) {
		totals->passed++;
	} else {
		totals->failed++;
		if (verbose)
			printf("FAIL %s: %s\n", suite->name, name);
	}
}

/* 0, or -1 for a file that is no suite. */
static int
run_file(const char *path, bool verbose, struct totals *totals)
{
	json_error_t error;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const char *name = string_at(file, "suite", NULL);
	struct totals own = { 0, 0, 0 };
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
		json_object_set(
		    test, "tolerance", json_object_get(file, "tolerance"));
		case_run(suite, test, verbose, &own);
	}
	printf("%s: %u passed, %u failed, %u superseded\n", path, own.passed,
	    own.failed, own.superseded);
	totals->passed += own.passed;
	totals->failed += own.failed;
	totals->superseded += own.superseded;
	json_decref(file);
	return 0;
}

int
main(int argc, char **argv)
{
	struct totals totals = { 0, 0, 0 };
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	int status = EXIT_SUCCESS;

	if (argc < 2 + verbose) {
		fprintf(stderr, "usage: decide-suite [-v] FILE.json...\n");
		return 2;
	}
	for (int i = 1 + verbose; i < argc; i++)
		if (run_file(argv[i], verbose, &totals) < 0)
			status = 2;
	printf("%u ran, %u superseded\n", totals.passed + totals.failed,
	    totals.superseded);
	printf("%u passed, %u failed\n", totals.passed, totals.failed);
	if (totals.failed != 0)
		status = EXIT_FAILURE;
	return status;
}
