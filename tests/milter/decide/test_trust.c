#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/trust.h"

#define OBSERVED_MAX 20

static const char weights[] =
    "fields:\n"
    "  f: {class: public, max_age: 1000d, placeholders: [test],"
    " min_trust: 0.3}\n"
    "  g: {class: public}\n"
    "sources:\n"
    "  fading: {weight: 80, decay: linear, period: 100d, rank: 4}\n"
    "  halving: {weight: 80, decay: half_life, period: 100d, rank: 5}\n"
    "  strong: {weight: 80, rank: 2}\n"
    "  strong2: {weight: 80, rank: 3}\n"
    "  weak: {weight: 40, rank: 1}\n"
    "unknown_source: {weight: 0}\n"
    "min_trust: 0.7\n";

static struct arena *arena;
static struct schema *schema;
static struct observation seen[OBSERVED_MAX];
static struct profile profile;
static struct trusted trusted;

static void
set_up(void)
{
	struct err err = ERR_INIT;

	arena = arena_new(1 << 20);
	ck_assert_msg(schema_parse(span_str(weights), "schema", arena, &schema,
			  &err) == 0,
	    "%s", err.text);
	profile = (struct profile){ .observations = seen };
}

static void
tear_down(void)
{
	arena_free(&arena);
}

static struct observation *
says(const char *source, const char *value, int64_t age_days)
{
	struct observation *one = &seen[profile.observation_count++];

	*one =
	    (struct observation){ SPAN("f"), OBSERVED_STRING, span_str(value),
		    span_str(source), NOW - DAYS(age_days), false };
	return one;
}

static void
weigh_at(int64_t now)
{
	const struct trust_question question = { .schema = schema,
		.profile = &profile,
		.field = schema_field(schema, SPAN("f")),
		.name = SPAN("f"),
		.now = now };
	struct err err = ERR_INIT;

	ck_assert_int_eq(trust_field(&question, arena, &trusted, &err), 0);
}

static void
weigh(void)
{
	weigh_at(NOW);
}

START_TEST(lets_worth_fade_as_the_source_says)
{
	static const struct {
		const char *source;
		int64_t age;
		double worth;
	} rows[] = {
		{ "strong", 1000, 0.8 },
		{ "fading", 0, 0.8 },
		{ "fading", 25, 0.6 },
		{ "fading", 100, 0 },
		{ "fading", 1000, 0 },
		{ "fading", -50, 0.8 }, /* from the future: as new */
		{ "halving", 100, 0.4 },
		{ "halving", 200, 0.2 },
		{ "stranger", 0, 0 },
	};

	says(rows[_i].source, "v", rows[_i].age);
	weigh();
	ck_assert_double_eq_tol(trusted.trust, rows[_i].worth, 1e-12);
}
END_TEST

START_TEST(survives_the_ends_of_time)
{
	says("halving", "v", 0)->observed_at = INT64_MAX;
	weigh_at(INT64_MIN);
	ck_assert_double_eq(trusted.trust, 0.8);
	seen[0].observed_at = INT64_MIN;
	weigh_at(INT64_MIN + 1);
	ck_assert_double_eq_tol(trusted.trust, 0.8, 1e-6);
}
END_TEST

static void
expect_survivor(const struct observation *expected)
{
	weigh();
	ck_assert_ptr_eq(trusted.value, expected);
}

START_TEST(lets_the_weightiest_survive_then_the_newest_then_the_rank)
{
	struct observation *weak = says("weak", "x", 1);
	struct observation *older = says("strong", "y", 9);
	struct observation *newer = says("strong2", "z", 5);

	expect_survivor(newer);
	older->observed_at = newer->observed_at;
	expect_survivor(older);
	older->retracted = newer->retracted = true;
	expect_survivor(weak);
	weak->value = SPAN("test");
	expect_survivor(NULL);
	profile.observation_count = 0;
	expect_survivor(NULL);
}
END_TEST

