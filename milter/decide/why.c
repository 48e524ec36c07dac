#include "milter/decide/why.h"

#include "milter/decide/choose.h"

#include "store/base/timestamp.h"
#include "store/record/profile.h"
#include "store/catalog/schema.h"

#define LINE_MAX 1024 /* names are short; a longer line is cut off */
#define DAY 86400

struct teller {
	const struct decision *decision;
	struct arena *arena;
	struct why_line *lines;
	size_t count;
	bool failed;
};

/* Begins a line whose text is being written into the buf. */
static void
line_begin(struct teller *teller, struct buf *text)
{
	buf_init(text, teller->arena, LINE_MAX);
}

static void
line_end(struct teller *teller, struct buf *text, enum why_kind kind,
    struct span subject, struct span of, bool yes, const char *reason)
{
	if (text->at == NULL)
		teller->failed = true;
	teller->lines[teller->count++] =
	    (struct why_line){ kind, subject, of, yes, reason, buf_span(text) };
}

static unsigned
percent(double share)
{
	return (unsigned)(share * 100 + 0.5);
}

/* ---- the copy and its arm ---- */

static void
tell_copy(struct teller *teller)
{
	const struct decision *decision = teller->decision;
	const struct refusal_names names = decision_names(decision);
	bool mailed = decision->refusal == REFUSAL_NONE;
	struct buf text;

	line_begin(teller, &text);
	if (!mailed) {
		buf_str(&text, "not mailed: ");
		refusal_tell(decision->refusal, &names, &text);
		if (decision->campaign->refuse == REFUSE_DISCARD &&
		    !refusal_passes(decision->refusal))
			buf_str(&text, "; the copy is discarded, nobody is "
				       "told by a bounce");
	} else if (decision->neutral != ABSENCE_NONE) {
		buf_printf(
		    &text, "neutral: %s", absence_text(decision->neutral));
	} else {
		buf_printf(&text, "%s: arm %.*s allows it",
		    intensity_word(decision->intensity),
		    SPAN_ARG(decision->arm_name));
	}
	if (mailed && decision->replayed)
		buf_str(&text, "; as recorded at the first attempt");
	line_end(teller, &text, WHY_COPY, decision->campaign->id, SPAN_NONE,
	    mailed,
	    mailed ? absence_word(decision->neutral)
		   : refusal_word(decision->refusal));
}

/* The recipe with which anybody can compute the bucket again. */
static void
tell_bucket(struct buf *text, const char *what, const char *prefix,
    struct span seed, double bucket)
{
	buf_printf(text, "%s %.4f = hash of \"%s%.*s\" and the address", what,
	    bucket, prefix, SPAN_ARG(seed));
}

static void
tell_arm(struct teller *teller)
{
	const struct decision *decision = teller->decision;
	const struct campaign *campaign = decision->campaign;
	struct buf text;

	line_begin(teller, &text);
	if (decision->forced) {
		buf_str(&text, "as asked for, whatever the hash says");
	} else if (decision->holdout) {
		tell_bucket(&text, "bucket", "", campaign->holdout_seed,
		    decision->holdout_bucket);
		buf_printf(&text, ", the holdout is all below %.4f",
		    campaign->holdout);
	} else if (decision->arm < 0 && decision->lane != LANE_NONE) {
		buf_printf(&text, "outside of %.4f to %.4f of namespace %.*s",
		    campaign->namespace_from, campaign->namespace_to,
		    SPAN_ARG(campaign->namespace));
	} else if (decision->arm < 0) {
		tell_bucket(&text, "bucket", "lane:", campaign->seed,
		    decision->lane_bucket);
		buf_str(&text, ", in neither lane");
	} else if (decision->sticky) {
		tell_bucket(
		    &text, "bucket", "", campaign->seed, decision->bucket);
		buf_printf(&text,
		    ", kept from an earlier mail of version %u of the "
		    "experiment",
		    decision->version);
	} else {
		tell_bucket(
		    &text, "bucket", "", campaign->seed, decision->bucket);
		buf_printf(&text, ", arm %.*s owns %.4f to %.4f",
		    SPAN_ARG(decision->arm_name), decision->range.from,
		    decision->range.to);
	}
	buf_printf(&text, "; %s lane", lane_word(decision->lane));
	line_end(teller, &text, WHY_ARM, decision->arm_name, SPAN_NONE,
	    decision->arm >= 0, decision->holdout ? "holdout" : "");
}

