#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

static struct kit kit;
static unsigned hero;

static void
begin(const char *campaign)
{
	struct outline_uses *uses;

	kit_begin(&kit, campaign);
	kit_ready(&kit);
	kit_observe(&kit, "city", "Paris");
	kit_observe(&kit, "first_name", "Anna");
	kit_observe(&kit, "bought", "rake");
	kit_use(&kit, NULL, "profile.first_name", false);
	hero = kit_slot(&kit, "hero", "");
	uses = kit_option(&kit, hero, "city=Paris", "");
	kit_use(&kit, uses, "profile.city", false);
	kit_option(&kit, hero, "b", "");
	kit_option(&kit, hero, "c", "");
	outline_put_variant(
	    kit.outline, SPAN("subject"), SPAN("warm"), &kit.err);
}

/* The recorded decision, through the record's bytes and back. */
static const struct exposure *
recorded(void)
{
	struct buf bytes;

	kit_expose(&kit, kit.request.now);
	buf_init(&bytes, kit.arena, 1 << 16);
	ck_assert_int_eq(
	    history_encode(&kit.history, kit.arena, &bytes, &kit.err), 0);
	ck_assert_int_eq(
	    history_decode(buf_span(&bytes), kit.arena, &kit.history, &kit.err),
	    0);
	return &kit.history.exposures[kit.history.exposure_count - 1];
}

static void
replay(const struct exposure *entry)
{
	ck_assert_int_eq(decide_replay(&kit.request, entry, kit.arena,
			     &kit.decision, &kit.err),
	    1);
	ck_assert(kit.decision->replayed);
}

START_TEST(records_what_was_shown)
{
	const struct exposure *entry;

	begin(kit_campaign);
	kit_decide(&kit);
	entry = recorded();
	ASSERT_SPAN(entry->campaign, "spring");
	ASSERT_SPAN(entry->topic, "garden");
	ASSERT_SPAN(entry->arm, "personal");
	ASSERT_SPAN(entry->lane, "exploitation");
	ASSERT_SPAN(entry->version, "1");
	ck_assert_double_eq(entry->propensity, 1);
	ck_assert(entry->personal);
	ck_assert_uint_eq(entry->slot_count, 2);
	ASSERT_SPAN(entry->slots[0].option, "city=Paris");
	ASSERT_SPAN(entry->slots[0].block, "spring/hero/city=Paris");
	ck_assert(entry->slots[1].variant);
	ck_assert_uint_eq(entry->field_count, 2);
	kit_end(&kit);
}
END_TEST

/* Who can be compared with whom was said when the arm was dealt. */
START_TEST(replays_what_a_comparison_counts)
{
	const struct exposure *entry;
	unsigned full;

	begin(kit_campaign);
	full = kit_slot(&kit, "full", "");
	kit_use(&kit, kit_option(&kit, full, "x", ""), "profile.segment", true);
	kit_observe(&kit, "cluster", "young");
	kit_decide(&kit);
	entry = recorded();
	ck_assert_int_eq(entry->reason, REASON_DECIDED);
	ck_assert_int_eq(entry->eligible, ELIGIBLE_YES);
	ASSERT_SPAN(entry->cluster, "young");
	ck_assert_int_eq(entry->slots[0].fall, FALL_NONE);
	ck_assert_int_eq(entry->slots[1].fall, FALL_OPTION);
	ck_assert_double_eq(entry->slots[2].propensity, 0.5);
	kit_observe_at(&kit, "cluster", "senior", "crm", NOW - DAYS(1));
	kit_observe_at(&kit, "segment", "x", "crm", NOW - DAYS(1));
	replay(entry);
	ck_assert_int_eq(kit.decision->eligible, ELIGIBLE_YES);
	ASSERT_SPAN(kit.decision->cluster, "young");
	ck_assert_int_eq(kit.decision->slots[1].fall, FALL_OPTION);
	ck_assert_double_eq(kit.decision->variants[0].propensity, 0.5);
	kit_end(&kit);
}
END_TEST

START_TEST(replays_the_same_decision_after_the_world_has_changed)
{
	const struct exposure *entry;
	struct span shown;
	int variant;
	unsigned points;

	begin(kit_campaign);
	kit_decide(&kit);
	shown = kit_shown(&kit, hero);
	variant = kit.decision->variants[0].chosen;
	points = kit.decision->points;
	entry = recorded();
	/* Moved, forgotten by the shop, a new slot's worth of history. */
	kit_observe_at(&kit, "city", "Rome", "crm", NOW - DAYS(1));
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, hero), "b");
	kit_expose(&kit, NOW);
	kit_use(&kit, NULL, "profile.bought", false);
	replay(entry);
	ck_assert(span_eq(kit_shown(&kit, hero), shown));
	ck_assert_int_eq(kit.decision->variants[0].chosen, variant);
	ck_assert_uint_eq(kit.decision->points, points);
	ck_assert_int_eq(kit_absence(&kit, "first_name"), ABSENCE_NONE);
	ck_assert_int_eq(kit_absence(&kit, "city"), ABSENCE_NONE);
	ck_assert_int_eq(kit_absence(&kit, "bought"), ABSENCE_REPLAY);
	ck_assert_int_eq(kit_loss(&kit, hero, "b"), LOSS_REPLAY);
	kit_end(&kit);
}
END_TEST

