/*
 * Properties of the decision over a few thousand random worlds; the seed of
 * a failing one is in the message.
 */
#include "tests/milter/decide/kit_decide.h"

#include "milter/decide/why.h"
#include "tests/suite.h"

#define WORLDS 3000

static const char *const field_names[] = { "city", "segment", "first_name",
	"title", "bought", "health", "cluster", "shoe_size" };
#define FIELD_NAMES (sizeof field_names / sizeof *field_names)

static struct kit kit;
static uint64_t state;

static unsigned
chance(unsigned below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % below;
}

/* A campaign, a person, a history and an outline, all from the seed. */
static void
world(uint64_t seed)
{
	static const char *const arms[] = {
		"[{name: a}, {name: b, control: true}]",
		"[{name: a, intensity: segment}, {name: b}]", "[{name: a}]"
	};
	static const char *const extras[] = { "", "holdout: {share: 0.2}\n",
		"lanes: {exploration: 0.3, exploitation: 0.5}\n",
		"purpose: personalisation\n", "min_trust: 0.8\n" };
	static const char *const budgets[] = { "", "", "",
		"intrusion: {points: 5, max_identifying: 2}\n",
		"intrusion: {points: 2}\n",
		"intrusion: {max_identifying: 1}\n" };
	static const char *const sources[] = { "crm", "form", "coreg", "x" };
	char campaign[512];

	state = seed * 2654435761u + 12345;
	snprintf(campaign, sizeof campaign,
	    "id: spring\ntopic: garden\narms: %s\n%s%s", arms[chance(3)],
	    extras[chance(5)], budgets[chance(6)]);
	kit_begin(&kit, campaign);
	kit_ready(&kit);
	for (unsigned i = chance(12); i > 0; i--)
		kit_observe_at(&kit, field_names[chance(FIELD_NAMES)],
		    chance(4) ? "value" : "test", sources[chance(4)],
		    NOW - DAYS(chance(500)));
	kit.profile.object_profiling = chance(10) == 0;
	if (chance(8) == 0)
		kit.request.profile = NULL;
	for (unsigned i = chance(4) + 1; i > 0; i--) {
		char name[32], path[64];
		unsigned slot, options = chance(5);

		snprintf(name, sizeof name, "slot%u", i);
		arena_alloc(kit.arena, 1);
		slot = kit_slot(&kit,
		    memcpy(
			arena_alloc(kit.arena, sizeof name), name, sizeof name),
		    "");
		for (unsigned j = 0; j < options; j++) {
			struct outline_uses *uses;

			snprintf(name, sizeof name, "option%u", j);
			uses = kit_option(&kit, slot,
			    memcpy(arena_alloc(kit.arena, sizeof name), name,
				sizeof name),
			    "");
			snprintf(path, sizeof path, "profile.%s",
			    field_names[chance(FIELD_NAMES)]);
			kit_use(&kit, uses,
			    memcpy(arena_alloc(kit.arena, sizeof path), path,
				sizeof path),
			    chance(2));
		}
	}
	kit_use(&kit, NULL, "profile.first_name", chance(2));
	kit_use(&kit, NULL, "profile.city", chance(2));
}

static bool
visible(const struct decision *decision, struct span name)
{
	const struct decided_field *field = decision_field(decision, name);

	return field != NULL && field->absence == ABSENCE_NONE;
}

static const struct decision *
decided(uint64_t seed)
{
	ck_assert_msg(
	    decide(&kit.request, kit.arena, &kit.decision, &kit.err) >= 0,
	    "world %llu: %s", (unsigned long long)seed, kit.err.text);
	return kit.decision;
}

static bool
same(const struct decision *a, const struct decision *b)
{
	if (a->arm != b->arm || a->neutral != b->neutral ||
	    a->intensity != b->intensity || a->points != b->points)
		return false;
	for (unsigned i = 0; i < a->field_count; i++)
		if (a->fields[i].absence != b->fields[i].absence ||
		    a->fields[i].shown != b->fields[i].shown)
			return false;
	for (unsigned i = 0; i < a->slot_count; i++)
		if (a->slots[i].chosen != b->slots[i].chosen)
			return false;
	return true;
}

START_TEST(decides_the_same_on_the_same_input)
{
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		world(seed);
		ck_assert_msg(same(decided(seed), decided(seed)), "world %llu",
		    (unsigned long long)seed);
		kit_end(&kit);
	}
}
END_TEST

START_TEST(never_makes_a_field_visible_by_forgetting_another)
{
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		const struct decision *before, *after;
		struct span gone;

		world(seed);
		before = decided(seed);
		gone = span_str(field_names[seed % FIELD_NAMES]);
		profile_forget(&kit.profile, gone);
		/* Budget freed by what is gone may show another field, and a
		 * slot may show another option; without a budget nothing may
		 * appear. */
		after = decided(seed);
		ck_assert(!visible(after, gone));
		for (unsigned i = 0; i < after->field_count; i++)
			ck_assert_msg(
			    after->fields[i].absence != ABSENCE_NONE ||
				before->fields[i].absence == ABSENCE_NONE ||
				before->fields[i].absence == ABSENCE_BUDGET,
			    "world %llu, field %.*s", (unsigned long long)seed,
			    SPAN_ARG(after->fields[i].name));
		kit_end(&kit);
	}
}
END_TEST

