#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

static struct kit kit;

static void
begin(const char *campaign)
{
	kit_begin(&kit, campaign);
	kit_ready(&kit);
}

static void
end(void)
{
	kit_end(&kit);
}

/* ---- may it be mailed ---- */

START_TEST(refuses_who_must_not_be_mailed)
{
	static const struct {
		const char *campaign;
		bool suppressed, objected, unknown, erased;
		enum refusal refusal;
	} rows[] = {
		{ "id: spring\n", false, false, false, false, REFUSAL_NONE },
		{ "id: spring\n", false, false, true, false, REFUSAL_NONE },
		{ "id: spring\n", true, false, false, false,
		    REFUSAL_SUPPRESSED },
		{ "id: spring\n", false, true, false, false,
		    REFUSAL_OBJECTION },
		{ "id: spring\npermission: email\n", false, false, false, false,
		    REFUSAL_PERMISSION },
		{ "id: spring\npermission: email\n", false, false, true, false,
		    REFUSAL_PERMISSION },
		{ "id: spring\nunknown_recipient: refuse\n", false, false, true,
		    false, REFUSAL_UNKNOWN },
		{ "id: spring\nwindow: {until: '2001-01-01'}\n", false, false,
		    false, false, REFUSAL_WINDOW },
		{ "id: spring\nwindow: {from: '2101-01-01'}\n", false, false,
		    false, false, REFUSAL_WINDOW },
		{ "id: spring\n", true, false, true, true, REFUSAL_ERASED },
	};

	begin(rows[_i].campaign);
	kit.profile.suppressed = rows[_i].suppressed;
	kit.profile.object_marketing = rows[_i].objected;
	kit.request.erased = rows[_i].erased;
	if (rows[_i].unknown)
		kit.request.profile = NULL;
	ck_assert_int_eq(kit_decide(&kit), rows[_i].refusal == REFUSAL_NONE);
	ck_assert_int_eq(kit.decision->refusal, rows[_i].refusal);
	end();
}
END_TEST

START_TEST(mails_whom_consent_was_granted_for)
{
	begin("id: spring\npermission: email\n");
	kit_consent(&kit, "email", CONSENT_GRANTED);
	ck_assert_int_eq(kit_decide(&kit), 1);
	end();
}
END_TEST

/* ---- fields ---- */

START_TEST(gives_each_absent_field_its_reason)
{
	static const struct {
		const char *field, *value, *source;
		int64_t age;
		enum absence absence;
	} rows[] = {
		{ "first_name", "Anna", "crm", 10, ABSENCE_NONE },
		{ "first_name", "Anna", "form", 10, ABSENCE_NONE },
		{ "first_name", "Anna", "form", 365, ABSENCE_TRUST },
		{ "first_name", "Anna", "coreg", 10, ABSENCE_TRUST },
		{ "first_name", "Anna", "nobody", 10, ABSENCE_NONE },
		{ "first_name", "test", "crm", 10, ABSENCE_INVALID },
		{ "first_name", "J4ne", "crm", 10, ABSENCE_INVALID },
		{ "first_name", "", "crm", 10, ABSENCE_VALUE },
		{ "city", "Paris", "crm", 10, ABSENCE_NONE },
		{ "bought", "rake", "crm", 99, ABSENCE_NONE },
		{ "bought", "rake", "crm", 101, ABSENCE_STALE },
		{ "health", "good", "crm", 10, ABSENCE_SPECIAL },
		{ "shoe_size", "44", "crm", 10, ABSENCE_UNKNOWN },
	};
	char path[64];

	begin(kit_campaign);
	snprintf(path, sizeof path, "profile.%s", rows[_i].field);
	kit_use(&kit, NULL, path, false);
	kit_observe_at(&kit, rows[_i].field, rows[_i].value, rows[_i].source,
	    NOW - DAYS(rows[_i].age));
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, rows[_i].field), rows[_i].absence);
	end();
}
END_TEST

START_TEST(says_no_value_where_nobody_has_observed_one)
{
	begin(kit_campaign);
	kit_use(&kit, NULL, "profile.city", true);
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "city"), ABSENCE_VALUE);
	end();
}
END_TEST

