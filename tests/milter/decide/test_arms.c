/*
 * Arms carry content: variants named after them, blocks that they pin; and
 * the variants that have a hash of their own.
 */
#include "tests/milter/decide/kit_decide.h"

#include "milter/decide/why.h"
#include "tests/suite.h"

#define PEOPLE 10000

static struct kit kit;

static void
ready(const char *campaign)
{
	kit_begin(&kit, campaign);
	kit_ready(&kit);
}

static void
variant(const char *name, const char *when)
{
	ck_assert_int_eq(outline_put_variant(kit.outline, span_str(name),
			     span_str(when), &kit.err),
	    0);
}

/* Decides for one of the many people, in memory that is used again. */
static void
decide_for(unsigned number, struct arena *arena)
{
	static char unit[32];

	snprintf(unit, sizeof unit, "u%u@x.example", number);
	kit.request.unit = span_str(unit);
	arena_reset(arena);
	ck_assert_int_eq(
	    decide(&kit.request, arena, &kit.decision, &kit.err), 1);
}

static struct span
chosen(unsigned at)
{
	const struct decided_variant *of = &kit.decision->variants[at];

	return of->chosen < 0 ? SPAN("else") : of->variant->arms[of->chosen];
}

START_TEST(the_arm_chooses_what_is_named_after_it)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	unsigned counts[4] = { 0 };

	ready("id: spring\nholdout: {share: 0.1}\n"
	      "arms: [{name: warm, weight: 4}, {name: sober, weight: 4},"
	      " {name: control, control: true}, {name: other}]\n");
	variant("subject", "sober");
	variant("subject", "warm");
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct span arm;

		decide_for(i, arena);
		arm = kit.decision->arm_name;
		if (span_eq(arm, SPAN("warm")) || span_eq(arm, SPAN("sober"))) {
			ck_assert(span_eq(chosen(0), arm));
			ck_assert_double_eq(
			    kit.decision->variants[0].propensity,
			    kit.decision->propensity);
		} else {
			ASSERT_SPAN(chosen(0), "else");
		}
		counts[kit.decision->arm < 0 ? 3 : kit.decision->arm]++;
	}
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_gt(counts[i], PEOPLE / 20);
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

/* One name that is no arm, and the hash chooses as it always did. */
START_TEST(a_variant_with_another_name_has_its_own_hash)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	unsigned other = 0;

	ready("id: spring\narms: [{name: warm}, {name: sober}]\n");
	variant("subject", "warm");
	variant("subject", "cold");
	for (unsigned i = 0; i < 300; i++) {
		decide_for(i, arena);
		other += !span_eq(chosen(0), kit.decision->arm_name);
	}
	ck_assert_uint_gt(other, 100);
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

/* How many of the people see each name, and how often two versions agree. */
static unsigned
count_named(const char *name, struct arena *arena)
{
	unsigned count = 0;

	for (unsigned i = 0; i < PEOPLE; i++) {
		decide_for(i, arena);
		if (!span_eq(chosen(0), span_str(name)))
			continue;
		count++;
		ck_assert_double_gt(kit.decision->variants[0].propensity, 0);
	}
	return count;
}

