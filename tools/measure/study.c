#include "tools/measure/study.h"

#include <stdlib.h>

#include "tools/measure/walked.h"

static bool
same_goal(const struct goal *one, const struct goal *other)
{
	return span_eq(one->event, other->event) && one->value == other->value;
}

static bool
fits_pool(const struct study_options *options, const struct campaign *campaign)
{
	switch (options->pool) {
	case POOL_NONE:
		return false;
	case POOL_TOPIC:
		return span_eq(campaign->topic, options->pooled);
	case POOL_HOLDOUT:
		return campaign->holdout > 0 &&
		       span_eq(campaign->holdout_seed, options->pooled);
	}
	return false;
}

static int
add_campaign(
    struct study *study, const struct campaign *campaign, struct err *err)
{
	struct studied *one = &study->list[study->count++];
	uint64_t name = sums_name(&study->sums, campaign->id);
	uint64_t *place = roll_at(&study->campaigns, &name);

	if (!place || name == UINT32_MAX)
		return err_set(err, ERR_MEMORY, "out of memory");
	*place = study->count;
	one->campaign = campaign;
	while (one->goal_count < SUMS_GOALS &&
	       (one->goals[one->goal_count] = measure_goal(
		    &campaign->measure, one->goal_count)) != NULL)
		one->goal_count++;
	if (!campaign->measure.given || !fits_pool(&study->options, campaign))
		return 0;
	if (!study->lead)
		study->lead = campaign;
	one->pooled =
	    same_goal(&campaign->measure.goal, &study->lead->measure.goal);
	return 0;
}

struct study *
study_new(const struct study_options *options, struct err *err)
{
	const struct catalog *catalog = options->catalog;
	struct study *study = calloc(1, sizeof(*study));

	if (!study) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	study->options = *options;
	roll_init(&study->campaigns, sizeof(uint64_t), sizeof(uint64_t));
	study->list = calloc(catalog->campaign_count + 1, sizeof(*study->list));
	if (sums_init(&study->sums, err) < 0 || !study->list) {
		err_set(err, ERR_MEMORY, "out of memory");
		study_free(&study);
		return NULL;
	}
	for (size_t i = 0; i < catalog->campaign_count; i++)
		if (add_campaign(study, catalog->campaigns[i], err) < 0) {
			study_free(&study);
			return NULL;
		}
	return study;
}

void
study_free(struct study **study)
{
	if (!*study)
		return;
	sums_deinit(&(*study)->sums);
	roll_deinit(&(*study)->campaigns);
	free((*study)->list);
	free(*study);
	*study = NULL;
}

struct sums *
study_sums(struct study *study)
{
	return &study->sums;
}

const struct campaign *
study_pooled(const struct study *study)
{
	return study->lead;
}

bool
study_pools(const struct study *study, const struct campaign *campaign)
{
	for (size_t i = 0; i < study->count; i++)
		if (study->list[i].campaign == campaign)
			return study->list[i].pooled;
	return false;
}

bool
study_leaves_out(const struct study *study, const struct campaign *campaign)
{
	return fits_pool(&study->options, campaign) &&
	       !study_pools(study, campaign);
}

static bool
is_left_out(const struct study *study, const struct anchor *anchor)
{
	const struct study_options *options = &study->options;

	return !anchor->studied || anchor->entry->time < options->since ||
	       anchor->entry->time > options->now ||
	       (options->segment.len != 0 &&
		   !span_eq(anchor->entry->segment, options->segment));
}

int
study_add(struct study *study, const struct history *history,
    struct arena *arena, struct err *err)
{
	struct walked walked = { .study = study, .history = history };

	study->sums.people++;
	if (walked_anchors(&walked, arena, err) < 0 ||
	    walked_answers(&walked, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < walked.anchor_count; i++)
		if (!is_left_out(study, &walked.anchors[i]) &&
		    walked_add_anchor(&walked, &walked.anchors[i], err) < 0)
			return -1;
	for (size_t i = 0; i < history->exposure_count; i++)
		if (history->exposures[i].time <= study->options.now &&
		    exposure_counts(history->exposures[i].state) &&
		    walked_add_blocks(&walked, i, err) < 0)
			return -1;
	if (study->options.pool != POOL_NONE)
		walked_add_pool(&walked);
	return 0;
}
