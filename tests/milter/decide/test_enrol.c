/*
 * Who is in which arm, as anybody can compute it again: the buckets below
 * were computed by another program from the definition in enrol.h.
 */
#include "tests/milter/decide/kit_decide.h"

static const char campaign[] = "id: spring\n"
			       "seed: s1\n"
			       "holdout: {share: 0.1, seed: annual}\n"
			       "lanes: {exploration: 0.3, exploitation: 0.5}\n"
			       "arms:\n"
			       "  - {name: a, weight: 3}\n"
			       "  - {name: b, weight: 0}\n"
			       "  - {name: c, weight: 1}\n"
			       "  - {name: d, weight: 0}\n";

static const struct row {
	const char *unit;
	double holdout, lane, arm, variant;
} rows[] = {
	{ "anna@example.org", 0.3462, 0.5261, 0.9628, 0.9410 },
	{ "bob@example.org", 0.9930, 0.2604, 0.2802, 0.8973 },
	{ "zo\xc3\xab@example.org", 0.8012, 0.4934, 0.8052, 0.8648 },
	{ "carl@example.org", 0.0152, 0.9450, 0.0556, 0.3078 },
	{ "dora@example.org", 0.0368, 0.2742, 0.2234, 0.7311 },
	{ "emil@example.org", 0.4490, 0.7224, 0.7627, 0.0319 },
	{ "otto@example.org", 0.3625, 0.4758, 0.1773, 0.1785 },
	{ "a@b.example", 0.5794, 0.6430, 0.2529, 0.6618 },
};

#define ROWS (int)(sizeof rows / sizeof *rows)

static struct kit kit;

static const char *
expected_arm(const struct row *row)
{
	if (row->holdout < 0.1)
		return "holdout";
	if (row->lane >= 0.3 + 0.5)
		return "none";
	return row->arm < 0.75 ? "a" : "c";
}

START_TEST(computes_what_anybody_can_compute_again)
{
	const struct row *row = &rows[_i];

	kit_begin(&kit, campaign);
	kit_ready(&kit);
	ck_assert_int_eq(outline_put_variant(kit.outline, SPAN("subject"),
			     SPAN("warm"), &kit.err),
	    0);
	kit.request.unit = span_str(row->unit);
	kit_decide(&kit);
	ck_assert_double_eq(kit.decision->holdout_bucket, row->holdout);
	ck_assert_double_eq(kit.decision->lane_bucket, row->lane);
	ck_assert_double_eq(kit.decision->bucket, row->arm);
	ck_assert_double_eq(kit.decision->variants[0].bucket, row->variant);
	ASSERT_SPAN(kit.decision->arm_name, expected_arm(row));
	if (kit.decision->arm >= 0)
		ck_assert_int_eq(kit.decision->variants[0].chosen,
		    row->variant < 0.5 ? 0 : -1);
	kit_end(&kit);
}
END_TEST

START_TEST(an_arm_owns_its_range_up_to_the_end)
{
	kit_begin(&kit, "id: spring\nseed: s1\narms:\n"
			"  - {name: a, weight: 1}\n"
			"  - {name: b, weight: 1}\n"
			"  - {name: c, weight: 1}\n"
			"  - {name: d, weight: 0}\n");
	kit_ready(&kit);
	kit.request.unit = SPAN("u9744@b.example");
	kit_decide(&kit);
	ASSERT_SPAN(kit.decision->arm_name, "c");
	ck_assert_double_eq(kit.decision->bucket, 0.9999);
	ck_assert_double_eq_tol(kit.decision->range.from, 2 / 3.0, 1e-9);
	ck_assert_double_eq(kit.decision->range.to, 1);
	kit_end(&kit);
}
END_TEST

START_TEST(a_broken_version_in_the_history_keeps_nobody)
{
	static const char *const versions[] = { "", "x", "1x", "4294967297",
		"99999999999999999999" };
	struct exposure before = { .campaign = SPAN("spring"),
		.arm = SPAN("b") };

	kit_begin(
	    &kit, "id: spring\narms: [{name: a}, {name: b, weight: 0}]\n");
	kit_ready(&kit);
	before.version = span_str(versions[_i]);
	kit.history.exposures = &before;
	kit.history.exposure_count = 1;
	kit_decide(&kit);
	ASSERT_SPAN(kit.decision->arm_name, "a");
	before.version = SPAN("1");
	kit_decide(&kit);
	ASSERT_SPAN(kit.decision->arm_name, "b");
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("enrol");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, computes_what_anybody_can_compute_again, 0, ROWS);
	tcase_add_test(tests, an_arm_owns_its_range_up_to_the_end);
	tcase_add_loop_test(
	    tests, a_broken_version_in_the_history_keeps_nobody, 0, 5);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