START_TEST(the_campaign_gives_weights)
{
	struct arena *arena = arena_new((size_t)1 << 20);

	ready("id: spring\n"
	      "variants: {subject: {long: 1, short: 3}}\n");
	variant("subject", "short");
	variant("subject", "long");
	variant("subject", "unlisted");
	ck_assert_int_eq(count_named("else", arena), 0);
	ck_assert_int_eq(count_named("unlisted", arena), 0);
	ck_assert_int_lt(abs((int)count_named("short", arena) - 7500), 200);
	ck_assert_double_eq(kit.decision->variants[0].propensity,
	    span_eq(chosen(0), SPAN("short")) ? 0.75 : 0.25);
	arena_free(&arena);
	kit_end(&kit);
	arena = arena_new((size_t)1 << 20);
	ready("id: spring\nvariants: {subject: {long: 1, else: 1}}\n");
	variant("subject", "long");
	ck_assert_int_lt(abs((int)count_named("else", arena) - 5000), 200);
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

START_TEST(another_version_deals_anew)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	static bool first[PEOPLE];
	unsigned same = 0;

	ready("id: spring\nvariants: {subject: {a: 1, b: 1}}\n");
	variant("subject", "a");
	variant("subject", "b");
	for (unsigned i = 0; i < PEOPLE; i++) {
		decide_for(i, arena);
		first[i] = span_eq(chosen(0), SPAN("a"));
	}
	kit_end(&kit);
	ready("id: spring\nvariants: {subject: {a: 1, b: 1, version: 2}}\n");
	variant("subject", "a");
	variant("subject", "b");
	for (unsigned i = 0; i < PEOPLE; i++) {
		decide_for(i, arena);
		same += first[i] == span_eq(chosen(0), SPAN("a"));
	}
	ck_assert_int_lt(abs((int)same - PEOPLE / 2), 200);
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

#define PINNING \
	"id: spring\narms:\n" \
	"  - {name: x, slots: {hero: second}}\n" \
	"  - {name: y}\n" \
	"  - {name: z, slots: {hero: none}}\n" \
	"  - {name: control, control: true}\n"

static const char *
why_slot(void)
{
	const struct why_line *lines;
	static char text[200];
	size_t count;

	ck_assert_int_eq(
	    why_lines(kit.decision, kit.arena, &lines, &count, &kit.err), 0);
	for (size_t i = 0; i < count; i++)
		if (lines[i].kind == WHY_SLOT) {
			snprintf(
			    text, sizeof text, "%.*s", SPAN_ARG(lines[i].text));
			return text;
		}
	return "";
}

START_TEST(an_arm_pins_what_a_slot_shows)
{
	unsigned hero;

	ready(PINNING);
	hero = kit_slot(&kit, "hero", "");
	kit_option(&kit, hero, "first", "");
	kit_use(
	    &kit, kit_option(&kit, hero, "second", ""), "profile.city", true);
	kit_observe(&kit, "city", "Paris");
	kit.request.arm = SPAN("x");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, hero), "second");
	ck_assert_int_eq(kit_loss(&kit, hero, "first"), LOSS_PINNED);
	/* Shown once, and never again: it falls to the else, not to another. */
	kit_expose(&kit, NOW - DAYS(1));
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, hero), "");
	ck_assert_int_eq(kit_loss(&kit, hero, "second"), LOSS_CAP);
	ck_assert_int_eq(kit.decision->slots[hero].fall, FALL_SEEN);
	ck_assert_str_eq(why_slot(), "shows the neutral text: arm x pins "
				     "second, which may not show");
	kit.request.arm = SPAN("z");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, hero), "");
	ck_assert_str_eq(why_slot(), "shows the neutral text: arm z pins "
				     "none, which is no option of it");
	kit.request.arm = SPAN("y");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, hero), "first");
	kit.request.arm = SPAN("control");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, hero), "");
	ck_assert_ptr_null(kit.decision->slots[hero].pin);
	kit_end(&kit);
}
END_TEST

/* Whoever could be shown something in one arm is eligible in all. */
START_TEST(what_one_arm_pins_makes_eligible_in_all)
{
	static const char *const arms[] = { "x", "z", "control", "holdout" };
	unsigned hero;

	ready("id: spring\narms:\n"
	      "  - {name: z, slots: {hero: none}}\n"
	      "  - {name: x, slots: {hero: second}}\n"
	      "  - {name: control, control: true}\n");
	hero = kit_slot(&kit, "hero", "");
	kit_option(&kit, hero, "second", "");
	for (size_t i = 0; i < 4; i++) {
		kit.request.arm = span_str(arms[i]);
		kit_decide(&kit);
		ck_assert_int_eq(kit.decision->eligible, ELIGIBLE_YES);
	}
	kit_end(&kit);
}
END_TEST

START_TEST(a_text_for_one_arm_makes_eligible_in_all)
{
	static const char *const arms[] = { "warm", "plain", "control" };

	ready("id: spring\narms: [{name: plain}, {name: warm},"
	      " {name: control, control: true}]\n");
	variant("subject", "warm");
	for (size_t i = 0; i < 3; i++) {
		kit.request.arm = span_str(arms[i]);
		kit_decide(&kit);
		ck_assert_int_eq(kit.decision->eligible, ELIGIBLE_YES);
	}
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("arms");
	TCase *cases = tcase_create("all");

	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, the_arm_chooses_what_is_named_after_it);
	tcase_add_test(cases, a_variant_with_another_name_has_its_own_hash);
	tcase_add_test(cases, the_campaign_gives_weights);
	tcase_add_test(cases, another_version_deals_anew);
	tcase_add_test(cases, an_arm_pins_what_a_slot_shows);
	tcase_add_test(cases, what_one_arm_pins_makes_eligible_in_all);
	tcase_add_test(cases, a_text_for_one_arm_makes_eligible_in_all);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
