#include "tools/measure/lesson.h"

#include <stdlib.h>

struct lesson_key {
	uint32_t cluster, topic; /* names of the sums */
};

int
lessons_init(struct lessons *lessons, int64_t since, struct err *err)
{
	lessons->since = since;
	roll_init(
	    &lessons->cells, sizeof(struct lesson_key), sizeof(struct lesson));
	return sums_init(&lessons->sums, err);
}

void
lessons_deinit(struct lessons *lessons)
{
	roll_deinit(&lessons->cells);
	sums_deinit(&lessons->sums);
}

/* The side a copy belongs to; NULL where nothing is learned of it: whom the
 * cells themselves kept neutral were not chosen by lot. */
static struct learned_side *
side_of(struct lesson *lesson, const struct exposure *entry)
{
	if (entry->reason == REASON_DECIDED)
		return &lesson->cell.personal;
	return &lesson->cell.generic;
}

static bool
teaches(const struct lessons *lessons, const struct exposure *entry)
{
	return entry->eligible == ELIGIBLE_YES &&
	       exposure_counts(entry->state) && entry->time >= lessons->since &&
	       entry->cluster.len != 0 &&
	       (entry->reason == REASON_DECIDED ||
		   entry->reason == REASON_CONTROL ||
		   entry->reason == REASON_HOLDOUT);
}

static void
lesson_add(struct lesson *lesson, const struct history *history,
    const struct exposure *entry)
{
	struct topic_counts counts = { .topic = entry->topic };
	struct learned_side *side = side_of(lesson, entry);

	history_answers(history, entry, &counts);
	side->sent += (double)counts.exposures;
	side->answered += (double)counts.responses;
	side->lost += (double)counts.losses;
	if (lesson->from == 0 || entry->time < lesson->from)
		lesson->from = entry->time;
	if (entry->time > lesson->until)
		lesson->until = entry->time;
}

int
lessons_add(
    struct lessons *lessons, const struct history *history, struct err *err)
{
	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *entry = &history->exposures[i];
		struct lesson_key key;
		struct lesson *lesson;

		if (!teaches(lessons, entry))
			continue;
		key.cluster = sums_name(&lessons->sums, entry->cluster);
		key.topic = sums_name(&lessons->sums, entry->topic);
		lesson = key.cluster == UINT32_MAX || key.topic == UINT32_MAX
			     ? NULL
			     : roll_at(&lessons->cells, &key);
		if (!lesson)
			return err_set(err, ERR_MEMORY, "out of memory");
		lesson_add(lesson, history, entry);
	}
	return 0;
}

static int
lesson_order(const void *a, const void *b)
{
	const struct lesson *x = a, *y = b;
	int order = span_cmp(x->topic, y->topic);

	return order ? order : span_cmp(x->cluster, y->cluster);
}

/* By the first campaign of the topic that says what a response is worth. */
static struct learning_costs
topic_costs(const struct catalog *catalog, struct span topic)
{
	for (size_t i = 0; i < catalog->campaign_count; i++) {
		const struct campaign *campaign = catalog->campaigns[i];

		if (span_eq(campaign->topic, topic) &&
		    campaign->costs.response > 0)
			return (
			    struct learning_costs){ campaign->costs.response,
				campaign->costs.loss, campaign->costs.send };
	}
	return (struct learning_costs){ 1, 0, 0 };
}

int
lessons_finish(struct lessons *lessons, const struct catalog *catalog,
    struct arena *arena, struct lesson **list, size_t *count, struct err *err)
{
	size_t n = *count = lessons->cells.count;
	struct lesson *all = arena_calloc(arena, n, sizeof *all);
	struct learned_cell *cells = arena_calloc(arena, n, sizeof *cells);

	if (!all || !cells)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < n; i++) {
		const struct lesson_key *key = roll_key(&lessons->cells, i);

		all[i] = *(struct lesson *)roll_value(&lessons->cells, i);
		all[i].cluster = sums_word(&lessons->sums, key->cluster);
		all[i].topic = sums_word(&lessons->sums, key->topic);
		all[i].cell.topic = key->topic;
		all[i].cell.costs = topic_costs(catalog, all[i].topic);
	}
	if (n != 0)
		qsort(all, n, sizeof *all, lesson_order);
	for (size_t i = 0; i < n; i++)
		cells[i] = all[i].cell;
	if (learning_run(cells, n, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		all[i].cell = cells[i];
	*list = all;
	return 0;
}
