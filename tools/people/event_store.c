#include "tools/people/event_store.h"

#include <stdlib.h>

#include "store/record/profile.h"
#include "tools/people/event_aside.h"

#define GROUP_EVENTS 1000 /* of one person at once */
#define GROUP_BYTES ((size_t)1 << 20)

/* One person's events on their way into the records. */
struct merging {
	struct event_store *store;
	struct arena *arena;
	const struct record *now;
	struct history history;
	struct profile profile;
	bool profile_changed, history_changed;
	struct event *events;
	struct response *responses;
	int *results;
	size_t count;
	bool counts; /* this row is seen for the first time */
	struct err *err;
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a person's events");
}

/* ---- attribution ---- */

/* Whether the entry can have been answered at that moment. */
static bool
left_by(const struct exposure *entry, int64_t time)
{
	return entry->time <= time && !exposure_unsent(entry->state) &&
	       entry->state != EXPOSURE_VOID;
}

/* What the event answers to: the entry of its tag, or the last one of its
 * campaign, or of any, that left by then. NULL: none did. */
static const struct exposure *
answered(const struct history *history, const struct response *response)
{
	const struct exposure *best = NULL;

	if (event_has_tag(response))
		return history_find_tag(history, response->tag);
	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *entry = &history->exposures[i];

		if (!left_by(entry, response->time) ||
		    (response->campaign.len != 0 &&
			!span_eq(entry->campaign, response->campaign)))
			continue;
		if (best == NULL || entry->time >= best->time)
			best = entry;
	}
	return best;
}

/* ---- counting and telling ---- */

static void
count_type(struct event_store *store, struct span type)
{
	struct event_store_count *counted = &store->counted;

	for (size_t i = 0; i < counted->type_count; i++)
		if (span_eq(counted->types[i].type, type)) {
			counted->types[i].count++;
			return;
		}
	if (counted->type_count == EVENT_TYPES_MAX ||
	    arena_dup(store->arena, type,
		&counted->types[counted->type_count].type) < 0)
		return;
	counted->types[counted->type_count++].count = 1;
}

/* The event is left out, for a reason that its row did not show. */
static void
leave_out(struct merging *merging, const struct event *event,
    const char *column, unsigned at, const char *why)
{
	const struct row row = { .bad = why,
		.bad_name = span_str(column),
		.bad_line = event->line,
		.bad_column = at };

	if (merging->counts)
		row_faults_add_row(merging->store->faults, &row);
}

/* The event stays, and something is to be known about it. */
static void
tell(struct merging *merging, const struct event *event, const char *why)
{
	const struct row_cell cell = { .name = SPAN("at"),
		.line = event->line,
		.column = event->at_column };

	if (merging->counts && event->line != 0)
		row_faults_add_note(merging->store->faults, &cell, why);
}

/* ---- what an event does ---- */

static const struct campaign *
campaign_of(const struct merging *merging, const struct response *response,
    const struct exposure *entry)
{
	struct span name = response->campaign;

	if (name.len == 0 && entry != NULL)
		name = entry->campaign;
	return name.len == 0 ? NULL
			     : catalog_campaign(merging->store->catalog, name);
}

/* Who cannot say under which permission is mailed nothing: a wish to leave
 * is never lost. */
static int
unsubscribe(struct merging *merging, const struct response *response,
    const struct campaign *campaign)
{
	struct event_store *store = merging->store;
	struct consent consent = { .status = CONSENT_DENIED,
		.at = response->time < store->now ? response->time : store->now,
		.source = store->source };
	struct profile update = { .address = merging->profile.address,
		.consents = &consent };
	bool named = campaign != NULL && campaign->permission.len != 0;
	int changed;

	if (named) {
		consent.type = campaign->permission;
		update.consent_count = 1;
	} else {
		update.object_marketing = true;
	}
	changed = profile_merge(
	    &merging->profile, &update, merging->arena, merging->err);
	if (changed < 0)
		return -1;
	merging->profile_changed |= changed == 1;
	if (merging->counts && changed == 1) {
		store->counted.denied += named;
		store->counted.objected += !named;
	}
	return 0;
}

static int
complain(struct merging *merging)
{
	if (!merging->profile.suppressed) {
		merging->profile_changed = merging->profile.suppressed = true;
		merging->store->counted.suppressed += merging->counts;
	}
	return 0;
}

/* A person without an address cannot be mailed, and has no wish to keep. */
static int
act(struct merging *merging, const struct event *event,
    const struct response *response, const struct exposure *entry)
{
	if (merging->profile.address.len == 0)
		merging->profile.address = event->address;
	if (merging->profile.address.len == 0)
		return 0;
	if (span_eq(response->type, SPAN("unsubscribe")))
		return unsubscribe(
		    merging, response, campaign_of(merging, response, entry));
	if (span_eq(response->type, SPAN("complaint")))
		return complain(merging);
	return 0;
}

