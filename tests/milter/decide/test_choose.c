/*
 * Which option of a slot shows, through decide() itself.
 */
#include "tests/milter/decide/kit_decide.h"

#define BLOCK(priority) "---\npriority: " priority "\ncap: none\n---\nx\n"

static struct kit kit;
static unsigned slot;

/* One slot of a, b and c with these priorities. */
static void
begin(const char *a, const char *b, const char *c)
{
	const char *const priorities[] = { a, b, c };
	static const char *const names[] = { "a", "b", "c" };
	char key[16], text[64];

	kit_begin(&kit, kit_campaign);
	for (int i = 0; i < 3; i++) {
		snprintf(key, sizeof key, "block/%s", names[i]);
		snprintf(text, sizeof text, BLOCK("%s"), priorities[i]);
		kit_add(&kit, span_str(key), text);
	}
	kit_ready(&kit);
	slot = kit_slot(&kit, "hero", "");
	for (int i = 0; i < 3; i++)
		kit_option(&kit, slot, names[i], names[i]);
}

/* The person saw a block that many seconds ago. */
static void
saw(const char *block, int64_t ago)
{
	static unsigned char number;
	struct exposure_slot *shown =
	    ARENA_NEW(kit.arena, struct exposure_slot);
	struct exposure entry = { .time = NOW - ago,
		.state = EXPOSURE_DELIVERED,
		.tag = { ++number },
		.slots = shown,
		.slot_count = 1 };

	shown->slot = SPAN("hero");
	shown->block = span_str(block);
	ck_assert_int_eq(
	    history_append(&kit.history, &entry, kit.arena, &kit.err), 1);
}

START_TEST(prefers_unseen_then_priority_then_least_recent_then_order)
{
	static const struct {
		const char *priorities[3];
		int64_t seen[3]; /* seconds ago; 0: not seen */
		const char *shown;
	} rows[] = {
		{ { "9", "1", "2" }, { 5, 0, 0 }, "c" },
		{ { "9", "9", "8" }, { 5, 6, 99 }, "b" },
		{ { "1", "2", "2" }, { 5, 6, 7 }, "c" },
		{ { "1", "1", "1" }, { 0, 0, 0 }, "a" },
		{ { "1", "1", "1" }, { 5, 5, 5 }, "a" },
		{ { "1", "2", "3" }, { 9, 9, 0 }, "c" },
	};

	begin(rows[_i].priorities[0], rows[_i].priorities[1],
	    rows[_i].priorities[2]);
	for (int i = 0; i < 3; i++)
		if (rows[_i].seen[i] != 0)
			saw((const char *[]){ "a", "b", "c" }[i],
			    rows[_i].seen[i]);
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), rows[_i].shown);
	kit_end(&kit);
}
END_TEST

/* ---- over budget ---- */

#define BUDGET "id: spring\ntopic: garden\nintrusion: {points: 3}\n"

/* Options of one slot, the best first, and what they use. */
static void
begin_budget(const char *campaign)
{
	kit_begin(&kit, campaign);
	kit_ready(&kit);
	kit_observe(&kit, "bought", "rose");
	kit_observe(&kit, "first_name", "Anna");
	kit_observe(&kit, "city", "Paris");
}

static void
option_using(unsigned of, const char *name, const char *field)
{
	struct outline_uses *uses = kit_option(&kit, of, name, "");

	if (field != NULL)
		kit_use(&kit, uses, field, true);
}

START_TEST(shows_the_next_option_that_fits)
{
	static const struct {
		const char *second, *third, *shown;
	} rows[] = {
		{ "profile.city", NULL, "b" },
		{ "profile.bought", "profile.first_name", "c" },
		{ "profile.bought", "profile.bought", "" },
		{ NULL, NULL, "b" },
	};

	begin_budget(BUDGET);
	slot = kit_slot(&kit, "hero", "");
	option_using(slot, "a", "profile.bought");
	option_using(slot, "b", rows[_i].second);
	option_using(slot, "c", rows[_i].third);
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), rows[_i].shown);
	ck_assert_int_eq(kit_loss(&kit, slot, "a"), LOSS_BUDGET);
	ck_assert_uint_le(kit.decision->points, 3);
	kit_end(&kit);
}
END_TEST

START_TEST(the_next_option_counts_beside_what_others_show)
{
	unsigned foot;

	begin_budget(BUDGET);
	slot = kit_slot(&kit, "hero", "");
	option_using(slot, "a", "profile.bought");
	option_using(slot, "b", "profile.first_name");
	foot = kit_slot(&kit, "foot", "");
	option_using(foot, "x", "profile.first_name");
	kit_use(&kit, NULL, "profile.city", true);
	kit_decide(&kit);
	/* One name counts once. */
	ASSERT_SPAN(kit_shown(&kit, slot), "b");
	ck_assert_uint_eq(kit.decision->points, 3);
	kit_end(&kit);
}
END_TEST

START_TEST(no_two_slots_come_to_show_the_same)
{
	unsigned foot;

	kit_begin(&kit, BUDGET);
	kit_add(&kit, SPAN("block/b"), "---\n---\nx\n");
	kit_ready(&kit);
	kit_observe(&kit, "bought", "rose");
	slot = kit_slot(&kit, "hero", "");
	option_using(slot, "a", "profile.bought");
	kit_option(&kit, slot, "b", "b");
	foot = kit_slot(&kit, "foot", "");
	kit_option(&kit, foot, "b", "b");
	kit_option(&kit, foot, "c", "");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), "b");
	ASSERT_SPAN(kit_shown(&kit, foot), "c");
	ck_assert_int_eq(kit_loss(&kit, foot, "b"), LOSS_TAKEN);
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("choose");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests,
	    prefers_unseen_then_priority_then_least_recent_then_order, 0, 6);
	tcase_add_loop_test(tests, shows_the_next_option_that_fits, 0, 4);
	tcase_add_test(tests, the_next_option_counts_beside_what_others_show);
	tcase_add_test(tests, no_two_slots_come_to_show_the_same);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
