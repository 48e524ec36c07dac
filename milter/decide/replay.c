/*
 * Replaying recorded decisions (I2). A replay decides again as of the
 * recorded moment, which explains every loss, and then lets the record win.
 * Only the recipient's own objections are stronger than the record.
 */
#include "milter/decide/decide.h"
#include "store/base/ascii.h"
#include "store/record/history.h"
#include "store/record/profile.h"

static int
memory_fail(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory to replay the decision");
}

/* What the recipient says now outweighs what was recorded. */
static bool
person_forbids(enum absence absence)
{
	return absence == ABSENCE_RESTRICTED || absence == ABSENCE_OBJECTION ||
	       absence == ABSENCE_CONSENT || absence == ABSENCE_RECIPIENT;
}

static bool
recorded_shows(const struct exposure *recorded, struct span field)
{
	for (size_t i = 0; i < recorded->field_count; i++)
		if (span_eq(recorded->fields[i], field))
			return true;
	return false;
}

/* Visible are the recorded fields that still have a value. */
static void
replay_fields(struct decision *decision, const struct exposure *recorded)
{
	for (unsigned i = 0; i < decision->field_count; i++) {
		struct decided_field *field = &decision->fields[i];

		field->shown = recorded_shows(recorded, field->name);
		if (!field->shown) {
			if (field->absence == ABSENCE_NONE)
				field->absence = ABSENCE_REPLAY;
		} else if (field->value != NULL &&
			   field->absence != ABSENCE_UNKNOWN &&
			   field->absence != ABSENCE_SPECIAL) {
			field->absence = ABSENCE_NONE;
		} else {
			field->shown = false;
		}
	}
}

static const struct exposure_slot *
recorded_slot(const struct exposure *recorded, struct span name, bool variant)
{
	for (size_t i = 0; i < recorded->slot_count; i++)
		if (recorded->slots[i].variant == variant &&
		    span_eq(recorded->slots[i].slot, name))
			return &recorded->slots[i];
	return NULL;
}

/* The option of that name, or -1. */
static int
slot_option(const struct decided_slot *slot, struct span name)
{
	for (unsigned i = 0; name.len != 0 && i < slot->slot->count; i++)
		if (span_eq(slot->slot->options[i].name, name))
			return (int)i;
	return -1;
}

static void
replay_slots(struct decision *decision, const struct exposure *recorded)
{
	for (unsigned i = 0; i < decision->slot_count; i++) {
		struct decided_slot *slot = &decision->slots[i];
		const struct exposure_slot *was =
		    recorded_slot(recorded, slot->slot->name, false);
		int chosen = was != NULL ? slot_option(slot, was->option) : -1;

		slot->fall = was != NULL ? was->fall : FALL_NONE;
		if (slot->chosen == chosen)
			continue;
		/* What could be shown now was not then. */
		for (unsigned j = 0; j < slot->slot->count; j++)
			if (slot->options[j].loss == LOSS_NONE ||
			    slot->options[j].loss == LOSS_RANK)
				slot->options[j].loss = LOSS_REPLAY;
		if (chosen >= 0)
			slot->options[chosen].loss = LOSS_NONE;
		slot->chosen = chosen;
	}
}

static void
replay_variants(struct decision *decision, const struct exposure *recorded)
{
	for (unsigned i = 0; i < decision->variant_count; i++) {
		struct decided_variant *variant = &decision->variants[i];
		const struct exposure_slot *was =
		    recorded_slot(recorded, variant->variant->name, true);

		variant->chosen = -1;
		variant->propensity = was != NULL ? was->propensity : 0;
		for (unsigned j = 0; was != NULL && j < variant->variant->count;
		     j++)
			if (span_eq(variant->variant->arms[j], was->option))
				variant->chosen = (int)j;
	}
}

/* The value of "name=" in the recorded state. */
static struct span
state_value(struct span state, struct span name)
{
	size_t at = span_search(state, name);
	struct span rest = span_from(state, at);

	if (at == state.len)
		return SPAN_NONE;
	rest = span_from(rest, name.len);
	return span_first(rest, span_find(rest, ' '));
}