/* ---- merging ---- */

static int
read_person(struct merging *merging)
{
	const struct stored *values = merging->now->values;

	merging->profile = (struct profile){ .changed_at = 0 };
	if (values[RECORD_PROFILE].bytes.len != 0 &&
	    profile_decode(values[RECORD_PROFILE].bytes, merging->arena,
		&merging->profile, merging->err) < 0)
		return -1;
	return history_decode(values[RECORD_HISTORY].bytes, merging->arena,
	    &merging->history, merging->err);
}

/* The earlier first, then the one that stands first. */
static int
earlier(const void *a, const void *b)
{
	const struct event *one = a, *other = b;

	if (one->response.time != other->response.time)
		return one->response.time < other->response.time ? -1 : 1;
	return one->line < other->line ? -1 : one->line > other->line;
}

/* How many events are packed in the bytes. */
static size_t
count_events(struct span group)
{
	struct event event;
	size_t count = 0;

	for (; group.len != 0; count++)
		group = span_from(group, event_unpack(group, &event));
	return count;
}

/* Takes the group apart. 0 or -1. */
static int
unpack(struct merging *merging, struct span group)
{
	struct arena *arena = merging->arena;
	size_t count = count_events(group);

	merging->events = arena_calloc(arena, count, sizeof *merging->events);
	merging->responses =
	    arena_calloc(arena, count, sizeof *merging->responses);
	merging->results = arena_calloc(arena, count, sizeof *merging->results);
	if (!merging->events || !merging->responses || !merging->results)
		return full(merging->err);
	for (size_t i = 0; i < count; i++)
		group =
		    span_from(group, event_unpack(group, &merging->events[i]));
	qsort(merging->events, count, sizeof *merging->events, earlier);
	merging->count = count;
	return 0;
}

/* Whether tidying would fold the event at once: then its id would be gone, and
 * the same file loaded again would count it twice. */
static bool
is_too_old(const struct merging *merging, const struct response *response,
    const struct exposure *entry)
{
	const struct event_store *store = merging->store;
	struct span campaign =
	    entry != NULL ? entry->campaign : response->campaign;

	return response->time < store->now - catalog_ledger(store->catalog,
						 campaign, HISTORY_KEEP);
}

/* Whether the person has as many events as are kept of one. */
static bool
is_full(
    const struct merging *merging, const struct response *response, size_t kept)
{
	size_t count = merging->history.response_count + kept;

	return count >= EVENTS_OF_ONE ||
	       (count >= ASIDES_OF_ONE && response->aside != ASIDE_NOT);
}

/* Attributes the events that can be kept, and puts them side by side. */
static void
attribute(struct merging *merging)
{
	size_t kept = 0;

	event_aside(merging->events, merging->count, &merging->history);
	for (size_t i = 0; i < merging->count; i++) {
		struct event *event = &merging->events[i];
		struct response *response = &merging->responses[kept];
		const struct exposure *entry;

		*response = event->response;
		entry = answered(&merging->history, response);
		if (is_too_old(merging, response, entry)) {
			leave_out(merging, event, "at", event->at_column,
			    "older than exposures are kept (ledger_days)");
			continue;
		}
		if (is_full(merging, response, kept)) {
			leave_out(merging, event, "email", 1,
			    "one person has more than 10,000 events, or 1,000 "
			    "and this one is set aside");
			continue;
		}
		if (entry != NULL) {
			memcpy(response->tag, entry->tag, KEY_TAG);
			response->topic = entry->topic;
		}
		merging->events[kept++] = *event;
	}
	merging->count = kept;
}

/* What was there already may be seen to be no person's when more of the log is
 * known. */
static void
put_known_aside(struct merging *merging, const struct response *response)
{
	struct history *history = &merging->history;

	for (size_t i = 0; i < history->response_count; i++) {
		struct response *known = &history->responses[i];

		if (memcmp(known->id, response->id, RESPONSE_ID) != 0 ||
		    known->aside != ASIDE_NOT)
			continue;
		known->aside = response->aside;
		merging->history_changed = true;
		merging->store->counted.aside += merging->counts;
	}
}

