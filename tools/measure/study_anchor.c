/*
 * First enrolments: who they put where, and what followed.
 */
#include "tools/measure/attribution.h"
#include "tools/measure/walked.h"

/* The version as decimal digits; 0 for what is none. */
static uint32_t
version_of(struct span text)
{
	uint64_t number = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' || number > UINT32_MAX)
			return 0;
		number = number * 10 + (uint64_t)(text.at[i] - '0');
	}
	return number <= UINT32_MAX ? (uint32_t)number : 0;
}

bool
walked_is_control(const struct studied *studied, const struct exposure *entry)
{
	const struct arm *arm;

	if (entry->reason == REASON_HOLDOUT ||
	    span_eq(entry->arm, SPAN("holdout")))
		return true;
	arm = campaign_arm(studied->campaign, entry->arm);
	return arm != NULL && arm->control;
}

static void
name_group(
    struct sums *sums, const struct exposure *entry, struct group_key *key)
{
	*key = (struct group_key){
		.campaign = sums_name(sums, entry->campaign),
		.arm = sums_name(sums, entry->arm),
		.segment = sums_name(sums, entry->segment),
		.cluster = sums_name(sums, entry->cluster),
		.version = version_of(entry->version),
		.eligible = (uint32_t)entry->eligible,
	};
}

/* Whether the person's first enrolment may be among what was folded. */
static bool
is_folded(const struct walked *walked, const struct studied *studied)
{
	const struct history *history = walked->history;

	for (size_t i = 0; i < history->folded_count; i++)
		if (history->folded[i].kind == FOLDED_CAMPAIGN &&
		    span_eq(history->folded[i].name, studied->campaign->id))
			return true;
	return false;
}

/* The anchor of an entry's campaign and version, unless it is known. */
static int
note_anchor(struct walked *walked, const struct studied *studied,
    const struct exposure *any, struct err *err)
{
	const struct exposure *entry =
	    attribution_anchor(walked->history, any->campaign, any->version);
	struct sums *sums = &walked->study->sums;
	struct anchor made = { .studied = studied, .entry = entry };
	uint64_t name, *folded;

	if (!entry)
		return 0;
	made.control = walked_is_control(studied, entry);
	name_group(sums, entry, &made.key);
	for (size_t i = 0; i < walked->anchor_count; i++)
		if (walked->anchors[i].key.campaign == made.key.campaign &&
		    walked->anchors[i].key.version == made.key.version)
			return 0;
	walked->anchors[walked->anchor_count++] = made;
	if (!is_folded(walked, studied))
		return 0;
	name = made.key.campaign;
	folded = roll_at(&sums->folded, &name);
	if (!folded)
		return err_set(err, ERR_MEMORY, "out of memory");
	++*folded;
	walked->anchors[walked->anchor_count - 1].studied = NULL;
	return 0;
}

int
walked_anchors(struct walked *walked, struct arena *arena, struct err *err)
{
	const struct history *history = walked->history;
	size_t count = history->exposure_count;

	walked->anchors =
	    arena_calloc(arena, count + 1, sizeof(*walked->anchors));
	walked->whose = arena_calloc(arena, count + 1, sizeof(*walked->whose));
	if (!walked->anchors || !walked->whose)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++) {
		const struct exposure *entry = &history->exposures[i];

		walked->whose[i] = studied_of(walked->study, entry->campaign);
		if (walked->whose[i] &&
		    note_anchor(walked, walked->whose[i], entry, err) < 0)
			return -1;
	}
	return 0;
}

static void
add_outcome(struct goal_sums *sums, const struct reaction *outcome)
{
	if (!outcome->closed) {
		sums->open++;
		sums->open_so_far += outcome->responded;
		return;
	}
	sums->people++;
	sums->responded += outcome->responded;
	sums->uncapped += outcome->uncapped;
	moments_add(&sums->moments, outcome->y, outcome->before);
}

static int
add_day(struct sums *sums, const struct anchor *anchor,
    const struct reaction *outcome, struct err *err)
{
	int64_t end = deed_window_end(anchor, anchor->studied->goals[0]);
	struct day_key key = { .campaign = anchor->key.campaign,
		.arm = anchor->key.arm,
		.version = anchor->key.version,
		.eligible = anchor->key.eligible,
		.day = sums_day(end) };
	struct day_sums *day = roll_at(&sums->days, &key);

	if (!day)
		return err_set(err, ERR_MEMORY, "out of memory");
	day->people++;
	day->responded += outcome->responded;
	moments_add(&day->moments, outcome->y, outcome->before);
	return 0;
}

static bool
has_clicked(const struct walked *walked, const struct anchor *anchor)
{
	static const struct goal click = { .event = { "click", 5 } };
	int64_t until = anchor->studied->goal_count
			    ? deed_window_end(anchor, anchor->studied->goals[0])
			    : INT64_MAX;

	return deed_between(
	    walked, anchor->studied, &click, anchor->entry->time, until)
	    .responded;
}

int
walked_add_anchor(
    struct walked *walked, const struct anchor *anchor, struct err *err)
{
	struct sums *sums = &walked->study->sums;
	struct group *group = roll_at(&sums->groups, &anchor->key);
	const struct exposure *entry = anchor->entry;
	struct opening opening = opening_of(entry->time);

	if (!group)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (group->enrolled == 0 || entry->time < group->first)
		group->first = entry->time;
	if (group->enrolled == 0 || entry->time > group->last)
		group->last = entry->time;
	opening_add(&group->opening, &opening);
	group->enrolled++;
	group->bounced +=
	    entry->state == EXPOSURE_BOUNCED || entry->state == EXPOSURE_FAILED;
	group->clicked += has_clicked(walked, anchor);
	for (size_t i = 0; i < anchor->studied->goal_count; i++) {
		struct reaction outcome =
		    reaction_read(walked, anchor, anchor->studied->goals[i]);

		add_outcome(&group->goals[i], &outcome);
		if (i == 0 && outcome.closed &&
		    add_day(sums, anchor, &outcome, err) < 0)
			return -1;
	}
	return 0;
}
