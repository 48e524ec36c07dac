/*
 * The blocks that people were shown: by how many campaigns, and what followed
 * each time.
 */
#include "tools/measure/walked.h"

/* How often the person was shown the block before this exposure. */
static uint64_t
shown_before(
    const struct walked *walked, struct span block, const struct exposure *at)
{
	const struct history *history = walked->history;
	uint64_t count = 0;

	for (size_t i = 0; i < history->folded_count; i++)
		if (history->folded[i].kind == FOLDED_BLOCK &&
		    span_eq(history->folded[i].name, block))
			count += history->folded[i].count;
	for (const struct exposure *e = history->exposures; e < at; e++)
		for (size_t i = 0;
		     exposure_counts(e->state) && i < e->slot_count; i++)
			count += span_eq(e->slots[i].block, block);
	return count;
}

static int
add_showing(struct walked *walked, const struct studied *studied,
    const struct exposure *entry, uint32_t block, struct err *err)
{
	struct sums *sums = &walked->study->sums;
	const struct goal *goal = studied->goals[0];
	int64_t until = entry->time + goal->within;
	uint64_t nth = shown_before(walked, sums_word(sums, block), entry) + 1;
	struct showing_key key = { .campaign = sums_name(sums, entry->campaign),
		.block = block,
		.nth = (uint32_t)(nth < SUMS_SHOWINGS ? nth : SUMS_SHOWINGS),
		.control = walked_is_control(studied, entry) };
	struct showing_sums *showing;

	if (until > walked->study->options.now)
		return 0;
	showing = roll_at(&sums->showings, &key);
	if (!showing)
		return err_set(err, ERR_MEMORY, "out of memory");
	showing->shown++;
	showing->responded +=
	    deed_between(walked, studied, goal, entry->time, until).responded;
	return 0;
}

int
walked_add_blocks(struct walked *walked, size_t nth, struct err *err)
{
	const struct exposure *entry = &walked->history->exposures[nth];
	const struct studied *studied = walked->whose[nth];
	struct sums *sums = &walked->study->sums;

	for (size_t i = 0; i < entry->slot_count; i++) {
		struct use_key key = { sums_name(sums, entry->slots[i].block),
			sums_name(sums, entry->campaign) };
		uint64_t *uses;

		if (key.block == 0 || entry->slots[i].variant)
			continue;
		uses = roll_at(&sums->uses, &key);
		if (!uses)
			return err_set(err, ERR_MEMORY, "out of memory");
		++*uses;
		if (studied && studied->goal_count != 0 &&
		    entry->time >= walked->study->options.since &&
		    add_showing(walked, studied, entry, key.block, err) < 0)
			return -1;
	}
	return 0;
}
