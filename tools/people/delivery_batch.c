#include "tools/people/delivery_batch.h"

#include <stdlib.h>

#include "store/engine/engine.h"
#include "store/record/profile.h"

#define BATCH 256
#define ATTEMPTS 16
#define ARENA_MAX ((size_t)1 << 30)

struct delivery {
	struct record_key key;
	struct span address;
	struct span message_id;
	enum exposure_state state; /* EXPOSURE_STATES: a complaint */
	int64_t at;
};

struct delivery_batch {
	struct engine *engine;
	struct span tenant;
	struct arena *notes; /* the texts of batch */
	struct arena *work;  /* of one commit */
	struct delivery batch[BATCH];
	size_t count;
	struct delivery_batch_count counted;
};

/* What one mark does to one person's records. */
struct delivery_change {
	struct write writes[2];
	size_t count;
	bool done; /* something changed in the history */
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for delivery reports");
}

struct delivery_batch *
delivery_batch_new(struct cli *cli)
{
	struct delivery_batch *batch = calloc(1, sizeof *batch);

	if (batch == NULL)
		return NULL;
	batch->engine = cli->engine;
	batch->tenant = cli->tenant;
	batch->notes = arena_new(ARENA_MAX);
	batch->work = arena_new(ARENA_MAX);
	if (batch->notes == NULL || batch->work == NULL)
		delivery_batch_free(&batch);
	return batch;
}

void
delivery_batch_free(struct delivery_batch **batch)
{
	if (*batch == NULL)
		return;
	arena_free(&(*batch)->notes);
	arena_free(&(*batch)->work);
	free(*batch);
	*batch = NULL;
}

const struct delivery_batch_count *
delivery_batch_counted(const struct delivery_batch *batch)
{
	return &batch->counted;
}

/* The exposure of that message: the log does not know its campaign, but the
 * history knows all that it can be. */
static struct exposure *
find_exposure(const struct delivery_batch *batch, const struct delivery *mark,
    const struct history *history, struct message_key *key)
{
	for (size_t i = history->exposure_count; i-- > 0;) {
		struct exposure *exposure = &history->exposures[i];

		*key = message_key(batch->tenant, exposure->campaign,
		    mark->message_id, mark->address);
		if (memcmp(exposure->tag, key->bytes, KEY_TAG) == 0)
			return exposure;
	}
	return NULL;
}

/* A complaint is an answer, and a wish that is to be respected at once. */
static int
complain(struct delivery_batch *batch, const struct delivery *mark,
    const struct exposure *exposure, struct history *history,
    const struct record *record, struct delivery_change *change,
    struct err *err)
{
	struct stored stored = record->values[RECORD_PROFILE];
	struct response response = { .time = mark->at,
		.type = SPAN("complaint"),
		.topic = exposure->topic };
	struct profile profile = { .address = mark->address };
	struct buf bytes;

	memcpy(response.tag, exposure->tag, KEY_TAG);
	if (stored.version != 0 && !stored.corrupt &&
	    profile_decode(stored.bytes, batch->work, &profile, err) < 0)
		return -1;
	if (!profile.suppressed) {
		profile.suppressed = true;
		buf_init(&bytes, batch->work, ENGINE_VALUE_MAX);
		if (profile_encode(&profile, batch->work, &bytes, err) < 0)
			return -1;
		change->writes[change->count++] =
		    (struct write){ .key = mark->key,
			    .kind = RECORD_PROFILE,
			    .version = stored.version,
			    .bytes = buf_span(&bytes) };
	}
	return history_respond(history, &response, batch->work, err);
}

/* What the store says now of the mail that a mark is about. */
struct delivered {
	struct record record;
	struct history history;
	struct message_key key;
	struct exposure *exposure; /* in the history */
};

/* 1 found, 0 there is none to be marked, which is counted, -1. */
static int
find_delivered(struct delivery_batch *batch, const struct delivery *mark,
    struct delivered *found, struct err *err)
{
	struct err why = ERR_INIT;
	const struct stored *stored = &found->record.values[RECORD_HISTORY];

	if (engine_get(batch->engine, &mark->key, batch->work, &found->record,
		err) < 0)
		return -1;
	if (stored->corrupt || history_decode(stored->bytes, batch->work,
				   &found->history, &why) < 0) {
		batch->counted.damaged++;
		return 0;
	}
	found->exposure =
	    find_exposure(batch, mark, &found->history, &found->key);
	batch->counted.foreign += found->exposure == NULL;
	return found->exposure != NULL;
}

static int
write_history(struct delivery_batch *batch, const struct delivery *mark,
    struct delivered *found, struct delivery_change *change, struct err *err)
{
	struct buf bytes;