START_TEST(shows_no_absent_field_and_no_option_that_needs_one)
{
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		const struct decision *decision;

		world(seed);
		decision = decided(seed);
		for (unsigned i = 0; i < decision->field_count; i++) {
			const struct decided_field *field =
			    &decision->fields[i];

			ck_assert(
			    !field->shown || field->absence == ABSENCE_NONE);
			ck_assert(field->absence != ABSENCE_NONE ||
				  (field->value != NULL &&
				      field->trust >= field->threshold - 1e-9));
		}
		for (unsigned i = 0; i < decision->slot_count; i++) {
			const struct decided_slot *slot = &decision->slots[i];
			const struct outline_uses *uses;

			if (slot->chosen < 0)
				continue;
			uses = &slot->slot->options[slot->chosen].uses;
			for (unsigned j = 0; j < uses->count; j++)
				ck_assert(
				    !uses->at[j].needed ||
				    visible(decision,
					decision->fields[uses->at[j].field]
					    .name));
		}
		kit_end(&kit);
	}
}
END_TEST

START_TEST(keeps_neutral_copies_free_of_every_field)
{
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		const struct decision *decision;

		world(seed);
		decision = decided(seed);
		for (unsigned i = 0; decision->neutral != ABSENCE_NONE &&
				     i < decision->field_count;
		     i++)
			ck_assert(decision->fields[i].absence != ABSENCE_NONE);
		if (decision->campaign->has_budget) {
			ck_assert_uint_le(decision->points,
			    decision->campaign->budget_points);
			ck_assert_uint_le(decision->identifying,
			    decision->campaign->budget_identifying);
		}
		kit_end(&kit);
	}
}
END_TEST

START_TEST(gives_every_loser_a_reason_and_only_losers)
{
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		const struct decision *decision;

		world(seed);
		decision = decided(seed);
		for (unsigned i = 0; i < decision->slot_count; i++)
			for (unsigned j = 0; j < decision->slots[i].slot->count;
			     j++)
				ck_assert(
				    (decision->slots[i].chosen == (int)j) ==
				    (decision->slots[i].options[j].loss ==
					LOSS_NONE));
		kit_end(&kit);
	}
}
END_TEST

/* What --why says of an option that could be shown, and of a slot. */
static void
expect_no_contradiction(const struct decision *decision, uint64_t seed)
{
	const struct why_line *lines;
	bool slot_shows = false;
	size_t count;

	ck_assert_int_eq(
	    why_lines(decision, kit.arena, &lines, &count, &kit.err), 0);
	for (size_t i = 0; i < count; i++) {
		struct span text = lines[i].text;

		ck_assert(span_search(text, SPAN("4294967295")) == text.len);
		if (lines[i].kind == WHY_SLOT)
			slot_shows = lines[i].yes;
		ck_assert_msg(
		    slot_shows || lines[i].kind != WHY_OPTION ||
			span_search(text, SPAN("could be shown")) == text.len,
		    "world %llu: %.*s", (unsigned long long)seed,
		    SPAN_ARG(text));
	}
}

START_TEST(a_neutral_slot_lists_no_option_that_could_be_shown)
{
	unsigned second_choices = 0;

	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		const struct decision *decision;
		struct exposure entry = { .state = EXPOSURE_RESERVED };

		world(seed);
		decision = decided(seed);
		expect_no_contradiction(decision, seed);
		for (unsigned i = 0; i < decision->slot_count; i++)
			for (unsigned j = 0; decision->slots[i].chosen >= 0 &&
					     j < decision->slots[i].slot->count;
			     j++)
				second_choices +=
				    decision->slots[i].options[j].loss ==
				    LOSS_BUDGET;
		/* A retry, when more is known than at the first attempt. */
		ck_assert_int_eq(
		    decision_record(decision, NOW, kit.arena, &entry, &kit.err),
		    0);
		kit_observe(&kit, "city", "Paris");
		kit_observe(&kit, "segment", "b");
		ck_assert_int_ge(decide_replay(&kit.request, &entry, kit.arena,
				     &kit.decision, &kit.err),
		    0);
		expect_no_contradiction(kit.decision, seed);
		kit_end(&kit);
	}
	ck_assert_uint_gt(second_choices, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("properties of the decision");
	TCase *tests = tcase_create("all");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, decides_the_same_on_the_same_input);
	tcase_add_test(
	    tests, never_makes_a_field_visible_by_forgetting_another);
	tcase_add_test(
	    tests, shows_no_absent_field_and_no_option_that_needs_one);
	tcase_add_test(tests, keeps_neutral_copies_free_of_every_field);
	tcase_add_test(tests, gives_every_loser_a_reason_and_only_losers);
	tcase_add_test(
	    tests, a_neutral_slot_lists_no_option_that_could_be_shown);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
