#include "store/record/history.h"

#include "store/base/hash.h"

static int
out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a history");
}

static const struct {
	const char *type;
	bool answers;
	bool loses;
} response_types[] = {
	{ "click", true, false },
	{ "reply", true, false },
	{ "purchase", true, false },
	{ "conversion", true, false },
	{ "unsubscribe", false, true },
	{ "complaint", false, true },
};

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

/* 1 where a response of this type is an answer: click, reply, purchase,
 * conversion. Opens are not: mail programs make them up. */
static int
response_answers(struct span type)
{
	for (size_t i = 0; i < COUNT_OF(response_types); i++)
		if (span_eq(type, span_str(response_types[i].type)))
			return response_types[i].answers;
	return 0;
}

/* 1 where it means the person is lost: unsubscribe, complaint. */
static int
response_loses(struct span type)
{
	for (size_t i = 0; i < COUNT_OF(response_types); i++)
		if (span_eq(type, span_str(response_types[i].type)))
			return response_types[i].loses;
	return 0;
}

struct exposure *
history_find_tag(
    const struct history *history, const unsigned char tag[KEY_TAG])
{
	for (size_t i = history->exposure_count; i > 0; i--)
		if (memcmp(history->exposures[i - 1].tag, tag, KEY_TAG) == 0)
			return &history->exposures[i - 1];
	return NULL;
}

struct exposure *
history_find(const struct history *history, const struct message_key *key)
{
	return history_find_tag(history, key->bytes);
}

struct exposure *
history_find_mail(const struct history *history, struct span tenant,
    struct span address, struct span message_id, struct message_key *key)
{
	for (size_t i = history->exposure_count; i-- > 0;) {
		struct exposure *exposure = &history->exposures[i];

		*key = message_key(
		    tenant, exposure->campaign, message_id, address);
		if (memcmp(exposure->tag, key->bytes, KEY_TAG) == 0)
			return exposure;
	}
	return NULL;
}

/* The list with room for one more, which is zero; NULL: memory. */
static void *
one_more(struct arena *arena, const void *list, size_t count, size_t size)
{
	char *copy = arena_calloc(arena, count + 1, size);

	if (copy != NULL && count != 0)
		memcpy(copy, list, count * size);
	return copy;
}

static void
drop(struct history *history, struct exposure *entry)
{
	size_t after = (size_t)(history->exposures + history->exposure_count -
				(entry + 1));

	memmove(entry, entry + 1, after * sizeof *entry);
	history->exposure_count--;
}

int
history_append(struct history *history, const struct exposure *exposure,
    struct arena *arena, struct err *err)
{
	struct exposure *list, *old = history_find_tag(history, exposure->tag);

	if (old != NULL && !exposure_unsent(old->state))
		return 0;
	if (old != NULL)
		drop(history, old);
	list = one_more(
	    arena, history->exposures, history->exposure_count, sizeof *list);
	if (list == NULL)
		return out_of_memory(err);
	list[history->exposure_count++] = *exposure;
	history->exposures = list;
	return 1;
}

/* Whether a report may move an entry from where it is. */
static bool
may_move(const struct exposure *entry, enum exposure_state state, int64_t at)
{
	if (entry->state == state || state == EXPOSURE_RESERVED ||
	    entry->state == EXPOSURE_VOID || exposure_unsent(state))
		return false;
	if (state == EXPOSURE_VOID || entry->state == EXPOSURE_RESERVED)
		return true;
	if (state == EXPOSURE_EXPIRED || exposure_unsent(entry->state))
		return false;
	return entry->state == EXPOSURE_EXPIRED || at >= entry->state_at;
}

int
history_mark(struct history *history, const struct message_key *key,
    enum exposure_state state, int64_t at)
{
	struct exposure *entry = history_find(history, key);

	if (entry == NULL || !may_move(entry, state, at))
		return 0;
	entry->state = state;
	entry->state_at = at;
	return 1;
}

size_t
history_expire(struct history *history, int64_t before, int64_t at)
{
	size_t count = 0;

	for (size_t i = 0; i < history->exposure_count; i++) {
		struct exposure *entry = &history->exposures[i];

		if (entry->state != EXPOSURE_RESERVED || entry->time >= before)
			continue;
		entry->state = EXPOSURE_EXPIRED;
		entry->state_at = at;
		count++;
	}
	return count;
}

static bool
has_id(const struct response *response)
{
	static const unsigned char none[RESPONSE_ID];

	return memcmp(response->id, none, RESPONSE_ID) != 0;
}

/* Whether they are about one thing that happened. */
static bool
same_response(const struct response *a, const struct response *b)
{
	if (memcmp(a->id, b->id, RESPONSE_ID) != 0)
		return false;
	return has_id(a) ||
	       (a->time == b->time && memcmp(a->tag, b->tag, KEY_TAG) == 0 &&
		   span_eq(a->type, b->type) && span_eq(a->topic, b->topic));
}