static void
fill_profile(void)
{
	kit_observe(&kit, "city", "Paris");
	kit_observe(&kit, "segment", "a");
	kit_observe(&kit, "first_name", "Anna");
	kit_observe(&kit, "bought", "rake");
	kit_observe(&kit, "health", "good");
	kit_observe(&kit, "cluster", "c1");
}

static void
use_all(void)
{
	kit_use(&kit, NULL, "profile.city", false);
	kit_use(&kit, NULL, "profile.segment", false);
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_use(&kit, NULL, "profile.bought", false);
	kit_use(&kit, NULL, "profile.health", false);
}

START_TEST(shows_classes_up_to_the_intensity)
{
	static const struct {
		const char *campaign;
		enum absence public, contextual, identifying;
	} rows[] = {
		{ "id: spring\narms: [{name: a, intensity: individual}]\n",
		    ABSENCE_NONE, ABSENCE_NONE, ABSENCE_NONE },
		{ "id: spring\narms: [{name: a, intensity: segment}]\n",
		    ABSENCE_NONE, ABSENCE_NONE, ABSENCE_CLASS },
		{ "id: spring\narms: [{name: a, intensity: neutral}]\n",
		    ABSENCE_CLASS, ABSENCE_CLASS, ABSENCE_CLASS },
		{ "id: spring\narms: [{name: a, control: true}]\n",
		    ABSENCE_CONTROL, ABSENCE_CONTROL, ABSENCE_CONTROL },
		{ "id: spring\nholdout: {share: 1}\n", ABSENCE_HOLDOUT,
		    ABSENCE_HOLDOUT, ABSENCE_HOLDOUT },
		{ "id: spring\nlanes: {exploration: 0, exploitation: 0}\n",
		    ABSENCE_LANE, ABSENCE_LANE, ABSENCE_LANE },
		{ "id: spring\npurpose: personalisation\n", ABSENCE_CONSENT,
		    ABSENCE_CONSENT, ABSENCE_CONSENT },
	};

	begin(rows[_i].campaign);
	fill_profile();
	use_all();
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "segment"), rows[_i].public);
	ck_assert_int_eq(kit_absence(&kit, "city"), rows[_i].contextual);
	ck_assert_int_eq(kit_absence(&kit, "first_name"), rows[_i].identifying);
	ck_assert_int_eq(kit_absence(&kit, "health"), ABSENCE_SPECIAL);
	end();
}
END_TEST

START_TEST(puts_nobody_into_two_experiments_of_one_namespace)
{
	static const char *const campaigns[] = {
		"id: spring\nnamespace: {name: heroes, to: 0.4}\n",
		"id: spring\nnamespace: {name: heroes, from: 0.4, to: 0.7}\n",
		"id: spring\nnamespace: {name: heroes, from: 0.7}\n",
	};
	unsigned admitted = 0;

	for (size_t i = 0; i < 3; i++) {
		begin(campaigns[i]);
		fill_profile();
		use_all();
		kit_decide(&kit);
		if (kit.decision->arm >= 0)
			admitted++;
		else
			ck_assert_int_eq(
			    kit_absence(&kit, "city"), ABSENCE_LANE);
		end();
	}
	ck_assert_uint_eq(admitted, 1);
}
END_TEST

START_TEST(is_neutral_for_who_objected_even_with_consent)
{
	begin("id: spring\npurpose: personalisation\n");
	fill_profile();
	use_all();
	kit_consent(&kit, "personalisation", CONSENT_GRANTED);
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "city"), ABSENCE_NONE);
	kit.profile.object_profiling = true;
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "city"), ABSENCE_OBJECTION);
	kit.profile.restricted = true;
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "city"), ABSENCE_RESTRICTED);
	kit.profile.object_profiling = false;
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "city"), ABSENCE_RESTRICTED);
	end();
}
END_TEST

/* Age band from birth date: the first letter. */
static int
derive_first(void *context, const struct decision *decision,
    const struct field *field, struct arena *arena, struct span *value,
    struct err *err)
{
	struct decided_field from;
	int found = decision_input(decision, SPAN("birth_date"), &from, err);

