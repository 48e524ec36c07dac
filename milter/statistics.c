#include "milter/statistics.h"

#include <stdio.h>
#include <string.h>

#include "store/base/hash.h"

#define OTHER SPAN("other")
/* From this many rows on campaigns are no longer told apart, and from the
 * second on nor are reasons: each verdict finds room. */
#define ROOM_FOR_CAMPAIGNS (TALLIES - 128)
#define ROOM_FOR_REASONS (TALLIES - COUNTERS)

static const char *const names[COUNTERS] = {
	[COUNT_CONNECTIONS] = "connections",
	[COUNT_TURNED_AWAY] = "turned_away",
	[COUNT_FOREIGN] = "foreign",
	[COUNT_PASSED] = "passed",
	[COUNT_PERSONALISED] = "personalised",
	[COUNT_REPLAYED] = "replayed",
	[COUNT_DISCARDED] = "discarded",
	[COUNT_REFUSED] = "refused",
	[COUNT_DEFERRED] = "deferred",
	[COUNT_SECOND] = "second_recipients",
	[COUNT_ABORTED] = "aborted",
};

const int64_t histogram_bounds[HISTOGRAM_BOUNDS] = { 100, 250, 500, 1000, 2500,
	5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000,
	30000000 };

/* The row's slot: taken by it, or free. */
static uint16_t *
find_slot(struct statistics *statistics, const struct tally *wanted)
{
	uint64_t hash = hash_xxh3(span_str(wanted->campaign)) ^
			hash_xxh3(span_str(wanted->reason)) * 31 ^
			(uint64_t)wanted->verdict;

	for (;; hash++) {
		uint16_t *slot = &statistics->slots[hash % TALLY_SLOTS];
		const struct tally *row =
		    &statistics->tallies[*slot != 0 ? *slot - 1 : 0];

		if (*slot == 0 ||
		    (row->verdict == wanted->verdict &&
			strcmp(row->reason, wanted->reason) == 0 &&
			strcmp(row->campaign, wanted->campaign) == 0))
			return slot;
	}
}

/* The row of that name; a new one only while there are fewer than so many.
 * Under the lock. */
static struct tally *
find_tally(struct statistics *statistics, enum counter verdict,
    struct span reason, struct span campaign, size_t room)
{
	struct tally wanted = { .verdict = verdict };
	uint16_t *slot;

	snprintf(wanted.reason, sizeof wanted.reason, "%.*s", SPAN_ARG(reason));
	snprintf(wanted.campaign, sizeof wanted.campaign, "%.*s",
	    SPAN_ARG(campaign));
	slot = find_slot(statistics, &wanted);
	if (*slot != 0)
		return &statistics->tallies[*slot - 1];
	if (statistics->tally_count >= room)
		return NULL;
	statistics->tallies[statistics->tally_count++] = wanted;
	*slot = (uint16_t)statistics->tally_count;
	return &statistics->tallies[*slot - 1];
}

void
statistics_message(struct statistics *statistics, enum counter verdict,
    struct span reason, struct span campaign)
{
	struct tally *tally;

	statistics_count(statistics, verdict);
	pthread_mutex_lock(&statistics->lock);
	tally = find_tally(
	    statistics, verdict, reason, campaign, ROOM_FOR_CAMPAIGNS);
	if (tally == NULL)
		tally = find_tally(
		    statistics, verdict, reason, OTHER, ROOM_FOR_REASONS);
	if (tally == NULL)
		tally = find_tally(statistics, verdict, OTHER, OTHER, TALLIES);
	tally->count++;
	pthread_mutex_unlock(&statistics->lock);
}

void
statistics_took(struct statistics *statistics, enum phase phase, int64_t us)
{
	struct histogram *histogram = &statistics->phases[phase];
	size_t bucket = 0;

	while (bucket < HISTOGRAM_BOUNDS && us > histogram_bounds[bucket])
		bucket++;
	atomic_fetch_add_explicit(
	    &histogram->counts[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(
	    &histogram->sum_us, (unsigned long long)us, memory_order_relaxed);
}

size_t
statistics_tallies(struct statistics *statistics, struct tally *tallies)
{
	size_t count;

	pthread_mutex_lock(&statistics->lock);
	count = statistics->tally_count;
	memcpy(tallies, statistics->tallies, count * sizeof *tallies);
	pthread_mutex_unlock(&statistics->lock);
	return count;
}

const char *
counter_word(enum counter counter)
{
	return names[counter];
}

void
statistics_log(const struct statistics *statistics, struct log_line *line)
{
	for (unsigned i = 0; i < COUNTERS; i++)
		log_number(line, names[i],
		    (long long)atomic_load(&statistics->counts[i]));
}
