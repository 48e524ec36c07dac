#include "milter/options.h"

#include <check.h>

#include "tests/suite.h"

static const char text[] = "store = /s\n"
			   "map-size = 64M\n"
			   "map-limit = 128M\n"
			   "deadline = 7s\n"
			   "queue-limit = 77\n"
			   "cache-size = 3M\n"
			   "max-part-size = 2M\n"
			   "render-steps = 12345\n"
			   "render-depth = 9\n";

static struct settings *settings;

static void
setup(void)
{
	struct err err = ERR_INIT;

	ck_assert_msg(
	    settings_parse(span_str(text), "conf", &settings, &err) == 0, "%s",
	    err.text);
}

static void
teardown(void)
{
	settings_free(&settings);
}

START_TEST(opens_the_store_as_the_settings_say)
{
	struct engine_options options = options_of_engine(settings);

	ck_assert_str_eq(options.path, "/s");
	ck_assert_uint_eq(options.mode, 0640);
	ck_assert_uint_eq(options.map_bytes, 64 << 20);
	ck_assert_uint_eq(options.map_max, 128 << 20);
	ck_assert_uint_eq(options.commit_ms, 7000);
	ck_assert_uint_eq(options.queue_max, 77);
}
END_TEST

START_TEST(personalises_as_the_settings_say)
{
	struct personalise_options options =
	    options_of_personaliser(settings, SPAN("shop"));

	ck_assert(span_eq(options.tenant, SPAN("shop")));
	ck_assert_uint_eq(options.cache_bytes, 3 << 20);
	ck_assert_uint_eq(options.part_max, 2 << 20);
	ck_assert_uint_eq(options.steps_max, 12345);
	ck_assert_uint_eq(options.depth_max, 9);
	ck_assert_int_eq(options.deadline_ms, 7000);
	ck_assert_ptr_null(options.tokens);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("options");
	TCase *tests = tcase_create("options");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, opens_the_store_as_the_settings_say);
	tcase_add_test(tests, personalises_as_the_settings_say);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