START_TEST(replays_twice_what_it_replayed_once)
{
	const struct exposure *entry;
	struct exposure again = { .state = EXPOSURE_RESERVED };

	begin(kit_campaign);
	kit_decide(&kit);
	entry = recorded();
	replay(entry);
	ck_assert_int_eq(decision_record(kit.decision, entry->time, kit.arena,
			     &again, &kit.err),
	    0);
	ck_assert(span_eq(again.decision, entry->decision));
	ck_assert(span_eq(again.arm, entry->arm));
	ck_assert(span_eq(again.lane, entry->lane));
	ck_assert(again.personal == entry->personal);
	ck_assert_uint_eq(again.field_count, entry->field_count);
	for (size_t i = 0; i < entry->slot_count; i++) {
		ck_assert(span_eq(again.slots[i].block, entry->slots[i].block));
		ck_assert(
		    span_eq(again.slots[i].option, entry->slots[i].option));
	}
	kit_end(&kit);
}
END_TEST

START_TEST(replays_control_and_holdout_as_they_were)
{
	static const struct {
		const char *campaign, *arm;
		enum absence neutral;
	} rows[] = {
		{ "id: spring\narms: [{name: a, control: true}]\n", "a",
		    ABSENCE_CONTROL },
		{ "id: spring\nholdout: {share: 1}\n", "holdout",
		    ABSENCE_HOLDOUT },
	};
	const struct exposure *entry;

	begin(rows[_i].campaign);
	kit_decide(&kit);
	entry = recorded();
	ck_assert(!entry->personal);
	ck_assert_uint_eq(entry->field_count, 0);
	replay(entry);
	ASSERT_SPAN(kit.decision->arm_name, rows[_i].arm);
	ck_assert_int_eq(kit.decision->neutral, rows[_i].neutral);
	ASSERT_SPAN(kit_shown(&kit, hero), "");
	kit_end(&kit);
}
END_TEST

START_TEST(lets_an_objection_win_over_the_record)
{
	const struct exposure *entry;

	begin(kit_campaign);
	kit_decide(&kit);
	entry = recorded();
	kit.profile.object_profiling = true;
	replay(entry);
	ck_assert_int_eq(kit_absence(&kit, "first_name"), ABSENCE_OBJECTION);
	ASSERT_SPAN(kit_shown(&kit, hero), "");
	kit.profile.object_marketing = true;
	ck_assert_int_eq(decide_replay(&kit.request, entry, kit.arena,
			     &kit.decision, &kit.err),
	    0);
	kit_end(&kit);
}
END_TEST

START_TEST(shows_the_else_where_the_recorded_option_is_gone)
{
	struct exposure_slot slot = { .slot = SPAN("hero"),
		.option = SPAN("gone"),
		.block = SPAN("spring/hero/gone") };
	struct exposure entry = { .time = NOW,
		.campaign = SPAN("spring"),
		.arm = SPAN("personal"),
		.propensity = 1,
		.slots = &slot,
		.slot_count = 1,
		.decision = SPAN("nonsense points=99999999999"),
		.tag = { 1 } };

	begin(kit_campaign);
	replay(&entry);
	ASSERT_SPAN(kit_shown(&kit, hero), "");
	ck_assert_int_eq(kit.decision->variants[0].chosen, -1);
	kit_end(&kit);
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	const struct exposure *entry;
	int done = -1;

	begin(kit_campaign);
	kit_decide(&kit);
	entry = recorded();
	for (size_t limit = 1; done != 1; limit++) {
		struct arena *arena = arena_new(limit);
		struct exposure again = { .state = EXPOSURE_RESERVED };

		if (arena == NULL)
			continue;
		err_clear(&kit.err);
		done = decide_replay(
		    &kit.request, entry, arena, &kit.decision, &kit.err);
		if (done == 1 && decision_record(kit.decision, NOW, arena,
				     &again, &kit.err) < 0)
			done = -1;
		if (done < 0)
			ck_assert_int_eq(kit.err.code, ERR_MEMORY);
		arena_free(&arena);
	}
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("replay");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, records_what_was_shown);
	tcase_add_test(tests, replays_what_a_comparison_counts);
	tcase_add_test(
	    tests, replays_the_same_decision_after_the_world_has_changed);
	tcase_add_test(tests, replays_twice_what_it_replayed_once);
	tcase_add_loop_test(
	    tests, replays_control_and_holdout_as_they_were, 0, 2);
	tcase_add_test(tests, lets_an_objection_win_over_the_record);
	tcase_add_test(tests, shows_the_else_where_the_recorded_option_is_gone);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