	(void)context;
	(void)field;
	(void)arena;
	if (found == 1)
		*value = span_first(from.value->value, 1);
	return found;
}

START_TEST(derives_from_a_field_that_itself_may_not_show)
{
	begin("id: spring\narms: [{name: a, intensity: segment}]\n");
	kit.request.derive = derive_first;
	kit_use(&kit, NULL, "profile.age_band", false);
	kit_use(&kit, NULL, "profile.birth_date", false);
	kit_observe_at(&kit, "birth_date", "1984-05-06", "form", NOW - DAYS(1));
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "birth_date"), ABSENCE_CLASS);
	ck_assert_int_eq(kit_absence(&kit, "age_band"), ABSENCE_NONE);
	ck_assert_double_lt(
	    decision_field(kit.decision, SPAN("age_band"))->trust, 0.7);
	kit.profile.object_profiling = true;
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "age_band"), ABSENCE_OBJECTION);
	end();
}
END_TEST

START_TEST(derives_nothing_from_an_unreliable_value)
{
	begin(kit_campaign);
	kit.request.derive = derive_first;
	kit_use(&kit, NULL, "profile.age_band", false);
	kit_observe_at(
	    &kit, "birth_date", "1984-05-06", "coreg", NOW - DAYS(1));
	kit_decide(&kit);
	ck_assert_int_eq(kit_absence(&kit, "age_band"), ABSENCE_VALUE);
	end();
}
END_TEST

/* ---- sensitivity ---- */

static const char cells[] =
    "- {cluster: good, topic: garden, pi_p: 0.09, pi_g: 0.04, psi_p: 0.001,"
    " psi_g: 0.001, H_cell: 0.5, sd_cell: 0.1}\n"
    "- {cluster: flat, topic: garden, pi_p: 0.02, pi_g: 0.02, psi_p: 0.001,"
    " psi_g: 0.001, H_cell: 0, sd_cell: 0.1}\n"
    "- {cluster: bad, topic: garden, pi_p: 0.02, pi_g: 0.06, psi_p: 0.01,"
    " psi_g: 0.001, H_cell: -0.5, sd_cell: 0.1}\n";

START_TEST(asks_the_cell_whether_personal_mail_is_welcome)
{
	static const struct {
		const char *cluster, *lanes;
		enum feeling feeling;
		enum absence absence;
	} rows[] = {
		{ "good", "", FEELING_GAIN, ABSENCE_NONE },
		{ "flat", "", FEELING_NEUTRAL, ABSENCE_SENSITIVITY },
		{ "bad", "", FEELING_HARM, ABSENCE_SENSITIVITY },
		{ "else", "", FEELING_NEUTRAL, ABSENCE_SENSITIVITY },
		{ NULL, "", FEELING_NEUTRAL, ABSENCE_SENSITIVITY },
		{ "flat", "lanes: {exploration: 1}\n", FEELING_NEUTRAL,
		    ABSENCE_NONE },
		{ "bad", "lanes: {exploration: 1}\n", FEELING_HARM,
		    ABSENCE_SENSITIVITY },
	};
	char campaign[256];

	snprintf(campaign, sizeof campaign,
	    "id: spring\ntopic: garden\ncosts: {value: 10, loss: 40, "
	    "personalise: 0.01}\n%s",
	    rows[_i].lanes);
	kit_begin(&kit, campaign);
	kit_add(&kit, SPAN("sensitivity"), cells);
	kit_ready(&kit);
	kit_observe(&kit, "city", "Paris");
	if (rows[_i].cluster != NULL)
		kit_observe(&kit, "cluster", rows[_i].cluster);
	kit_use(&kit, NULL, "profile.city", false);
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->feeling, rows[_i].feeling);
	ck_assert_int_eq(kit_absence(&kit, "city"), rows[_i].absence);
	end();
}
END_TEST

START_TEST(leaves_a_topic_without_cells_alone)
{
	kit_begin(&kit, "id: spring\ntopic: cooking\n");
	kit_add(&kit, SPAN("sensitivity"), cells);
	kit_ready(&kit);
	kit_observe(&kit, "city", "Paris");
	kit_use(&kit, NULL, "profile.city", false);
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->feeling, FEELING_NO_CELL);
	ck_assert_int_eq(kit_absence(&kit, "city"), ABSENCE_NONE);
	end();
}
END_TEST

