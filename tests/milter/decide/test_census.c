#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/census.h"

static void
add(struct census *census, const char *text, int64_t age, bool valid)
{
	struct census_value value = { span_str(text), NOW - age, valid,
		strcmp(text, "test") == 0 };

	ck_assert_int_eq(census_add(census, &value, NULL), 0);
}

START_TEST(tells_how_good_the_values_of_a_field_are)
{
	struct census *census = census_new(1 << 20, NOW, 100);
	struct census_report report;

	add(census, "Anna", 10, true);
	add(census, " anna", 100, true);
	add(census, "ANNA", 101, true);
	add(census, "test", 20, true);
	add(census, "B0b", 30, false);
	add(census, "", 1, false);
	report = census_report(census);
	ck_assert_uint_eq(report.count, 6);
	ck_assert_uint_eq(report.filled, 5);
	ck_assert_uint_eq(report.valid, 4);
	ck_assert_uint_eq(report.placeholders, 1);
	ck_assert_uint_eq(report.fresh, 4);
	ck_assert_uint_eq(report.usable, 2);
	ck_assert_uint_eq(report.distinct, 3);
	ck_assert_uint_eq(report.top_count, 3);
	ASSERT_SPAN(report.top, "anna");
	ck_assert_double_eq(report.median_age, 30);
	/* -(0.6 log2 0.6 + 2 x 0.2 log2 0.2) */
	ck_assert_double_eq_tol(report.entropy, 1.3709505944546687, 1e-12);
	census_free(&census);
	ck_assert_ptr_null(census);
}
END_TEST

START_TEST(reports_on_nothing)
{
	struct census *census = census_new(1 << 20, NOW, -1);
	struct census_report report = census_report(census);

	ck_assert_uint_eq(report.count, 0);
	ck_assert_uint_eq(report.top_count, 0);
	ck_assert_double_eq(report.entropy, 0);
	ck_assert_double_eq(report.median_age, 0);
	census_free(&census);
}
END_TEST

START_TEST(counts_a_hundred_thousand_different_values)
{
	struct census *census = census_new(64 << 20, NOW, -1);
	char text[32];

	for (unsigned i = 0; i < 200000; i++) {
		snprintf(text, sizeof text, "value %u", i % 100000);
		add(census, text, i, true);
	}
	ck_assert_uint_eq(census_report(census).distinct, 100000);
	ck_assert_uint_eq(census_report(census).top_count, 2);
	census_free(&census);
}
END_TEST

START_TEST(stops_where_memory_ends)
{
	struct census *census = census_new(4096, NOW, -1);
	struct err err = ERR_INIT;
	char text[32];
	int done = 0;

	for (unsigned i = 0; done == 0 && i < 100000; i++) {
		struct census_value value = { span_str(text), NOW, true,
			false };

		snprintf(text, sizeof text, "value %u", i);
		value.text = span_str(text);
		done = census_add(census, &value, &err);
	}
	ck_assert_int_eq(done, -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	census_free(&census);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("census");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, tells_how_good_the_values_of_a_field_are);
	tcase_add_test(tests, reports_on_nothing);
	tcase_add_test(tests, counts_a_hundred_thousand_different_values);
	tcase_add_test(tests, stops_where_memory_ends);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