static unsigned
state_number(struct span state, struct span name)
{
	struct span text = state_value(state, name);
	unsigned number = 0;

	for (size_t i = 0; i < text.len && i < 9 && ascii_is_digit(text.at[i]);
	     i++)
		number = number * 10 + (unsigned)(text.at[i] - '0');
	return number;
}

static void
replay_state(struct decision *decision, struct span state)
{
	struct span word = state_value(state, SPAN("intensity="));

	for (int i = INTENSITY_NEUTRAL; i <= INTENSITY_INDIVIDUAL; i++)
		if (span_eq(word, span_str(intensity_word((enum intensity)i))))
			decision->intensity = (enum intensity)i;
	word = state_value(state, SPAN("neutral="));
	for (int i = ABSENCE_NONE; i < ABSENCES; i++)
		if (span_eq(word, span_str(absence_word((enum absence)i))))
			decision->neutral = (enum absence)i;
	word = state_value(state, SPAN("feeling="));
	for (int i = FEELING_NO_CELL; i <= FEELING_HARM; i++)
		if (span_eq(word, span_str(feeling_word((enum feeling)i))))
			decision->feeling = (enum feeling)i;
	decision->points = state_number(state, SPAN("points="));
	decision->identifying = state_number(state, SPAN("identifying="));
}

/* Who can be compared with whom is what it was. */
static void
replay_comparison(struct decision *decision, const struct exposure *recorded)
{
	const struct campaign *campaign = decision->campaign;

	decision->eligible = recorded->eligible;
	decision->cluster = recorded->cluster;
	decision->segment = -1;
	for (size_t i = 0; i < campaign->segment_count; i++)
		if (span_eq(campaign->segments[i].name, recorded->segment))
			decision->segment = (int)i;
}

static void
replay_arm(struct decision *decision, const struct exposure *recorded)
{
	const struct campaign *campaign = decision->campaign;

	decision->arm = -1;
	decision->arm_name = recorded->arm;
	decision->holdout = span_eq(recorded->arm, SPAN("holdout"));
	decision->propensity = recorded->propensity;
	for (size_t i = 0; i < campaign->arm_count; i++)
		if (span_eq(campaign->arms[i].name, recorded->arm))
			decision->arm = (int)i;
	for (int i = LANE_NONE; i <= LANE_EXPLOITATION; i++)
		if (span_eq(recorded->lane, span_str(lane_word((enum lane)i))))
			decision->lane = (enum lane)i;
}

/* The history as it was before the entry was added. */
static struct history
history_before(
    const struct decide_request *request, const struct exposure *recorded)
{
	struct history before = { .exposures = NULL };

	if (request->history == NULL)
		return before;
	before = *request->history;
	for (size_t i = 0; i < before.exposure_count; i++)
		if (memcmp(before.exposures[i].tag, recorded->tag,
			sizeof recorded->tag) == 0)
			before.exposure_count = i;
	return before;
}

int
decide_replay(const struct decide_request *request,
    const struct exposure *recorded, struct arena *arena,
    struct decision **decision, struct err *err)
{
	struct history *before = ARENA_NEW(arena, struct history);
	struct decide_request then = *request;
	int decided;

	if (before == NULL)
		return memory_fail(err);
	*before = history_before(request, recorded);
	then.history = before;
	then.now = recorded->time;
	then.heard = request->now;
	then.arm = SPAN_NONE;
	then.seen_count = 0;
	decided = decide(&then, arena, decision, err);
	if (decided != 1)
		return decided;
	(*decision)->replayed = true;
	replay_arm(*decision, recorded);
	replay_comparison(*decision, recorded);
	if (person_forbids((*decision)->neutral))
		return 1;
	replay_state(*decision, recorded->decision);
	replay_fields(*decision, recorded);
	replay_slots(*decision, recorded);
	replay_variants(*decision, recorded);
	return 1;
}