START_TEST(strengthens_sources_that_agree_and_counts_each_once)
{
	struct observation *other;

	says("strong", "Zo\xc3\x8b", 1);
	other = says("weak", " zo\xc3\xab ", 1);
	weigh();
	ck_assert_double_eq_tol(trusted.trust, 1 - 0.2 * 0.6, 1e-12);
	ck_assert(!trusted.conflict);
	says("weak", " zo\xc3\xab ", 1);
	weigh();
	ck_assert_double_eq_tol(trusted.trust, 1 - 0.2 * 0.6, 1e-12);
	/* A source that says something else first still agrees once. */
	other->value = SPAN("other");
	weigh();
	ck_assert_double_eq_tol(trusted.trust, 1 - 0.2 * 0.6, 1e-12);
	ck_assert(trusted.conflict);
}
END_TEST

START_TEST(sees_no_conflict_with_what_is_worth_nothing)
{
	struct observation *other;

	says("strong", "x", 1);
	other = says("fading", "y", 100);
	weigh();
	ck_assert(!trusted.conflict);
	other->source = SPAN("weak");
	other->retracted = true;
	weigh();
	ck_assert(!trusted.conflict);
}
END_TEST

START_TEST(weighs_more_sources_than_fit_on_the_stack)
{
	char names[OBSERVED_MAX][8];

	schema->unknown = (struct quality){ 10, DECAY_NONE, 1 };
	for (int i = 0; i < OBSERVED_MAX; i++) {
		snprintf(names[i], sizeof names[i], "s%d", i);
		says(names[i], "v", 1);
	}
	weigh();
	ck_assert_double_eq_tol(
	    trusted.trust, 1 - 0.12157665459056935, 1e-9); /* 0.9^20 */
}
END_TEST

START_TEST(says_what_a_field_lacks_the_least_of_all_first)
{
	static const struct {
		const char *source, *value;
		int64_t age;
		enum shortfall shortfall;
	} rows[] = {
		{ "strong", "", 1, SHORTFALL_VALUE },
		{ "strong", "test", 1, SHORTFALL_INVALID },
		{ "strong", "v", 1001, SHORTFALL_STALE },
		{ "strong", "test", 1001, SHORTFALL_STALE },
		{ "halving", "v", 999, SHORTFALL_TRUST },
		{ "strong", "v", 1000, SHORTFALL_NONE },
	};

	/* Each one is better than those before it. */
	for (int i = 0; i <= _i; i++)
		says(rows[i].source, rows[i].value, rows[i].age);
	weigh();
	ck_assert_int_eq(trusted.shortfall, rows[_i].shortfall);
}
END_TEST

START_TEST(forgives_rounding_at_the_threshold)
{
	ck_assert(trust_reaches(0.3 - 1e-12, 0.3));
	ck_assert(!trust_reaches(0.3, 0.31));
}
END_TEST

START_TEST(asks_the_field_then_the_campaign_then_the_schema)
{
	const struct campaign says_so = { .min_trust = 0.5 };
	const struct campaign silent = { .min_trust = -1 };
	const struct field *own = schema_field(schema, SPAN("f"));
	const struct field *other = schema_field(schema, SPAN("g"));

	ck_assert_double_eq(trust_threshold(schema, &says_so, own), 0.3);
	ck_assert_double_eq(trust_threshold(schema, &says_so, other), 0.5);
	ck_assert_double_eq(trust_threshold(schema, &silent, other), 0.7);
	ck_assert_double_eq(trust_threshold(schema, NULL, NULL), 0.7);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("trust");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, lets_worth_fade_as_the_source_says, 0, 9);
	tcase_add_test(tests, survives_the_ends_of_time);
	tcase_add_test(
	    tests, lets_the_weightiest_survive_then_the_newest_then_the_rank);
	tcase_add_test(
	    tests, strengthens_sources_that_agree_and_counts_each_once);
	tcase_add_test(tests, sees_no_conflict_with_what_is_worth_nothing);
	tcase_add_test(tests, weighs_more_sources_than_fit_on_the_stack);
	tcase_add_loop_test(
	    tests, says_what_a_field_lacks_the_least_of_all_first, 0, 6);
	tcase_add_test(tests, forgives_rounding_at_the_threshold);
	tcase_add_test(tests, asks_the_field_then_the_campaign_then_the_schema);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