/* ---- arms ---- */

START_TEST(keeps_the_arm_of_an_earlier_mail_of_this_version)
{
	static const char two[] = "id: spring\nversion: 3\n"
				  "arms: [{name: a}, {name: b}]\n";
	struct exposure before = { .campaign = SPAN("spring"),
		.version = SPAN("3"),
		.state = EXPOSURE_DELIVERED };
	int hashed;

	begin(two);
	kit_decide(&kit);
	hashed = kit.decision->arm;
	ck_assert(!kit.decision->sticky);
	before.arm = hashed == 0 ? SPAN("b") : SPAN("a");
	kit.history.exposures = &before;
	kit.history.exposure_count = 1;
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->arm, 1 - hashed);
	ck_assert(kit.decision->sticky);
	before.version = SPAN("2");
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->arm, hashed);
	before.version = SPAN("3");
	before.arm = SPAN("gone");
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->arm, hashed);
	end();
}
END_TEST

START_TEST(shares_people_out_by_weight)
{
	static const char arms[] = "id: spring\nholdout: {share: 0.1}\n"
				   "arms: [{name: a, weight: 3},"
				   " {name: b, weight: 1, control: true}]\n";
	unsigned a = 0, b = 0, held = 0;

	begin(arms);
	for (unsigned i = 0; i < 20000; i++) {
		struct arena_mark mark = arena_mark(kit.arena);
		char unit[32];

		snprintf(unit, sizeof unit, "u%u@example.org", i);
		kit.request.unit = span_str(unit);
		kit_decide(&kit);
		held += kit.decision->holdout;
		a += kit.decision->arm == 0;
		b += kit.decision->arm == 1;
		arena_rewind(kit.arena, mark);
	}
	ck_assert_uint_eq(held + a + b, 20000);
	ck_assert_double_eq_tol(held, 2000, 200);
	ck_assert_double_eq_tol(a, 13500, 400);
	end();
}
END_TEST

START_TEST(obeys_a_pretended_arm_and_refuses_an_unknown_one)
{
	begin("id: spring\narms: [{name: a}, {name: b, control: true}]\n");
	kit.request.arm = SPAN("b");
	kit_decide(&kit);
	ASSERT_SPAN(kit.decision->arm_name, "b");
	ck_assert_int_eq(kit.decision->neutral, ABSENCE_CONTROL);
	kit.request.arm = SPAN("holdout");
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->neutral, ABSENCE_HOLDOUT);
	kit.request.arm = SPAN("c");
	ck_assert_int_eq(
	    decide(&kit.request, kit.arena, &kit.decision, &kit.err), -1);
	ck_assert_int_eq(kit.err.code, ERR_INPUT);
	end();
}
END_TEST

/* ---- slots ---- */

START_TEST(shows_nothing_twice_until_all_is_seen_then_the_else)
{
	static const char *const expect[] = { "a", "b", "c", "", "" };
	unsigned slot;

	begin(kit_campaign);
	slot = kit_slot(&kit, "hero", "");
	kit_option(&kit, slot, "a", "");
	kit_option(&kit, slot, "b", "");
	kit_option(&kit, slot, "c", "");
	for (unsigned i = 0; i < 5; i++) {
		kit.request.now = NOW + DAYS(i);
		kit_decide(&kit);
		ASSERT_SPAN(kit_shown(&kit, slot), expect[i]);
		kit_expose(&kit, kit.request.now);
	}
	ck_assert_int_eq(kit_loss(&kit, slot, "a"), LOSS_CAP);
	end();
}
END_TEST

START_TEST(shows_again_what_bounced)
{
	unsigned slot;

	begin(kit_campaign);
	slot = kit_slot(&kit, "hero", "");
	kit_option(&kit, slot, "a", "");
	kit_decide(&kit);
	kit_expose(&kit, NOW - 5);
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), "");
	kit.history.exposures[0].state = EXPOSURE_BOUNCED;
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), "a");
	end();
}
END_TEST

#define BLOCK(head) "---\n" head "---\n<p>hello</p>\n"