/* Whether they say the same about it; those without an id do. To what it is
 * attributed nobody said: that follows from what was sent by then. */
static bool
same_words(const struct response *a, const struct response *b)
{
	return !has_id(a) ||
	       (a->time == b->time && !(a->value < b->value) &&
		   !(a->value > b->value) && span_eq(a->type, b->type) &&
		   span_eq(a->campaign, b->campaign) &&
		   span_eq(a->channel, b->channel) &&
		   span_eq(a->currency, b->currency));
}

/* Responses by what tells them apart. */
struct response_table {
	uint32_t *slots; /* index of one, from 1; 0: free */
	size_t size;	 /* a power of two */
};

/* The slot of the same response in the list, or the free one for it. */
static uint32_t *
response_slot(const struct response_table *table, const struct response *list,
    const struct response *response)
{
	struct span name = has_id(response)
			       ? span_of(response->id, RESPONSE_ID)
			       : span_of(&response->time, sizeof(int64_t));
	size_t at = (size_t)hash_xxh3(name) & (table->size - 1);

	while (table->slots[at] != 0 &&
	       !same_response(&list[table->slots[at] - 1], response))
		at = (at + 1) & (table->size - 1);
	return &table->slots[at];
}

int
history_respond_all(struct history *history, const struct response *responses,
    size_t count, int *results, struct arena *arena, struct err *err)
{
	size_t have = history->response_count;
	struct response_table table = { .size = 16 };
	struct response *list;

	while (table.size < 2 * (have + count))
		table.size *= 2;
	table.slots = arena_calloc(arena, table.size, sizeof *table.slots);
	list = arena_calloc(arena, have + count, sizeof *list);
	if (table.slots == NULL || list == NULL)
		return out_of_memory(err);
	for (size_t i = 0; i < have; i++) {
		list[i] = history->responses[i];
		*response_slot(&table, list, &list[i]) = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t *slot = response_slot(&table, list, &responses[i]);

		results[i] = 1;
		if (*slot != 0)
			results[i] = same_words(&list[*slot - 1], &responses[i])
					 ? 0
					 : RESPONSE_OTHERWISE;
		if (*slot != 0)
			continue;
		list[have++] = responses[i];
		*slot = (uint32_t)have;
	}
	history->responses = list;
	history->response_count = have;
	return 0;
}

int
history_respond(struct history *history, const struct response *response,
    struct arena *arena, struct err *err)
{
	int result;

	if (history_respond_all(history, response, 1, &result, arena, err) < 0)
		return -1;
	return result;
}

static int
fold_one(struct history *history, enum folded_kind kind, struct span name,
    int64_t time, struct arena *arena)
{
	struct folded *list;

	for (size_t i = 0; i < history->folded_count; i++) {
		struct folded *at = &history->folded[i];

		if (at->kind != kind || !span_eq(at->name, name))
			continue;
		at->count++;
		at->first = time < at->first ? time : at->first;
		at->last = time > at->last ? time : at->last;
		return 0;
	}
	list = one_more(
	    arena, history->folded, history->folded_count, sizeof *list);
	if (list == NULL)
		return -1;
	list[history->folded_count++] =
	    (struct folded){ kind, name, 1, time, time };
	history->folded = list;
	return 0;
}

/* Whether an earlier slot of the entry shows the same block. */
static bool
shown_before(const struct exposure *entry, size_t slot)
{
	for (size_t i = 0; i < slot; i++)
		if (span_eq(entry->slots[i].block, entry->slots[slot].block))
			return true;
	return false;
}

/* What the person did about this entry. */
void
history_answers(const struct history *history, const struct exposure *entry,
    struct topic_counts *counts)
{
	bool answered = false, lost = false;

	for (size_t i = 0; i < history->response_count; i++) {
		const struct response *response = &history->responses[i];

		if (response->aside != ASIDE_NOT ||
		    memcmp(response->tag, entry->tag, KEY_TAG) != 0)
			continue;
		answered |= response_answers(response->type) != 0;
		lost |= response_loses(response->type) != 0;
	}
	counts->exposures++;
	counts->responses += answered;
	counts->losses += lost;
}

static int
count_topic(
    struct history *history, const struct exposure *entry, struct arena *arena)
{
	struct topic_counts *list;

	for (size_t i = 0; i < history->topic_count; i++) {
		struct topic_counts *at = &history->topics[i];

		if (at->personal == entry->personal &&
		    span_eq(at->topic, entry->topic)) {
			history_answers(history, entry, at);
			return 0;
		}
	}
	list = one_more(
	    arena, history->topics, history->topic_count, sizeof *list);
	if (list == NULL)
		return -1;
	list[history->topic_count] =
	    (struct topic_counts){ entry->topic, entry->personal, 0, 0, 0 };
	history_answers(history, entry, &list[history->topic_count++]);
	history->topics = list;
	return 0;
}