static void
tell_eligible(struct teller *teller)
{
	const struct decision *decision = teller->decision;
	bool eligible = decision->eligible == ELIGIBLE_YES;
	struct buf text;

	if (decision->eligible == ELIGIBLE_UNKNOWN)
		return;
	line_begin(teller, &text);
	buf_str(&text,
	    eligible ? "eligible: an arm that is no control would show this "
		       "person more than the neutral text"
		     : "not eligible: no arm would show this person more than "
		       "the neutral text");
	if (decision->segment >= 0)
		buf_printf(&text, "; segment %.*s",
		    SPAN_ARG(
			decision->campaign->segments[decision->segment].name));
	if (decision->cluster.len != 0)
		buf_printf(
		    &text, "; cluster %.*s", SPAN_ARG(decision->cluster));
	line_end(teller, &text, WHY_COMPARE, SPAN("eligible"), SPAN_NONE,
	    eligible, eligible ? "" : eligible_word(decision->eligible));
}

/* ---- fields ---- */

/* What the table cannot know. */
static void
tell_absence(struct buf *text, const struct decision *decision,
    const struct decided_field *field)
{
	buf_str(text, absence_text(field->absence));
	if (field->absence == ABSENCE_CONSENT)
		buf_printf(
		    text, " to %.*s", SPAN_ARG(decision->campaign->purpose));
	if (field->absence == ABSENCE_CLASS && field->field != NULL)
		buf_printf(text, ": %s data in a copy of intensity %s",
		    field_class_word(field->field->class),
		    intensity_word(decision->intensity));
	if (field->absence == ABSENCE_TRUST)
		buf_printf(text, ": trust %u %%, %u %% is needed",
		    percent(field->trust), percent(field->threshold));
	if (field->absence == ABSENCE_STALE)
		buf_printf(text, ": older than %lld days",
		    (long long)(field->field->max_age / DAY));
	if (field->absence == ABSENCE_SENSITIVITY && decision->cluster.len != 0)
		buf_printf(text, " (cluster %.*s, topic %.*s)",
		    SPAN_ARG(decision->cluster),
		    SPAN_ARG(decision->campaign->topic));
}

static void
tell_field(struct teller *teller, const struct decided_field *field)
{
	bool visible = field->absence == ABSENCE_NONE;
	struct buf text;

	line_begin(teller, &text);
	if (visible && field->shown)
		buf_str(&text, "shown");
	else if (visible)
		buf_str(&text, "may be shown, but nothing chosen shows it");
	else
		tell_absence(&text, teller->decision, field);
	if (visible && field->value != NULL) {
		char when[TIMESTAMP_SIZE];

		buf_printf(&text, ", from %.*s of %s, trust %u %%",
		    SPAN_ARG(field->value->source),
		    zone_print(teller->decision->campaign->clocks,
			field->value->observed_at, when),
		    percent(field->trust));
	}
	if (field->conflict)
		buf_str(&text, "; the sources disagree");
	line_end(teller, &text, WHY_FIELD, field->name, SPAN_NONE, visible,
	    absence_word(field->absence));
}

/* ---- slots ---- */

static void
tell_seen(struct buf *text, const struct zone *clocks,
    const struct decided_option *option)
{
	char when[TIMESTAMP_SIZE];

	if (option->seen != 0)
		buf_printf(text, " (seen %u times, last %s)", option->seen,
		    zone_print(clocks, option->last, when));
}

/* What a stored block asks; an inline option's `if` is in the mail itself. */
static void
tell_condition(struct buf *text, const struct block *block)
{
	if (block != NULL && block->condition.len != 0)
		buf_printf(text, ", if %.*s", SPAN_ARG(block->condition));
	if (block != NULL && block->exception.len != 0)
		buf_printf(text, ", unless %.*s", SPAN_ARG(block->exception));
}

void
why_lost(struct buf *text, const struct decision *decision,
    const struct decided_option *option)
{
	buf_str(text, loss_text(option->loss));
	if ((option->loss == LOSS_FIELD || option->loss == LOSS_CONDITION) &&
	    option->field < decision->field_count)
		buf_printf(text, " (%.*s is absent: %s)",
		    SPAN_ARG(decision->fields[option->field].name),
		    absence_text(decision->fields[option->field].absence));
}

static void
tell_option(struct teller *teller, const struct decided_slot *slot, unsigned i)
{
	const struct decision *decision = teller->decision;
	const struct decided_option *option = &slot->options[i];
	bool chosen = (int)i == slot->chosen;
	struct buf text;

	line_begin(teller, &text);
	if (chosen)
		buf_str(&text, option->seen == 0
				   ? "shown: not seen before"
				   : "shown: nothing unseen may show");
	else
		why_lost(&text, decision, option);
	if (option->loss == LOSS_CONDITION)
		tell_condition(&text, slot->slot->options[i].stored);
	tell_seen(&text, decision->campaign->clocks, option);
	line_end(teller, &text, WHY_OPTION, slot->slot->options[i].name,
	    slot->slot->name, chosen, loss_word(option->loss));
}

