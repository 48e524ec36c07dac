#include "tools/message/split.h"

#include "milter/decide/choose.h"
#include "milter/decide/enrol.h"

/* ---- variants ---- */

/* Some whens are arms, some are not: which of both was meant? */
static void
look_at_mixture(
    struct findings *findings, const struct outline_variant *variant)
{
	const struct campaign *campaign = findings->campaign;
	struct span arm = SPAN_NONE, other = SPAN_NONE;

	for (unsigned i = 0; i < variant->count; i++)
		if (campaign_arm(campaign, variant->arms[i]))
			arm = variant->arms[i];
		else
			other = variant->arms[i];
	if (arm.len != 0 && other.len != 0)
		finding(findings, "variant",
		    "variant %.*s: %.*s is an arm and %.*s is none; name all "
		    "of them after arms, and the arm chooses, or none",
		    SPAN_ARG(variant->name), SPAN_ARG(arm), SPAN_ARG(other));
}

static void
look_at_controls(
    struct findings *findings, const struct outline_variant *variant)
{
	for (unsigned i = 0; i < variant->count; i++) {
		const struct arm *arm =
		    campaign_arm(findings->campaign, variant->arms[i]);

		if (arm && arm->control)
			finding(findings, "variant",
			    "variant %.*s: nobody sees %.*s, for a control "
			    "group gets the else",
			    SPAN_ARG(variant->name), SPAN_ARG(arm->name));
	}
}

static bool
has_when(const struct outline_variant *variant, struct span name)
{
	for (unsigned i = 0; i < variant->count; i++)
		if (span_eq(variant->arms[i], name))
			return true;
	return span_eq(name, SPAN("else"));
}

static bool
has_share(const struct variant *given, struct span name)
{
	for (size_t i = 0; i < given->count; i++)
		if (span_eq(given->shares[i].name, name))
			return true;
	return false;
}

/* The names that have a weight are those that have a text. */
static void
look_at_weights(struct findings *findings, const struct variant *given,
    const struct outline_variant *variant)
{
	for (size_t i = 0; i < given->count; i++)
		if (!has_when(variant, given->shares[i].name))
			finding(findings, "variant",
			    "variant %.*s has no text for %.*s, to which the "
			    "campaign gives a weight",
			    SPAN_ARG(given->name),
			    SPAN_ARG(given->shares[i].name));
	for (unsigned i = 0; i < variant->count; i++)
		if (!has_share(given, variant->arms[i]))
			finding(findings, "variant",
			    "variant %.*s: nobody sees %.*s, to which the "
			    "campaign gives no weight",
			    SPAN_ARG(given->name), SPAN_ARG(variant->arms[i]));
}

static const struct outline_variant *
outline_variant(const struct outline *outline, struct span name)
{
	for (unsigned i = 0; i < outline->variant_count; i++)
		if (span_eq(outline->variants[i].name, name))
			return &outline->variants[i];
	return NULL;
}

static void
look_at_variants(struct findings *findings, const struct outline *outline)
{
	const struct campaign *campaign = findings->campaign;

	for (unsigned i = 0; i < outline->variant_count; i++) {
		look_at_mixture(findings, &outline->variants[i]);
		if (variant_by_arm(campaign, &outline->variants[i]))
			look_at_controls(findings, &outline->variants[i]);
	}
	for (size_t i = 0; i < campaign->variant_count; i++) {
		const struct variant *given = &campaign->variants[i];
		const struct outline_variant *variant =
		    outline_variant(outline, given->name);

		if (variant)
			look_at_weights(findings, given, variant);
		else
			finding(findings, "variant",
			    "the message has no variant %.*s, which the "
			    "campaign gives weights",
			    SPAN_ARG(given->name));
	}
}

/* ---- arms ---- */

static void
look_at_pin(struct findings *findings, const struct arm *arm,
    const struct pin *pin, const struct outline *outline)
{
	unsigned at = outline_slot(outline, pin->slot);

	if (at == OUTLINE_NONE) {
		finding(findings, "arms",
		    "arm %.*s pins slot %.*s, which the message has not",
		    SPAN_ARG(arm->name), SPAN_ARG(pin->slot));
		return;
	}
	for (unsigned i = 0; i < outline->slots[at].count; i++)
		if (pin_names(pin, &outline->slots[at].options[i]))
			return;
	finding(findings, "arms",
	    "arm %.*s pins %.*s, which is no option of slot %.*s",
	    SPAN_ARG(arm->name), SPAN_ARG(pin->option), SPAN_ARG(pin->slot));
}

void
split_look(struct findings *findings, const struct outline *outline)
{
	const struct campaign *campaign = findings->campaign;

	look_at_variants(findings, outline);
	for (size_t i = 0; i < campaign->arm_count; i++)
		for (size_t j = 0; j < campaign->arms[i].pin_count; j++)
			look_at_pin(findings, &campaign->arms[i],
			    &campaign->arms[i].pins[j], outline);
}
