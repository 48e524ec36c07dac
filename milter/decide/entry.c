/*
 * What the history keeps of a decision: enough to show it again (I2), and to
 * compare who got what.
 */
#include "milter/decide/copy.h"
#include "milter/decide/decide.h"

#include "milter/decide/enrol.h"
#include "store/record/history.h"

static int
memory_fail(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory to record the decision");
}

static int
text_number(struct arena *arena, uint32_t number, struct span *text)
{
	struct buf buf;

	buf_init(&buf, arena, 16);
	buf_printf(&buf, "%u", number);
	*text = buf_span(&buf);
	return buf.failed ? -1 : 0;
}

/* What the entry has no member for, as words for people and for replay. */
static int
text_state(
    const struct decision *decision, struct arena *arena, struct span *text)
{
	struct buf buf;

	buf_init(&buf, arena, 1024);
	buf_printf(&buf,
	    "intensity=%s neutral=%s feeling=%s points=%u "
	    "identifying=%u",
	    intensity_word(decision->intensity),
	    absence_word(decision->neutral), feeling_word(decision->feeling),
	    decision->points, decision->identifying);
	*text = buf_span(&buf);
	return buf.failed ? -1 : 0;
}

static int
record_fields(const struct decision *decision, struct arena *arena,
    struct exposure *entry)
{
	entry->field_count = 0;
	entry->personal = false;
	entry->fields =
	    arena_calloc(arena, decision->field_count, sizeof *entry->fields);
	if (entry->fields == NULL)
		return -1;
	for (unsigned i = 0; i < decision->field_count; i++) {
		const struct decided_field *field = &decision->fields[i];

		if (!field->shown)
			continue;
		entry->fields[entry->field_count++] = field->name;
		if (field->field == NULL || field->field->class > CLASS_PUBLIC)
			entry->personal = true;
	}
	return 0;
}

static int
record_slots(const struct decision *decision, struct arena *arena,
    struct exposure *entry)
{
	size_t count = decision->slot_count + (size_t)decision->variant_count;
	struct exposure_slot *slot = arena_calloc(arena, count, sizeof *slot);

	if (slot == NULL)
		return -1;
	entry->slots = slot;
	entry->slot_count = count;
	for (unsigned i = 0; i < decision->slot_count; i++, slot++) {
		const struct decided_slot *from = &decision->slots[i];

		slot->slot = from->slot->name;
		slot->fall = from->fall;
		if (from->chosen < 0)
			continue;
		slot->option = from->slot->options[from->chosen].name;
		slot->block = from->options[from->chosen].identity;
	}
	for (unsigned i = 0; i < decision->variant_count; i++, slot++) {
		const struct decided_variant *from = &decision->variants[i];

		slot->variant = true;
		slot->slot = from->variant->name;
		slot->propensity = from->propensity;
		if (from->chosen >= 0)
			slot->option = from->variant->arms[from->chosen];
	}
	return 0;
}

/* What any entry of this person and campaign says. 0 or -1. */
static int
record_enrolment(const struct decision *decision, int64_t now,
    struct arena *arena, struct exposure *entry)
{
	entry->time = now;
	entry->campaign = decision->campaign->id;
	entry->topic = decision->campaign->topic;
	entry->arm = decision->arm_name;
	entry->lane = span_str(lane_word(decision->lane));
	entry->propensity = decision->propensity;
	entry->eligible = decision->eligible;
	entry->cluster = decision->cluster;
	if (decision->segment >= 0)
		entry->segment =
		    decision->campaign->segments[decision->segment].name;
	return text_number(arena, decision->version, &entry->version);
}

int
decision_record(const struct decision *decision, int64_t now,
    struct arena *arena, struct exposure *entry, struct err *err)
{
	entry->reason = copy_reason(decision);
	if (record_enrolment(decision, now, arena, entry) < 0 ||
	    text_state(decision, arena, &entry->decision) < 0 ||
	    record_fields(decision, arena, entry) < 0 ||
	    record_slots(decision, arena, entry) < 0)
		return memory_fail(err);
	return 0;
}

/* Why nothing may be mailed, where it is a reason of this person's. */
static enum exposure_reason
refusal_reason(enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_OBJECTION:
		return REASON_OBJECTION;
	case REFUSAL_PERMISSION:
		return REASON_CONSENT;
	case REFUSAL_UNKNOWN:
		return REASON_STRANGER;
	case REFUSAL_NONE:
	case REFUSAL_ERASED:
	case REFUSAL_SUPPRESSED:
	case REFUSAL_BOUNCED:
	case REFUSAL_CHANNEL:
	case REFUSAL_NEEDS:
	case REFUSAL_HOURS:
	case REFUSAL_WINDOW:
	case REFUSALS:
		break;
	}
	return REASON_UNKNOWN;
}

int
decision_record_unsent(const struct decision *decision, int64_t now,
    struct arena *arena, struct exposure *entry, struct err *err)
{
	struct decision dealt = *decision;

	entry->reason = copy_reason(decision);
	if (decision->refusal != REFUSAL_NONE) {
		entry->reason = refusal_reason(decision->refusal);
		dealt.eligible = ELIGIBLE_NO;
		if (enrol(&dealt, err) < 0)
			return -1;
	}
	if (record_enrolment(&dealt, now, arena, entry) < 0)
		return memory_fail(err);
	return 0;
}
