#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/assign.h"

START_TEST(computes_the_bucket_that_an_audit_computes)
{
	static const struct {
		const char *seed, *unit;
		double second, first;
	} rows[] = {
		{ "summer", "anna@example.org", 0.6667, 0.852 },
		{ "lane:summer", "anna@example.org", 0.4788, 0.19 },
		{ "", "x", 0.9986, 0.695 },
		{ "s", "", 0.5827, 0.362 },
		{ "été", "zoë@exemple.fr", 0.9668, 0.756 },
	};
	double bucket;

	ck_assert_int_eq(assign_bucket(span_str(rows[_i].seed),
			     span_str(rows[_i].unit), 2, &bucket),
	    1);
	ck_assert_double_eq(bucket, rows[_i].second);
	ck_assert_int_eq(assign_bucket(span_str(rows[_i].seed),
			     span_str(rows[_i].unit), 1, &bucket),
	    1);
	ck_assert_double_eq(bucket, rows[_i].first);
}
END_TEST

START_TEST(knows_no_other_hash_version)
{
	double bucket;

	ck_assert_int_eq(assign_bucket(SPAN("s"), SPAN("u"), 0, &bucket), 0);
	ck_assert_int_eq(assign_bucket(SPAN("s"), SPAN("u"), 3, &bucket), 0);
}
END_TEST

START_TEST(makes_ranges_that_are_contiguous_and_cover_everything)
{
	for (size_t count = 1; count <= 20; count++) {
		struct assign_range ranges[20];
		double weights[20], sum = 0;

		for (size_t i = 0; i < count; i++)
			sum += weights[i] = (double)(i * 7 % 5 + 1);
		for (size_t i = 0; i < count; i++)
			weights[i] /= sum;
		assign_ranges(count, 1, weights, count, ranges);
		ck_assert_double_eq(ranges[0].from, 0);
		ck_assert_double_eq_tol(ranges[count - 1].to, 1, 1e-9);
		for (size_t i = 1; i < count; i++)
			ck_assert_double_eq(ranges[i].from, ranges[i - 1].to);
		for (unsigned b = 0; b < 10000; b++)
			ck_assert_int_ge(
			    assign_choose(b / 10000.0, ranges, count), 0);
	}
}
END_TEST

START_TEST(leaves_the_uncovered_share_of_each_range_out)
{
	static const double halves[] = { 0.5, 0.5 };
	struct assign_range ranges[2];

	assign_ranges(2, 0.5, halves, 2, ranges);
	ck_assert_int_eq(assign_choose(0.2499, ranges, 2), 0);
	ck_assert_int_eq(assign_choose(0.25, ranges, 2), -1);
	ck_assert_int_eq(assign_choose(0.5, ranges, 2), 1);
	ck_assert_int_eq(assign_choose(0.75, ranges, 2), -1);
	assign_ranges(2, -1, halves, 2, ranges);
	ck_assert_int_eq(assign_choose(0, ranges, 2), -1);
}
END_TEST

START_TEST(takes_weights_that_make_no_sense_as_equal)
{
	static const double odd[] = { 0.9, 0.9 };
	struct assign_range ranges[3];

	assign_ranges(2, 1, odd, 2, ranges);
	ck_assert_double_eq(ranges[1].from, 0.5);
	assign_ranges(3, 1, odd, 2, ranges);
	ck_assert_double_eq_tol(ranges[2].from, 2 / 3.0, 1e-12);
	assign_ranges(2, 1, NULL, 0, ranges);
	ck_assert_double_eq(ranges[1].from, 0.5);
}
END_TEST

START_TEST(keeps_namespaces_apart)
{
	/* The unit's bucket in the namespace is 0.992. */
	ck_assert(assign_in_namespace(SPAN("7"), SPAN("shop"), 0.992, 1));
	ck_assert(!assign_in_namespace(SPAN("7"), SPAN("shop"), 0, 0.992));
}
END_TEST

START_TEST(keeps_a_past_arm_of_the_same_version_only)
{
	static const struct span arms[] = { { "a", 1 }, { "b", 1 } };
	static const struct assign_range ranges[] = { { 0, 1 }, { 1, 1 } };
	struct assign_experiment experiment = { SPAN("exp"), SPAN(""), 2, 4, 3,
		true, arms, ranges, 2 };
	struct assign_past past = { SPAN("exp"), 4, SPAN("b") };
	struct assignment got;

	got = assign_arm(&experiment, SPAN("u"), &past, 1, false);
	ck_assert_int_eq(got.arm, 1);
	ck_assert(got.sticky);
	past.version = 3;
	got = assign_arm(&experiment, SPAN("u"), &past, 1, true);
	ck_assert_int_eq(got.arm, 0);
	ck_assert(!got.sticky);
	got = assign_arm(&experiment, SPAN("u"), &past, 1, false);
	ck_assert_int_eq(got.arm, -1);
	past.version = 2;
	got = assign_arm(&experiment, SPAN("u"), &past, 1, true);
	ck_assert_int_eq(got.arm, -1);
	ck_assert(got.blocked);
	experiment.sticky = false;
	got = assign_arm(&experiment, SPAN("u"), &past, 1, true);
	ck_assert_int_eq(got.arm, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("assign");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, computes_the_bucket_that_an_audit_computes, 0, 5);
	tcase_add_test(tests, knows_no_other_hash_version);
	tcase_add_test(
	    tests, makes_ranges_that_are_contiguous_and_cover_everything);
	tcase_add_test(tests, leaves_the_uncovered_share_of_each_range_out);
	tcase_add_test(tests, takes_weights_that_make_no_sense_as_equal);
	tcase_add_test(tests, keeps_namespaces_apart);
	tcase_add_test(tests, keeps_a_past_arm_of_the_same_version_only);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
