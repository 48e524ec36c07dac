#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/trust.h"

static const struct quality strong = { 80, DECAY_NONE, 1 };
static const struct quality weak = { 40, DECAY_NONE, 1 };
static const struct quality fading = { 80, DECAY_LINEAR, 100 };
static const struct quality halving = { 80, DECAY_HALF_LIFE, 100 };

static struct testimony
says(const char *source, const char *value, const struct quality *quality,
    int64_t age_days, unsigned rank)
{
	return (struct testimony){ span_str(source), span_str(value),
		NOW - DAYS(age_days), true, quality, rank };
}

START_TEST(lets_worth_fade_as_the_source_says)
{
	static const struct {
		const struct quality *quality;
		int64_t age;
		double worth;
	} rows[] = {
		{ &strong, 1000000, 0.8 },
		{ &fading, 0, 0.8 },
		{ &fading, 25, 0.6 },
		{ &fading, 100, 0 },
		{ &fading, 1000, 0 },
		{ &fading, -50, 0.8 }, /* from the future: as new */
		{ &halving, 100, 0.4 },
		{ &halving, 200, 0.2 },
		{ NULL, 0, 0 },
	};
	struct testimony one =
	    says("s", "v", rows[_i].quality, rows[_i].age, 1);

	ck_assert_double_eq_tol(trust_worth(&one, NOW), rows[_i].worth, 1e-12);
}
END_TEST

START_TEST(survives_the_ends_of_time)
{
	struct testimony one = says("s", "v", &halving, 0, 1);

	one.at = INT64_MIN;
	ck_assert_double_eq_tol(trust_worth(&one, INT64_MAX), 0, 1e-12);
	one.at = INT64_MAX;
	ck_assert_double_eq(trust_worth(&one, INT64_MIN), 0.8);
}
END_TEST

START_TEST(lets_the_weightiest_survive_then_the_newest_then_the_rank)
{
	struct testimony said[3];

	said[0] = says("a", "x", &weak, 1, 1);
	said[1] = says("b", "y", &strong, 9, 3);
	said[2] = says("c", "z", &strong, 5, 2);
	ck_assert_int_eq(trust_survivor(said, 3, NOW).survivor, 2);
	said[1].at = said[2].at;
	ck_assert_int_eq(trust_survivor(said, 3, NOW).survivor, 2);
	said[1].rank = 1;
	ck_assert_int_eq(trust_survivor(said, 3, NOW).survivor, 1);
	said[1].valid = said[2].valid = false;
	ck_assert_int_eq(trust_survivor(said, 3, NOW).survivor, 0);
	said[0].valid = false;
	ck_assert_int_eq(trust_survivor(said, 3, NOW).survivor, -1);
	ck_assert_int_eq(trust_survivor(said, 0, NOW).survivor, -1);
}
END_TEST

START_TEST(strengthens_sources_that_agree_and_counts_each_once)
{
	struct testimony said[4];
	struct trust trust;

	said[0] = says("a", "Zo\xc3\x8b", &strong, 1, 1);
	said[1] = says("b", " zo\xc3\xab ", &weak, 1, 2);
	trust = trust_survivor(said, 2, NOW);
	ck_assert_double_eq_tol(trust.confidence, 1 - 0.2 * 0.6, 1e-12);
	ck_assert(!trust.conflict);
	said[2] = said[1];
	ck_assert_double_eq_tol(
	    trust_survivor(said, 3, NOW).confidence, 1 - 0.2 * 0.6, 1e-12);
	/* A source that says something else first still agrees once. */
	said[1].value = SPAN("other");
	trust = trust_survivor(said, 3, NOW);
	ck_assert_double_eq_tol(trust.confidence, 1 - 0.2 * 0.6, 1e-12);
	ck_assert(trust.conflict);
}
END_TEST

START_TEST(sees_no_conflict_with_what_is_worth_nothing)
{
	struct testimony said[2];

	said[0] = says("a", "x", &strong, 1, 1);
	said[1] = says("b", "y", &fading, 100, 2);
	ck_assert(!trust_survivor(said, 2, NOW).conflict);
	said[1] = says("b", "y", &strong, 1, 2);
	said[1].valid = false;
	ck_assert(!trust_survivor(said, 2, NOW).conflict);
}
END_TEST

START_TEST(forgives_rounding_at_the_threshold)
{
	struct trust trust = { 0, 0.3 - 1e-12, false };

	ck_assert(trust_usable(&trust, 0.3));
	ck_assert(!trust_usable(&trust, 0.31));
	trust.survivor = -1;
	ck_assert(!trust_usable(&trust, 0));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("trust");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, lets_worth_fade_as_the_source_says, 0, 9);
	tcase_add_test(tests, survives_the_ends_of_time);
	tcase_add_test(
	    tests, lets_the_weightiest_survive_then_the_newest_then_the_rank);
	tcase_add_test(
	    tests, strengthens_sources_that_agree_and_counts_each_once);
	tcase_add_test(tests, sees_no_conflict_with_what_is_worth_nothing);
	tcase_add_test(tests, forgives_rounding_at_the_threshold);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