/* Why nothing of the slot shows. */
static void
tell_neutral(struct buf *text, const struct decision *decision,
    const struct decided_slot *slot)
{
	bool has = false;

	buf_str(text, "shows the neutral text: ");
	if (slot->pin == NULL) {
		buf_str(text, "no option may show");
		return;
	}
	for (unsigned i = 0; i < slot->slot->count; i++)
		has |= pin_names(slot->pin, &slot->slot->options[i]);
	buf_printf(text, "arm %.*s pins %.*s, which %s",
	    SPAN_ARG(decision->arm_name), SPAN_ARG(slot->pin->option),
	    has ? "may not show" : "is no option of it");
}

static void
tell_slot(struct teller *teller, const struct decided_slot *slot)
{
	struct buf text;

	line_begin(teller, &text);
	if (slot->chosen >= 0)
		buf_printf(&text, "shows %.*s",
		    SPAN_ARG(slot->slot->options[slot->chosen].name));
	else
		tell_neutral(&text, teller->decision, slot);
	line_end(teller, &text, WHY_SLOT, slot->slot->name, SPAN_NONE,
	    slot->chosen >= 0, slot->chosen >= 0 ? "" : "else");
	for (unsigned i = 0; i < slot->slot->count; i++)
		tell_option(teller, slot, i);
}

static void
tell_variant(struct teller *teller, const struct decided_variant *variant)
{
	struct buf text;

	line_begin(teller, &text);
	if (variant->chosen >= 0)
		buf_printf(&text, "shows %.*s",
		    SPAN_ARG(variant->variant->arms[variant->chosen]));
	else
		buf_str(&text, "shows its else");
	if (variant->by_arm)
		buf_printf(&text, ", as arm %.*s has it",
		    SPAN_ARG(teller->decision->arm_name));
	else
		buf_printf(&text, ", bucket %.4f", variant->bucket);
	if (variant->range.to > 0)
		buf_printf(&text, ", it owns %.4f to %.4f", variant->range.from,
		    variant->range.to);
	line_end(teller, &text, WHY_VARIANT, variant->variant->name, SPAN_NONE,
	    variant->chosen >= 0, variant->chosen >= 0 ? "" : "else");
}

static void
tell_budget(struct teller *teller)
{
	const struct decision *decision = teller->decision;
	const struct campaign *campaign = decision->campaign;
	struct buf text;

	line_begin(teller, &text);
	buf_printf(&text, "%u points, %u identifying fields", decision->points,
	    decision->identifying);
	if (campaign->has_budget && campaign->budget_points != CAP_NONE)
		buf_printf(
		    &text, "; allowed are %u points", campaign->budget_points);
	if (campaign->has_budget && campaign->budget_identifying != CAP_NONE)
		buf_printf(&text, "; allowed are %u identifying fields",
		    campaign->budget_identifying);
	line_end(
	    teller, &text, WHY_BUDGET, SPAN("intrusion"), SPAN_NONE, true, "");
}

static size_t
lines_needed(const struct decision *decision)
{
	size_t count = 4 + (size_t)decision->field_count +
		       decision->slot_count + decision->variant_count;

	for (unsigned i = 0; i < decision->slot_count; i++)
		count += decision->slots[i].slot->count;
	return count;
}

int
why_lines(const struct decision *decision, struct arena *arena,
    const struct why_line **lines, size_t *count, struct err *err)
{
	struct teller teller = { .decision = decision, .arena = arena };

	teller.lines =
	    arena_calloc(arena, lines_needed(decision), sizeof *teller.lines);
	if (teller.lines == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the reasons");
	tell_copy(&teller);
	if (decision->refusal == REFUSAL_NONE) {
		tell_arm(&teller);
		tell_eligible(&teller);
		for (unsigned i = 0; i < decision->field_count; i++)
			tell_field(&teller, &decision->fields[i]);
		for (unsigned i = 0; i < decision->slot_count; i++)
			tell_slot(&teller, &decision->slots[i]);
		for (unsigned i = 0; i < decision->variant_count; i++)
			tell_variant(&teller, &decision->variants[i]);
		tell_budget(&teller);
	}
	if (teller.failed)
		return err_set(err, ERR_MEMORY, "no memory for the reasons");
	*lines = teller.lines;
	*count = teller.count;
	return 0;
}

const char *
why_kind_word(enum why_kind kind)
{
	static const char *const words[] = {
		[WHY_COPY] = "copy",
		[WHY_ARM] = "arm",
		[WHY_COMPARE] = "compare",
		[WHY_FIELD] = "field",
		[WHY_SLOT] = "slot",
		[WHY_OPTION] = "option",
		[WHY_VARIANT] = "variant",
		[WHY_BUDGET] = "budget",
	};

	return words[kind];
}