static int
fold_exposure(
    struct history *history, const struct exposure *entry, struct arena *arena)
{
	if (!exposure_counts(entry->state))
		return 0;
	for (size_t i = 0; i < entry->slot_count; i++) {
		struct span block = entry->slots[i].block;

		if (block.len == 0 || shown_before(entry, i))
			continue;
		if (fold_one(history, FOLDED_BLOCK, block, entry->time, arena) <
		    0)
			return -1;
	}
	if (fold_one(history, FOLDED_CAMPAIGN, entry->campaign, entry->time,
		arena) < 0)
		return -1;
	return count_topic(history, entry, arena);
}

static int64_t
before_of(const struct history_keep *keep, const struct exposure *entry)
{
	return keep->before_of != NULL
		   ? keep->before_of(keep->context, entry->campaign)
		   : keep->before;
}

static bool
is_old(const struct history_keep *keep, const struct exposure *entry)
{
	return entry->time < before_of(keep, entry);
}

static int
fold_exposures(struct history *history, const struct history_keep *keep,
    struct arena *arena)
{
	for (size_t i = 0; i < history->exposure_count; i++)
		if (is_old(keep, &history->exposures[i]) &&
		    fold_exposure(history, &history->exposures[i], arena) < 0)
			return -1;
	return 0;
}

static bool
is_past(const struct history *history, const struct history_keep *keep,
    const struct response *response)
{
	const struct exposure *entry = history_find_tag(history, response->tag);

	if (entry == NULL)
		return response->time < keep->before;
	return is_old(keep, entry) && response->time < before_of(keep, entry);
}

/* The others close ranks; what was set aside is not counted, here neither. 1
 * some were folded, 0 none, -1. */
static int
fold_responses(struct history *history, const struct history_keep *keep,
    struct arena *arena)
{
	size_t kept = 0, count = history->response_count;

	for (size_t i = 0; i < count; i++) {
		struct response *response = &history->responses[i];

		if (!is_past(history, keep, response))
			history->responses[kept++] = *response;
		else if (response->aside == ASIDE_NOT &&
			 fold_one(history, FOLDED_RESPONSE, response->type,
			     response->time, arena) < 0)
			return -1;
	}
	history->response_count = kept;
	return kept != count;
}

/* The old ones are in the counts: the others close ranks. */
static int
drop_folded(struct history *history, const struct history_keep *keep)
{
	size_t kept = 0, count = history->exposure_count;

	for (size_t i = 0; i < count; i++)
		if (!is_old(keep, &history->exposures[i]))
			history->exposures[kept++] = history->exposures[i];
	history->exposure_count = kept;
	return kept != count;
}

/* An entry is counted with what answered it, and goes after that. */
int
history_fold(struct history *history, const struct history_keep *keep,
    struct arena *arena, struct err *err)
{
	int responses;

	if (fold_exposures(history, keep, arena) < 0)
		return out_of_memory(err);
	responses = fold_responses(history, keep, arena);
	if (responses < 0)
		return out_of_memory(err);
	return drop_folded(history, keep) | responses;
}

static void
see(struct block_seen *seen, int64_t first, int64_t last, uint64_t count)
{
	if (seen->ever == 0 || first < seen->first)
		seen->first = first;
	if (seen->ever == 0 || last > seen->last)
		seen->last = last;
	seen->ever += count;
}

static bool
shows(const struct exposure *entry, struct span block)
{
	for (size_t i = 0; i < entry->slot_count; i++)
		if (span_eq(entry->slots[i].block, block))
			return true;
	return false;
}

struct block_seen
history_seen(const struct history *history, struct span block, int64_t since)
{
	struct block_seen seen = { .count = 0 };

	if (block.len == 0)
		return seen;
	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *entry = &history->exposures[i];

		if (!exposure_counts(entry->state) || !shows(entry, block))
			continue;
		see(&seen, entry->time, entry->time, 1);
		seen.count += since == INT64_MIN || entry->time > since;
	}
	for (size_t i = 0; i < history->folded_count; i++) {
		const struct folded *at = &history->folded[i];

		if (at->kind != FOLDED_BLOCK || !span_eq(at->name, block))
			continue;
		see(&seen, at->first, at->last, at->count);
		if (since == INT64_MIN || at->last > since)
			seen.count += at->count;
	}
	return seen;
}

struct topic_counts
history_topic_counts(
    const struct history *history, struct span topic, bool personal)
{
	struct topic_counts sum = { topic, personal, 0, 0, 0 };

	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *entry = &history->exposures[i];

		if (exposure_counts(entry->state) &&
		    entry->personal == personal && span_eq(entry->topic, topic))
			history_answers(history, entry, &sum);
	}
	for (size_t i = 0; i < history->topic_count; i++) {
		const struct topic_counts *at = &history->topics[i];

		if (at->personal != personal || !span_eq(at->topic, topic))
			continue;
		sum.exposures += at->exposures;
		sum.responses += at->responses;
		sum.losses += at->losses;
	}
	return sum;
}
