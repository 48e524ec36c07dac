#include "tools/message/campaign_findings.h"

#include "store/base/suggest.h"

static void
lint_arms(struct findings *findings)
{
	const struct campaign *campaign = findings->campaign;
	bool control = false, personal = false;

	for (size_t i = 0; i < campaign->arm_count; i++) {
		const struct arm *arm = &campaign->arms[i];

		control |= arm->control && arm->weight > 0;
		personal |= arm->intensity != INTENSITY_NEUTRAL;
		if (arm->weight > 0)
			continue;
		if (span_eq(arm->name, SPAN("challenger")))
			finding(findings, "challenger",
			    "arm challenger is empty: say what is tried next, "
			    "and give it a weight");
		else
			finding(findings, "arms", "nobody is ever in arm %.*s",
			    SPAN_ARG(arm->name));
	}
	if (!control)
		finding(findings, "control",
		    "no arm is a control group: nobody can tell what "
		    "personalising is worth");
	if (!personal)
		finding(findings, "arms", "no arm personalises anything");
}

/* What is learned once and never again grows old. */
static void
lint_learning(struct findings *findings)
{
	const struct campaign *campaign = findings->campaign;
	const struct catalog *catalog = findings->catalog;

	for (size_t i = 0; i < catalog->cell_count; i++)
		if (campaign->exploration <= 0 &&
		    span_eq(catalog->cells[i].topic, campaign->topic)) {
			finding(findings, "learning",
			    "topic %.*s has sensitivity cells and the "
			    "campaign no exploration: learning has ended",
			    SPAN_ARG(campaign->topic));
			return;
		}
}

static void
lint_dates(struct findings *findings, int64_t now)
{
	if (campaign_phase(findings->campaign, now) > 0)
		finding(findings, "window", "the campaign is over");
}

static void
lint_caps(struct findings *findings)
{
	const struct campaign *campaign = findings->campaign;

	for (size_t i = 0; i < campaign->cap_count; i++) {
		const struct cap *cap = &campaign->caps[i];

		if (cap->scope == CAP_BLOCK &&
		    !catalog_block(findings->catalog, cap->name))
			finding(findings, "caps", "there is no block %.*s",
			    SPAN_ARG(cap->name));
		if (cap->scope == CAP_POOL &&
		    !catalog_pool(findings->catalog, cap->name))
			finding(findings, "caps", "there is no pool %.*s",
			    SPAN_ARG(cap->name));
	}
}

/* A field that nobody can have: nobody would be reached. */
static void
lint_channels(struct findings *findings)
{
	const struct campaign *campaign = findings->campaign;

	for (size_t i = 0; i < campaign->channel_count; i++) {
		const struct channel *channel = &campaign->channels[i];

		for (size_t j = 0; j < channel->need_count; j++)
			if (!schema_field(
				findings->catalog->schema, channel->needs[j]))
				finding(findings, "field",
				    "channel %.*s needs %.*s, which the schema "
				    "has not: nobody is reached",
				    SPAN_ARG(channel->name),
				    SPAN_ARG(channel->needs[j]));
	}
}

/* Without a value of a response nobody can gain where cells rule. */
static void
lint_costs(struct findings *findings)
{
	const struct catalog *catalog = findings->catalog;
	const struct campaign *campaign = findings->campaign;

	for (size_t i = 0;
	     campaign->costs.response <= 0 && i < catalog->cell_count; i++)
		if (span_eq(catalog->cells[i].topic, campaign->topic)) {
			finding(findings, "costs",
			    "topic %.*s has sensitivity cells, but the "
			    "campaign has no `costs: {response: ...}`: nobody "
			    "is "
			    "personalised",
			    SPAN_ARG(campaign->topic));
			return;
		}
}

/* Keys are told by the names that the manual has today. */
static void
lint_former(struct findings *findings)
{
	const struct costs *costs = &findings->campaign->costs;

	for (unsigned i = 0; costs_former[i].former; i++)
		if (costs->former & 1u << i)
			finding(findings, "renamed",
			    "`costs: {%s: ...}` is called `%s` today",
			    costs_former[i].former, costs_former[i].now);
	if (costs->channel_count != 0)
		finding(findings, "renamed",
		    "`costs: {channels: {%.*s: ...}}` is written `channels: "
		    "{%.*s: {cost: ...}}` today",
		    SPAN_ARG(costs->channels[0].channel),
		    SPAN_ARG(costs->channels[0].channel));
}

/* What would make `inlay report` say less than it could. */
static void
lint_measure(struct findings *findings)
{
	const struct measure *measure = &findings->campaign->measure;

	if (!measure->given)
		return;
	if (measure->said_days != 0 && measure->said_days < measure->min_days)
		finding(findings, "measure",
		    "`min_days: %u` ends before the window of the goal: %u "
		    "days count",
		    measure->said_days, measure->min_days);
	if (measure->guard_count == 0)
		finding(findings, "measure",
		    "no `guard` is counted: leavers and complaints are costs "
		    "of personalising, too");
	for (size_t i = 0; i <= measure->also_count; i++) {
		const struct goal *goal =
		    i == 0 ? &measure->goal : &measure->also[i - 1];

		if (goal->value && goal->cap <= 0)
			finding(findings, "measure",
			    "the money of `%.*s` has no `cap`: one large "
			    "order may decide",
			    SPAN_ARG(goal->event));
	}
}

static bool
next_rule(const void *names, size_t index, struct span *name)
{
	const struct finding_rule *rules = names;

	if (rules[index].rule == NULL)
		return false;
	*name = span_str(rules[index].rule);
	return true;
}

/* A rule that there is none of waives nothing. */
static void
lint_waived(struct findings *findings)
{
	const struct campaign *campaign = findings->campaign;

	for (size_t i = 0; i < campaign->waived_count; i++) {
		const struct finding_rule *at = finding_rules;
		struct span nearest;

		while (at->rule &&
		       !span_eq(campaign->waived[i], span_str(at->rule)))
			at++;
		if (at->rule)
			continue;
		nearest = suggest_nearest(
		    campaign->waived[i], next_rule, finding_rules);
		finding(findings, "waive", "there is no rule %.*s%s%.*s%s",
		    SPAN_ARG(campaign->waived[i]),
		    nearest.len ? "; did you mean `" : "", SPAN_ARG(nearest),
		    nearest.len ? "`?" : "");
	}
}

void
campaign_findings(struct findings *findings, int64_t now)
{
	lint_arms(findings);
	lint_dates(findings, now);
	lint_caps(findings);
	lint_channels(findings);
	lint_costs(findings);
	lint_learning(findings);
	lint_former(findings);
	lint_measure(findings);
	lint_waived(findings);
}