/* Counts what became of one event, and does what it says. */
static int
settle(struct merging *merging, size_t index)
{
	struct event_store_count *counted = &merging->store->counted;
	const struct event *event = &merging->events[index];
	const struct response *response = &merging->responses[index];
	bool tagged = event_has_tag(response);

	if (merging->results[index] == RESPONSE_OTHERWISE)
		leave_out(merging, event, "id", event->id_column,
		    "this id is there already, with other content");
	if (merging->results[index] == 0) {
		counted->known += merging->counts;
		if (response->aside != ASIDE_NOT)
			put_known_aside(merging, response);
	}
	if (merging->results[index] != 1)
		return 0;
	if (merging->counts) {
		counted->added++;
		counted->aside += response->aside != ASIDE_NOT;
		counted->alone += !tagged;
		count_type(merging->store, response->type);
	}
	if (!tagged)
		tell(merging, event,
		    "before anything was sent to this person; attributed to "
		    "nothing");
	return act(merging, event, response,
	    tagged ? history_find_tag(&merging->history, response->tag) : NULL);
}

/* 1 something changed, 0 nothing, -1. */
static int
bring_in(struct merging *merging)
{
	size_t had;

	attribute(merging);
	had = merging->history.response_count;
	if (history_respond_all(&merging->history, merging->responses,
		merging->count, merging->results, merging->arena,
		merging->err) < 0)
		return -1;
	for (size_t i = 0; i < merging->count; i++)
		if (settle(merging, i) < 0)
			return -1;
	return merging->history.response_count != had ||
	       merging->profile_changed || merging->history_changed;
}

/* The records with the events. 0 or -1. */
static int
write_records(
    struct merging *merging, struct span changes[RECORD_KINDS], unsigned *kinds)
{
	struct buf history, profile;

	buf_init(&history, merging->arena, ENGINE_VALUE_MAX);
	buf_init(&profile, merging->arena, ENGINE_VALUE_MAX);
	if (history_encode(
		&merging->history, merging->arena, &history, merging->err) < 0)
		return -1;
	changes[RECORD_HISTORY] = buf_span(&history);
	*kinds = 1u << RECORD_HISTORY;
	if (!merging->profile_changed)
		return 0;
	if (profile_encode(
		&merging->profile, merging->arena, &profile, merging->err) < 0)
		return -1;
	changes[RECORD_PROFILE] = buf_span(&profile);
	*kinds |= 1u << RECORD_PROFILE;
	return 0;
}

/* Whether the person is one: known by a profile or by what was sent. */
static bool
is_known(const struct record *now)
{
	return now->values[RECORD_PROFILE].version != 0 ||
	       now->values[RECORD_HISTORY].version != 0;
}

static int
merge_group(void *context, const struct load_row *row, const struct record *now,
    struct arena *arena, struct span changes[RECORD_KINDS], unsigned *kinds,
    struct err *err)
{
	struct event_store *store = context;
	struct merging merging = { .store = store,
		.arena = arena,
		.now = now,
		.counts = row->number >= store->counted_to,
		.err = err };
	struct event_store_count *counted = &store->counted;
	bool erased = now->values[RECORD_TOMBSTONE].version != 0;
	int changed;

	*kinds = 0;
	if (unpack(&merging, row->bytes) < 0)
		return -1;
	if (merging.counts)
		store->counted_to = row->number + 1;
	if (erased || !is_known(now)) {
		if (merging.counts)
			*(erased ? &counted->erased : &counted->unknown) +=
			    merging.count;
		return 0;
	}
	if (read_person(&merging) < 0)
		return -1;
	changed = bring_in(&merging);
	if (changed <= 0)
		return changed;
	return write_records(&merging, changes, kinds);
}

/* ---- one row for each person, or for a thousand events of one ---- */

static int
look_ahead(struct event_store *store, struct err *err)
{
	int more = 1;

	if (!store->has_ahead && !store->ended) {
		more = external_sort_next(store->sort, &store->ahead, err);
		store->has_ahead = more > 0;
		store->ended = more == 0;
	}
	return more < 0 ? -1 : store->has_ahead;
}

static int
next_group(void *context, struct load_row *row, struct err *err)
{
	struct event_store *store = context;
	size_t count = 0;
	int more = look_ahead(store, err);

	if (more <= 0)
		return more;
	buf_clear(&store->group);
	row->key = store->ahead.key;
	row->number = store->given++;
	while (more > 0 && count < GROUP_EVENTS &&
	       record_key_cmp(&row->key, &store->ahead.key) == 0 &&
	       store->group.len + store->ahead.bytes.len < GROUP_BYTES) {
		buf_add(&store->group, store->ahead.bytes);
		store->has_ahead = false;
		count++;
		more = look_ahead(store, err);
	}
	if (more < 0)
		return -1;
	if (store->group.failed)
		return full(err);
	row->bytes = buf_span(&store->group);
	return 1;
}

void
event_store_begin(struct event_store *store, struct load_source *source)
{
	buf_init_heap(&store->group, GROUP_BYTES);
	source->next = next_group;
	source->merge = merge_group;
	source->context = store;
}

void
event_store_end(struct event_store *store)
{
	buf_deinit(&store->group);
	external_sort_close(&store->sort);
}