static void
begin_blocks(const char *campaign)
{
	kit_begin(&kit, campaign);
	kit_add(&kit, SPAN("block/p1"), BLOCK("pool: p\npriority: 1\n"));
	kit_add(&kit, SPAN("block/p2"), BLOCK("pool: p\npriority: 2\n"));
	kit_add(&kit, SPAN("block/p3"), BLOCK("pool: p\npriority: 3\n"));
	kit_add(&kit, SPAN("block/twice"),
	    BLOCK("cap: 2\nwindow: 30d\ncooldown: 3d\n"));
	kit_add(&kit, SPAN("block/late"), BLOCK("valid_until: 2020-01-01\n"));
	kit_add(&kit, SPAN("block/early"), BLOCK("valid_from: 2120-01-01\n"));
	kit_add(&kit, SPAN("block/other"), BLOCK("topic: cooking\n"));
	kit_add(&kit, SPAN("block/knows"), BLOCK("fields: [bought]\n"));
	kit_ready(&kit);
}

START_TEST(rotates_a_pool_by_priority)
{
	static const char *const expect[] = { "p3", "p2", "p1", "" };
	unsigned slot;

	begin_blocks(kit_campaign);
	slot = kit_slot(&kit, "foot", "p");
	for (unsigned i = 0; i < 4; i++) {
		kit.request.now = NOW + DAYS(i);
		kit_decide(&kit);
		ASSERT_SPAN(kit_shown(&kit, slot), expect[i]);
		kit_expose(&kit, kit.request.now);
	}
	end();
}
END_TEST

START_TEST(shows_one_block_in_one_slot_only)
{
	unsigned first, second;

	begin_blocks(kit_campaign);
	first = kit_slot(&kit, "one", "p");
	second = kit_slot(&kit, "two", "p");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, first), "p3");
	ASSERT_SPAN(kit_shown(&kit, second), "p2");
	ck_assert_int_eq(kit_loss(&kit, second, "p3"), LOSS_TAKEN);
	end();
}
END_TEST

START_TEST(says_why_each_option_lost)
{
	static const struct {
		const char *option, *block;
		enum loss loss;
	} rows[] = {
		{ "x", "nowhere", LOSS_MISSING },
		{ "x", "late", LOSS_LATE },
		{ "x", "early", LOSS_EARLY },
		{ "x", "other", LOSS_TOPIC },
		{ "x", "knows", LOSS_FIELD },
		{ "city=Rome", "", LOSS_CONDITION },
		{ "city=Paris", "", LOSS_NONE },
		{ "x", "p1", LOSS_NONE },
	};
	struct outline_uses *uses;
	unsigned slot;

	begin_blocks(kit_campaign);
	kit_observe(&kit, "city", "Paris");
	slot = kit_slot(&kit, "hero", "");
	uses = kit_option(&kit, slot, rows[_i].option, rows[_i].block);
	kit_use(&kit, uses, "profile.city", false);
	kit_decide(&kit);
	ck_assert_int_eq(kit_loss(&kit, slot, rows[_i].option), rows[_i].loss);
	ck_assert_int_eq(kit.decision->slots[slot].chosen,
	    rows[_i].loss == LOSS_NONE ? 0 : -1);
	end();
}
END_TEST

START_TEST(keeps_cap_window_and_cooldown_of_a_block)
{
	static const struct {
		int64_t day;
		enum loss loss;
	} rows[] = {
		{ 0, LOSS_NONE }, { 2, LOSS_COOLDOWN }, { 3, LOSS_NONE },
		{ 10, LOSS_CAP }, { 29, LOSS_CAP },
		{ 30, LOSS_NONE }, /* the first has left the window */
	};
	unsigned slot;

	begin_blocks(kit_campaign);
	slot = kit_slot(&kit, "hero", "");
	kit_option(&kit, slot, "twice", "twice");
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		kit.request.now = NOW + DAYS(rows[i].day);
		kit_decide(&kit);
		ck_assert_int_eq(kit_loss(&kit, slot, "twice"), rows[i].loss);
		if (rows[i].loss == LOSS_NONE)
			kit_expose(&kit, kit.request.now);
	}
	end();
}
END_TEST