	buf_init(&bytes, batch->work, ENGINE_VALUE_MAX);
	if (history_encode(&found->history, batch->work, &bytes, err) < 0)
		return -1;
	change->writes[change->count++] = (struct write){ .key = mark->key,
		.kind = RECORD_HISTORY,
		.version = found->record.values[RECORD_HISTORY].version,
		.bytes = buf_span(&bytes) };
	return 0;
}

/* 1 something is to be written, 0 nothing, -1. */
static int
prepare(struct delivery_batch *batch, const struct delivery *mark,
    struct delivery_change *change, struct err *err)
{
	struct delivered about;
	int found = find_delivered(batch, mark, &about, err);
	int changed;

	*change = (struct delivery_change){ .count = 0 };
	if (found != 1)
		return found;
	if (mark->state == EXPOSURE_STATES)
		changed = complain(batch, mark, about.exposure, &about.history,
		    &about.record, change, err);
	else
		changed = history_mark(
		    &about.history, &about.key, mark->state, mark->at);
	change->done = changed == 1;
	if (changed < 0 || (change->done && write_history(batch, mark, &about,
						change, err) < 0))
		return -1;
	batch->counted.known += change->count == 0;
	return change->count != 0;
}

static void
count(struct delivery_batch *batch, const struct delivery *mark,
    const struct delivery_change *change)
{
	if (!change->done)
		return;
	if (mark->state == EXPOSURE_STATES)
		batch->counted.complaints++;
	else
		batch->counted.changed[mark->state]++;
}

/* One mark by itself, until it is in. */
static int
mark_alone(
    struct delivery_batch *batch, const struct delivery *mark, struct err *err)
{
	for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct delivery_change change;
		int due = prepare(batch, mark, &change, err);
		int done;

		if (due < 0)
			return -1;
		done = due == 0 ? 1
				: engine_commit(batch->engine, change.writes,
				      change.count, err);
		if (done < 0)
			return -1;
		if (done == 1) {
			count(batch, mark, &change);
			return 0;
		}
	}
	return err_set(err, ERR_CONFLICT, "a record keeps changing");
}

/* Everything in one commit; whom somebody else wrote to meanwhile comes
 * again, alone. A complaint writes two records and always comes alone. */
static int
commit_batch(struct delivery_batch *batch, struct err *err)
{
	struct write writes[BATCH];
	size_t whose[BATCH], wrote = 0;

	for (size_t i = 0; i < batch->count; i++) {
		struct delivery_change change;
		int due;

		if (batch->batch[i].state == EXPOSURE_STATES)
			continue;
		due = prepare(batch, &batch->batch[i], &change, err);
		if (due < 0)
			return -1;
		if (due == 0)
			continue;
		whose[wrote] = i;
		writes[wrote++] = change.writes[0];
	}
	if (wrote != 0 && engine_commit(batch->engine, writes, wrote, err) < 0)
		return -1;
	for (size_t i = 0; i < wrote; i++) {
		const struct delivery *mark = &batch->batch[whose[i]];

		if (writes[i].result == WRITE_OK)
			batch->counted.changed[mark->state]++;
		else if (mark_alone(batch, mark, err) < 0)
			return -1;
	}
	return 0;
}

int
delivery_batch_flush(struct delivery_batch *batch, struct err *err)
{
	int failed = commit_batch(batch, err);

	for (size_t i = 0; failed == 0 && i < batch->count; i++)
		if (batch->batch[i].state == EXPOSURE_STATES)
			failed = mark_alone(batch, &batch->batch[i], err);
	batch->count = 0;
	arena_reset(batch->notes);
	arena_reset(batch->work);
	return failed;
}

static bool
is_in_batch(const struct delivery_batch *batch, const struct record_key *key)
{
	for (size_t i = 0; i < batch->count; i++)
		if (record_key_cmp(&batch->batch[i].key, key) == 0)
			return true;
	return false;
}

int
delivery_batch_add(struct delivery_batch *batch, struct span message_id,
    struct span recipient, enum exposure_state state, int64_t at,
    struct err *err)
{
	struct record_key key;
	struct span address;
	struct delivery *mark;
	int is_address =
	    address_normalise(recipient, batch->notes, &address, err);

	if (is_address <= 0)
		return is_address;
	key = record_key(batch->tenant, address);
	/* A flush forgets the address: normalise it again after that. */
	if (batch->count == BATCH || is_in_batch(batch, &key)) {
		if (delivery_batch_flush(batch, err) < 0 ||
		    address_normalise(recipient, batch->notes, &address, err) <
			0)
			return -1;
	}
	mark = &batch->batch[batch->count];
	*mark = (struct delivery){
		.key = key, .address = address, .state = state, .at = at
	};
	if (arena_dup(batch->notes, message_id, &mark->message_id) < 0)
		return full(err);
	batch->count++;
	return 0;
}
