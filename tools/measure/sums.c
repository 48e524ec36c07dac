#include "tools/measure/sums.h"

#include <math.h>

#include "store/base/hash.h"

#define NAMES_MEMORY ((size_t)64 << 20)
#define DAY 86400

int
sums_init(struct sums *sums, struct err *err)
{
	*sums = (struct sums){ .arena = arena_new(NAMES_MEMORY) };
	roll_init(&sums->names, sizeof(uint64_t), sizeof(struct span));
	roll_init(
	    &sums->groups, sizeof(struct group_key), sizeof(struct group));
	roll_init(&sums->days, sizeof(struct day_key), sizeof(struct day_sums));
	roll_init(&sums->showings, sizeof(struct showing_key),
	    sizeof(struct showing_sums));
	roll_init(&sums->uses, sizeof(struct use_key), sizeof(uint64_t));
	roll_init(&sums->folded, sizeof(uint64_t), sizeof(uint64_t));
	return sums->arena ? 0 : err_set(err, ERR_MEMORY, "out of memory");
}

void
sums_deinit(struct sums *sums)
{
	roll_deinit(&sums->names);
	roll_deinit(&sums->groups);
	roll_deinit(&sums->days);
	roll_deinit(&sums->showings);
	roll_deinit(&sums->uses);
	roll_deinit(&sums->folded);
	arena_free(&sums->arena);
}

uint32_t
sums_name(struct sums *sums, struct span name)
{
	uint64_t hash = hash_xxh3_seeded(name, hash_secret());
	size_t before = sums->names.count;
	struct span *word;

	if (name.len == 0)
		return 0;
	word = roll_at(&sums->names, &hash);
	if (!word)
		return UINT32_MAX;
	if (sums->names.count != before &&
	    arena_dup(sums->arena, name, word) < 0)
		*word = SPAN("...");
	return (uint32_t)(((unsigned char *)word - sums->names.items) /
			  (sums->names.key + sums->names.value)) +
	       1;
}

struct span
sums_word(const struct sums *sums, uint32_t name)
{
	const struct span *word;

	if (name == 0 || name > sums->names.count)
		return SPAN("");
	word = roll_value(&sums->names, name - 1);
	return *word;
}

int64_t
sums_day(int64_t moment)
{
	return moment / DAY - (moment % DAY < 0);
}

struct opening
opening_of(int64_t moment)
{
	return (struct opening){ sums_day(moment), { 1, 0 } };
}

double
opening_planned(const struct opening *opening, double needed)
{
	return fmax(
	    (double)(opening->people[0] + opening->people[1]), 2 * needed);
}

static uint64_t
enrolled_on(const struct opening *opening, int64_t day)
{
	if (day == opening->day)
		return opening->people[0];
	return day == opening->day + 1 ? opening->people[1] : 0;
}

void
opening_add(struct opening *into, const struct opening *from)
{
	bool earlier = into->people[0] == 0 || from->day < into->day;
	int64_t day = earlier ? from->day : into->day;

	if (from->people[0] == 0)
		return;
	*into = (struct opening){ day,
		{ enrolled_on(into, day) + enrolled_on(from, day),
		    enrolled_on(into, day + 1) + enrolled_on(from, day + 1) } };
}

void
goal_sums_add(struct goal_sums *into, const struct goal_sums *from)
{
	into->people += from->people;
	into->responded += from->responded;
	into->open += from->open;
	into->open_so_far += from->open_so_far;
	into->uncapped += from->uncapped;
	moments_merge(&into->moments, &from->moments);
}

void
group_add(struct group *into, const struct group *from)
{
	if (into->enrolled == 0 || from->first < into->first)
		into->first = from->first;
	if (into->enrolled == 0 || from->last > into->last)
		into->last = from->last;
	opening_add(&into->opening, &from->opening);
	into->enrolled += from->enrolled;
	into->bounced += from->bounced;
	into->clicked += from->clicked;
	for (size_t i = 0; i < SUMS_GOALS; i++)
		goal_sums_add(&into->goals[i], &from->goals[i]);
}