START_TEST(lets_the_campaign_override_caps)
{
	static const struct {
		const char *caps;
		enum loss loss;
	} rows[] = {
		{ "blocks: {p1: {cap: 5}}", LOSS_NONE },
		{ "blocks: {p1: {window: 1d}}", LOSS_NONE },
		{ "blocks: {p1: {window: 30d}}", LOSS_CAP },
		{ "blocks: {p1: 5}, pools: {p: 1}", LOSS_POOL_CAP },
		{ "blocks: {p1: 5}, pools: {p: {cap: 1, window: 1d}}",
		    LOSS_NONE },
		{ "blocks: {p1: 5}, pools: {p: {cooldown: 9d}}",
		    LOSS_POOL_CAP },
		{ "blocks: {p1: 5}, person: 1", LOSS_PERSON_CAP },
		{ "blocks: {p1: 5}, person: {cap: 1, window: 1d}", LOSS_NONE },
		{ "blocks: {p1: 5}, topic: {cap: 1, window: 9d}",
		    LOSS_PERSON_CAP },
		{ "blocks: {p1: 5}, topic: {cap: 2, window: 9d}", LOSS_NONE },
	};
	char campaign[256];
	unsigned slot;

	snprintf(campaign, sizeof campaign,
	    "id: spring\ntopic: garden\ncaps: {%s}\n", rows[_i].caps);
	begin_blocks(campaign);
	slot = kit_slot(&kit, "hero", "");
	kit_option(&kit, slot, "x", "p1");
	kit_decide(&kit);
	kit_expose(&kit, NOW - DAYS(5));
	kit_decide(&kit);
	ck_assert_int_eq(kit_loss(&kit, slot, "x"), rows[_i].loss);
	end();
}
END_TEST

START_TEST(needs_the_fields_that_have_no_default)
{
	struct outline_uses *uses;
	unsigned slot;

	begin(kit_campaign);
	slot = kit_slot(&kit, "hero", "");
	uses = kit_option(&kit, slot, "a", "");
	kit_use(&kit, uses, "profile.first_name", false);
	kit_use(&kit, uses, "profile.title", true);
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), "a");
	kit_use(&kit, uses, "profile.first_name", true);
	kit_decide(&kit);
	ck_assert_int_eq(kit_loss(&kit, slot, "a"), LOSS_FIELD);
	kit_observe(&kit, "first_name", "Anna");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), "a");
	end();
}
END_TEST

START_TEST(shows_the_neutral_text_in_neutral_copies)
{
	static const struct {
		const char *campaign;
		bool objects, unknown;
		const char *shown;
	} rows[] = {
		{ "id: spring\n", false, false, "a" },
		{ "id: spring\n", true, false, "" },
		{ "id: spring\n", false, true, "a" },
		{ "id: spring\npurpose: personalisation\n", false, false, "" },
		{ "id: spring\npurpose: personalisation\n", false, true, "" },
		{ "id: spring\narms: [{name: a, control: true}]\n", false,
		    false, "" },
		{ "id: spring\narms: [{name: a, control: true}]\n", false, true,
		    "" },
		{ "id: spring\nholdout: {share: 1}\n", false, false, "" },
	};
	unsigned slot;

	begin(rows[_i].campaign);
	slot = kit_slot(&kit, "hero", "");
	kit_option(&kit, slot, "a", "");
	kit.profile.object_profiling = rows[_i].objects;
	if (rows[_i].unknown)
		kit.request.profile = NULL;
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, slot), rows[_i].shown);
	end();
}
END_TEST

START_TEST(counts_pretended_exposures)
{
	struct span seen[] = { SPAN("a"), SPAN("p3") };
	unsigned hero, foot;

	begin_blocks(kit_campaign);
	hero = kit_slot(&kit, "hero", "");
	kit_option(&kit, hero, "a", "");
	foot = kit_slot(&kit, "foot", "p");
	kit.request.seen = seen;
	kit.request.seen_count = 2;
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, hero), "");
	ASSERT_SPAN(kit_shown(&kit, foot), "p2");
	end();
}
END_TEST

/* ---- intrusion ---- */

