#include "milter/decide/census.h"

#include <math.h>
#include <stdlib.h>

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/hash.h"
#include "store/base/unicode.h"

#define VALUE_MAX 4096 /* bytes that tell a folded value from others */
#define FIRST_SLOTS 64

struct sighting {
	struct span text; /* folded */
	uint64_t hash;
	uint64_t count;
};

struct census {
	struct arena *arena; /* the values seen */
	struct buf folded;
	size_t limit;
	int64_t now;
	int64_t max_age;
	struct sighting *seen; /* in the order of appearance */
	size_t seen_count, seen_room;
	uint32_t *slots; /* open addressing: index into seen plus 1 */
	size_t slot_count;
	int64_t *ages;
	size_t age_room;
	struct census_report sums; /* the counts; the rest comes at the end */
};

struct census *
census_new(size_t limit, int64_t now, int64_t max_age)
{
	struct census *census = calloc(1, sizeof *census);

	if (census == NULL)
		return NULL;
	census->arena = arena_new(limit);
	if (census->arena == NULL) {
		free(census);
		return NULL;
	}
	buf_init_heap(&census->folded, VALUE_MAX);
	census->limit = limit;
	census->now = now;
	census->max_age = max_age;
	return census;
}

void
census_free(struct census **census)
{
	if (*census == NULL)
		return;
	arena_free(&(*census)->arena);
	buf_deinit(&(*census)->folded);
	free((*census)->seen);
	free((*census)->slots);
	free((*census)->ages);
	free(*census);
	*census = NULL;
}

/* Grows a list to hold one more, within the limit. */
static int
list_grow(const struct census *census, void **list, size_t *room, size_t count,
    size_t size)
{
	size_t more = *room == 0 ? FIRST_SLOTS : *room * 2;
	void *grown;

	if (count < *room)
		return 0;
	if (more > census->limit / size)
		return -1;
	grown = realloc(*list, more * size);
	if (grown == NULL)
		return -1;
	*list = grown;
	*room = more;
	return 0;
}

/* Where the value is or would be. */
static size_t
slot_find(const struct census *census, struct span text, uint64_t hash)
{
	size_t mask = census->slot_count - 1, at = hash & mask;

	while (census->slots[at] != 0) {
		const struct sighting *seen =
		    &census->seen[census->slots[at] - 1];

		if (seen->hash == hash && span_eq(seen->text, text))
			break;
		at = (at + 1) & mask;
	}
	return at;
}

static int
slots_grow(struct census *census)
{
	size_t count =
	    census->slot_count == 0 ? FIRST_SLOTS : census->slot_count * 2;
	uint32_t *slots;

	if (census->seen_count * 2 < census->slot_count)
		return 0;
	if (count > census->limit / sizeof *slots || count > UINT32_MAX)
		return -1;
	slots = calloc(count, sizeof *slots);
	if (slots == NULL)
		return -1;
	free(census->slots);
	census->slots = slots;
	census->slot_count = count;
	for (size_t i = 0; i < census->seen_count; i++)
		slots[slot_find(census, census->seen[i].text,
		    census->seen[i].hash)] = (uint32_t)i + 1;
	return 0;
}

static int
value_count(struct census *census, struct span text)
{
	uint64_t hash = hash_xxh3(text);
	void *seen = census->seen;
	struct sighting fresh = { SPAN_NONE, hash, 1 };
	size_t at;

	if (slots_grow(census) < 0)
		return -1;
	at = slot_find(census, text, hash);
	if (census->slots[at] != 0) {
		census->seen[census->slots[at] - 1].count++;
		return 0;
	}
	if (list_grow(census, &seen, &census->seen_room, census->seen_count,
		sizeof *census->seen) < 0)
		return -1;
	census->seen = seen;
	if (arena_dup(census->arena, text, &fresh.text) < 0)
		return -1;
	census->seen[census->seen_count++] = fresh;
	census->slots[at] = (uint32_t)census->seen_count;
	return 0;
}

static int
age_keep(struct census *census, int64_t age)
{
	void *ages = census->ages;

	if (list_grow(census, &ages, &census->age_room, census->sums.filled,
		sizeof *census->ages) < 0)
		return -1;
	census->ages = ages;
	census->ages[census->sums.filled] = age;
	return 0;
}

int
census_add(
    struct census *census, const struct census_value *value, struct err *err)
{
	int64_t age = 0;
	bool fresh;

	census->sums.count++;
	if (value->text.len == 0)
		return 0;
	if (__builtin_sub_overflow(census->now, value->at, &age))
		age = value->at < 0 ? INT64_MAX : INT64_MIN;
	fresh = census->max_age < 0 || age <= census->max_age;
	buf_clear(&census->folded);
	unicode_fold(&census->folded, span_first(value->text, VALUE_MAX / 3));
	if (value_count(census, buf_span(&census->folded)) < 0 ||
	    age_keep(census, age) < 0)
		return err_set(err, ERR_LIMIT,
		    "more different values than memory was set aside for");
	census->sums.filled++;
	census->sums.valid += value->valid;
	census->sums.placeholders += value->placeholder;
	census->sums.fresh += fresh;
	census->sums.usable += fresh && value->valid && !value->placeholder;
	return 0;
}

static int
age_order(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

static double
ages_median(struct census *census)
{
	size_t count = census->sums.filled, middle = count / 2;

	if (count == 0)
		return 0;
	qsort(census->ages, count, sizeof *census->ages, age_order);
	if (count % 2 == 1)
		return (double)census->ages[middle];
	return ((double)census->ages[middle - 1] +
		   (double)census->ages[middle]) /
	       2;
}

struct census_report
census_report(struct census *census)
{
	struct census_report out = census->sums;

	out.distinct = census->seen_count;
	for (size_t i = 0; i < census->seen_count; i++) {
		const struct sighting *seen = &census->seen[i];
		double share = (double)seen->count / (double)out.filled;

		out.entropy -= share * log2(share);
		if (seen->count > out.top_count) {
			out.top = seen->text;
			out.top_count = seen->count;
		}
	}
	out.median_age = ages_median(census);
	return out;
}
