/*
 * How every test program ends: it runs its suite and says with its exit
 * status whether all went well.
 */
#ifndef INLAY_TESTS_SUITE_H
#define INLAY_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Check's four seconds are not much on a machine that does other things too;
 * a test that hangs is found all the same. Before any test case is made. */
__attribute__((constructor)) static void
suite_patience(void)
{
	setenv("CK_DEFAULT_TIMEOUT", "60", 0);
}

/* Runs the suite, as loud as CK_VERBOSITY says, and frees it. For main to
 * return. */
static inline int
suite_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