START_TEST(turns_the_least_useful_piece_neutral_over_budget)
{
	static const struct {
		const char *budget;
		const char *hero, *foot;
		enum absence name;
	} rows[] = {
		{ "{points: 7}", "a", "knows", ABSENCE_NONE },
		{ "{points: 6}", "a", "", ABSENCE_NONE },
		{ "{points: 2}", "", "", ABSENCE_NONE },
		{ "{points: 1}", "", "", ABSENCE_BUDGET },
		{ "{max_identifying: 2}", "a", "knows", ABSENCE_NONE },
		{ "{max_identifying: 1}", "a", "", ABSENCE_NONE },
		{ "{max_identifying: 0}", "", "", ABSENCE_BUDGET },
	};
	struct outline_uses *uses;
	char campaign[128];
	unsigned hero, foot;

	snprintf(campaign, sizeof campaign,
	    "id: spring\ntopic: garden\nintrusion: %s\n", rows[_i].budget);
	begin_blocks(campaign);
	fill_profile();
	kit_use(&kit, NULL, "profile.first_name", false);
	hero = kit_slot(&kit, "hero", "");
	uses = kit_option(&kit, hero, "a", "");
	kit_use(&kit, uses, "profile.city", true);
	kit_use(&kit, uses, "profile.first_name", true);
	foot = kit_slot(&kit, "foot", "");
	kit_option(&kit, foot, "knows", "knows");
	kit_decide(&kit);
	ASSERT_SPAN(kit_shown(&kit, foot), rows[_i].foot);
	ck_assert_int_eq(kit_absence(&kit, "first_name"), rows[_i].name);
	if (*rows[_i].foot == '\0')
		ck_assert_int_eq(kit_absence(&kit, "bought"), ABSENCE_BUDGET);
	end();
}
END_TEST

START_TEST(counts_what_it_shows)
{
	struct outline_uses *uses;
	unsigned hero;

	begin(kit_campaign);
	fill_profile();
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_use(&kit, NULL, "profile.health", false);
	hero = kit_slot(&kit, "hero", "");
	uses = kit_option(&kit, hero, "city=Rome", "");
	kit_use(&kit, uses, "profile.city", false);
	uses = kit_option(&kit, hero, "city=Paris", "");
	kit_use(&kit, uses, "profile.bought", true);
	kit_decide(&kit);
	ck_assert_uint_eq(kit.decision->points, 6);
	ck_assert_uint_eq(kit.decision->identifying, 2);
	ck_assert(decision_field(kit.decision, SPAN("bought"))->shown);
	ck_assert(!decision_field(kit.decision, SPAN("city"))->shown);
	ck_assert(!decision_field(kit.decision, SPAN("health"))->shown);
	end();
}
END_TEST

/* ---- variants ---- */

START_TEST(chooses_variants_by_hash_and_shows_control_the_else)
{
	unsigned counts[3] = { 0, 0, 0 };

	begin(kit_campaign);
	outline_put_variant(
	    kit.outline, SPAN("subject"), SPAN("warm"), &kit.err);
	outline_put_variant(
	    kit.outline, SPAN("subject"), SPAN("cool"), &kit.err);
	for (unsigned i = 0; i < 3000; i++) {
		struct arena_mark mark = arena_mark(kit.arena);
		char unit[32];

		snprintf(unit, sizeof unit, "u%u@example.org", i);
		kit.request.unit = span_str(unit);
		kit_decide(&kit);
		counts[kit.decision->variants[0].chosen + 1]++;
		arena_rewind(kit.arena, mark);
	}
	for (unsigned i = 0; i < 3; i++)
		ck_assert_double_eq_tol(counts[i], 1000, 120);
	kit.request.unit = SPAN("anna@example.org");
	kit.profile.object_profiling = true;
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->variants[0].chosen, -1);
	end();
}
END_TEST

/* ---- segments ---- */

static int
second_segment(void *context, const struct decision *decision, unsigned segment,
    struct err *err)
{
	(void)context;
	(void)decision;
	(void)err;
	return segment == 1;
}

START_TEST(names_the_first_segment_that_is_true)
{
	begin("id: spring\nsegments: {a: x, b: y, c: z}\n");
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->segment, -1);
	kit.request.segment_test = second_segment;
	kit_decide(&kit);
	ck_assert_int_eq(kit.decision->segment, 1);
	end();
}
END_TEST

/* ---- failures ---- */

static int
fail_test(void *context, const struct decision *decision, unsigned slot,
    unsigned option, struct err *err)
{
	(void)context;
	(void)decision;
	(void)slot;
	(void)option;
	return err_set(err, ERR_TEMPLATE, "broken condition");
}

START_TEST(fails_when_a_condition_fails)
{
	begin(kit_campaign);
	kit_option(&kit, kit_slot(&kit, "hero", ""), "city=Rome", "");
	kit.request.option_test = fail_test;
	ck_assert_int_eq(
	    decide(&kit.request, kit.arena, &kit.decision, &kit.err), -1);
	ck_assert_int_eq(kit.err.code, ERR_TEMPLATE);
	end();
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	struct outline_uses *uses;
	unsigned slot, failures = 0;

	begin_blocks(kit_campaign);
	fill_profile();
	use_all();
	slot = kit_slot(&kit, "hero", "p");
	uses = kit_option(&kit, slot, "city=Paris", "");
	kit_use(&kit, uses, "profile.city", true);
	kit_decide(&kit);
	kit_expose(&kit, NOW - 1);
	for (size_t limit = 1;; limit++) {
		struct arena *arena = arena_new(limit);
		int decided;

		if (arena == NULL)
			continue;
		err_clear(&kit.err);
		decided = decide(&kit.request, arena, &kit.decision, &kit.err);
		if (decided < 0) {
			ck_assert_int_eq(kit.err.code, ERR_MEMORY);
			failures++;
		}
		arena_free(&arena);
		if (decided == 1)
			break;
	}
	ck_assert_uint_gt(failures, 0);
	end();
}
END_TEST

#define LOOP(test, count) tcase_add_loop_test(tests, test, 0, count)

int
main(void)
{
	Suite *suite = suite_create("decide");
	TCase *tests = tcase_create("all");

	LOOP(refuses_who_must_not_be_mailed, 10);
	tcase_add_test(tests, mails_whom_consent_was_granted_for);
	LOOP(gives_each_absent_field_its_reason, 13);
	tcase_add_test(tests, says_no_value_where_nobody_has_observed_one);
	LOOP(shows_classes_up_to_the_intensity, 7);
	tcase_add_test(
	    tests, puts_nobody_into_two_experiments_of_one_namespace);
	tcase_add_test(tests, is_neutral_for_who_objected_even_with_consent);
	tcase_add_test(tests, derives_from_a_field_that_itself_may_not_show);
	tcase_add_test(tests, derives_nothing_from_an_unreliable_value);
	LOOP(asks_the_cell_whether_personal_mail_is_welcome, 7);
	tcase_add_test(tests, leaves_a_topic_without_cells_alone);
	tcase_add_test(tests, keeps_the_arm_of_an_earlier_mail_of_this_version);
	tcase_add_test(tests, shares_people_out_by_weight);
	tcase_add_test(tests, obeys_a_pretended_arm_and_refuses_an_unknown_one);
	tcase_add_test(
	    tests, shows_nothing_twice_until_all_is_seen_then_the_else);
	tcase_add_test(tests, shows_again_what_bounced);
	tcase_add_test(tests, rotates_a_pool_by_priority);
	tcase_add_test(tests, shows_one_block_in_one_slot_only);
	LOOP(says_why_each_option_lost, 8);
	tcase_add_test(tests, keeps_cap_window_and_cooldown_of_a_block);
	LOOP(lets_the_campaign_override_caps, 10);
	tcase_add_test(tests, needs_the_fields_that_have_no_default);
	LOOP(shows_the_neutral_text_in_neutral_copies, 8);
	tcase_add_test(tests, counts_pretended_exposures);
	LOOP(turns_the_least_useful_piece_neutral_over_budget, 7);
	tcase_add_test(tests, counts_what_it_shows);
	tcase_add_test(
	    tests, chooses_variants_by_hash_and_shows_control_the_else);
	tcase_add_test(tests, names_the_first_segment_that_is_true);
	tcase_add_test(tests, fails_when_a_condition_fails);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
