#include "tools/people/delivery_batch.h"

#include <stdlib.h>

#include "store/base/calendar.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "store/record/profile.h"
#include "tools/people/tenants.h"

#define BATCH 256
#define ATTEMPTS 16
#define DAY 86400
#define ARENA_MAX ((size_t)1 << 30)

struct delivery {
	struct span address;
	struct span or_else; /* another address, or "" */
	struct span message_id;
	enum exposure_state state; /* EXPOSURE_STATES: a complaint */
	uint32_t status;	   /* that says something of the person; or 0 */
	int64_t at;
};

struct delivery_batch {
	struct engine *engine;
	struct span *tenants; /* asked in this order */
	size_t tenant_count;
	struct cli *all;       /* serves all that there are; else NULL */
	uint64_t generation;   /* of the catalog that named them */
	struct arena *lasting; /* their names */
	struct arena *notes;   /* the texts of batch */
	struct arena *work;    /* of one commit */
	struct delivery batch[BATCH];
	size_t count;
	struct delivery_batch_count counted;
};

/* What one mark does to one person's records. */
struct delivery_change {
	struct write writes[2];
	size_t count;
	bool done;  /* something changed in the history */
	bool noted; /* a bounce in the profile */
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
	batch->lasting = arena_new(ARENA_MAX);
	batch->notes = arena_new(ARENA_MAX);
	batch->work = arena_new(ARENA_MAX);
	if (batch->lasting != NULL)
		batch->tenants =
		    arena_calloc(batch->lasting, 1, sizeof(struct span));
	if (batch->notes == NULL || batch->work == NULL ||
	    batch->tenants == NULL) {
		delivery_batch_free(&batch);
		return NULL;
	}
	batch->tenants[batch->tenant_count++] = cli->tenant;
	return batch;
}

static int
read_tenants(struct delivery_batch *batch, struct err *err)
{
	struct catalog *catalog;
	int status;

	if (cli_catalog(batch->all, &catalog, err) < 0)
		return -1;
	batch->generation = catalog->generation;
	arena_reset(batch->lasting);
	status = tenants_served(batch->all, catalog, batch->lasting,
	    &batch->tenants, &batch->tenant_count, err);
	catalog_free(&catalog);
	return status;
}

int
delivery_batch_all_tenants(
    struct delivery_batch *batch, struct cli *cli, struct err *err)
{
	batch->all = cli;
	return read_tenants(batch, err);
}

/* A follower outlives the campaigns that it began with. 0 or -1. */
static int
renew_tenants(struct delivery_batch *batch, struct err *err)
{
	uint64_t now;

	if (!batch->all)
		return 0;
	if (engine_catalog_generation(batch->engine, &now, err) < 0)
		return -1;
	return now == batch->generation ? 0 : read_tenants(batch, err);
}

void
delivery_batch_free(struct delivery_batch **batch)
{
	if (*batch == NULL)
		return;
	arena_free(&(*batch)->lasting);
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

/* What the store says now of the mail that a mark is about. */
struct delivered {
	struct record_key whose;
	struct span address;
	struct record record;
	struct history history;
	struct message_key key;
	struct exposure *exposure; /* in the history, or NULL */
	struct profile profile;
	bool damaged;
};

/* Reads the profile, which may be new. 0 or -1. */
static int
read_profile(
    struct delivery_batch *batch, struct delivered *found, struct err *err)
{
	struct stored stored = found->record.values[RECORD_PROFILE];

	found->profile = (struct profile){ .address = found->address };
	if (stored.version == 0 || stored.corrupt)
		return 0;
	return profile_decode(stored.bytes, batch->work, &found->profile, err);
}

static int
write_profile(struct delivery_batch *batch, const struct delivered *found,
    struct delivery_change *change, struct err *err)
{
	struct buf bytes;

	buf_init(&bytes, batch->work, ENGINE_VALUE_MAX);
	if (profile_encode(&found->profile, batch->work, &bytes, err) < 0)
		return -1;
	change->writes[change->count++] = (struct write){ .key = found->whose,
		.kind = RECORD_PROFILE,
		.version = found->record.values[RECORD_PROFILE].version,
		.bytes = buf_span(&bytes) };
	return 0;
}

/* A complaint is an answer, and a wish that is to be respected at once. */
static int
complain(struct delivery_batch *batch, const struct delivery *mark,
    struct delivered *found, struct delivery_change *change, struct err *err)
{
	struct response response = { .time = mark->at,
		.type = SPAN("complaint"),
		.topic = found->exposure->topic };

	memcpy(response.tag, found->exposure->tag, KEY_TAG);
	if (read_profile(batch, found, err) < 0)
		return -1;
	if (!found->profile.suppressed) {
		found->profile.suppressed = true;
		if (write_profile(batch, found, change, err) < 0)
			return -1;
	}
	return history_respond(&found->history, &response, batch->work, err);
}

/* A bounce counts on the day of the mailing, which log and notification have
 * in common, whenever they are read. 0 or -1. */
static int
note_bounce(struct delivery_batch *batch, const struct delivery *mark,
    struct delivered *found, struct delivery_change *change, struct err *err)
{
	struct bounce bounce = { .status = mark->status };
	int64_t rest;
	int noted;

	if (mark->status == 0)
		return 0;
	bounce.day = calendar_divide(found->exposure->time, DAY, &rest);
	if (read_profile(batch, found, err) < 0)
		return -1;
	noted = profile_bounce(&found->profile, &bounce, batch->work, err);
	change->noted = noted == 1;
	return noted == 1 ? write_profile(batch, found, change, err) : noted;
}

/* One person's record. 1 the mail is there, 0 not, -1. */
static int
look_at(struct delivery_batch *batch, const struct delivery *mark,
    struct span tenant, struct span address, struct delivered *found,
    struct err *err)
{
	const struct stored *stored = &found->record.values[RECORD_HISTORY];
	struct err why = ERR_INIT;

	found->whose = record_key(tenant, address);
	found->address = address;
	if (engine_get(batch->engine, &found->whose, batch->work,
		&found->record, err) < 0)
		return -1;
	if (stored->corrupt || history_decode(stored->bytes, batch->work,
				   &found->history, &why) < 0) {
		found->damaged = true;
		return 0;
	}
	found->exposure = history_find_mail(
	    &found->history, tenant, address, mark->message_id, &found->key);
	if (found->record.values[RECORD_TOMBSTONE].version != 0)
		found->exposure = NULL; /* is being erased */
	return found->exposure != NULL;
}

/* 1 found, 0 there is none to be marked, which is counted, -1. */
static int
find_delivered(struct delivery_batch *batch, const struct delivery *mark,
    struct delivered *found, struct err *err)
{
	int status = 0;

	found->damaged = false;
	for (size_t i = 0; status == 0 && i < batch->tenant_count; i++) {
		struct span tenant = batch->tenants[i];

		status =
		    look_at(batch, mark, tenant, mark->address, found, err);
		if (status == 0 && mark->or_else.len != 0)
			status = look_at(
			    batch, mark, tenant, mark->or_else, found, err);
	}
	if (status == 0 && found->damaged)
		batch->counted.damaged++;
	else if (status == 0)
		batch->counted.foreign++;
	return status;
}

static int
write_history(struct delivery_batch *batch, struct delivered *found,
    struct delivery_change *change, struct err *err)
{
	struct buf bytes;

	buf_init(&bytes, batch->work, ENGINE_VALUE_MAX);
	if (history_encode(&found->history, batch->work, &bytes, err) < 0)
		return -1;
	change->writes[change->count++] = (struct write){ .key = found->whose,
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
		changed = complain(batch, mark, &about, change, err);
	else
		changed = history_mark(
		    &about.history, &about.key, mark->state, mark->at);
	change->done = changed == 1;
	if (changed < 0 || note_bounce(batch, mark, &about, change, err) < 0 ||
	    (change->done && write_history(batch, &about, change, err) < 0))
		return -1;
	batch->counted.known += change->count == 0;
	return change->count != 0;
}

static void
count(struct delivery_batch *batch, const struct delivery *mark,
    const struct delivery_change *change)
{
	batch->counted.bounces += change->noted;
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

/* Whether the mark may write two records, or one that another mark of the
 * batch writes: it has a commit of its own. */
static bool
is_alone(const struct delivery *mark)
{
	return mark->state == EXPOSURE_STATES || mark->status != 0 ||
	       mark->or_else.len != 0;
}

/* Everything in one commit; whom somebody else wrote to meanwhile comes
 * again, alone. */
static int
commit_batch(struct delivery_batch *batch, struct err *err)
{
	struct write writes[BATCH];
	size_t whose[BATCH], wrote = 0;

	for (size_t i = 0; i < batch->count; i++) {
		struct delivery_change change;
		int due;

		if (is_alone(&batch->batch[i]))
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
	int failed = batch->count == 0 ? 0 : renew_tenants(batch, err);

	if (failed == 0)
		failed = commit_batch(batch, err);
	for (size_t i = 0; failed == 0 && i < batch->count; i++)
		if (is_alone(&batch->batch[i]))
			failed = mark_alone(batch, &batch->batch[i], err);
	batch->count = 0;
	arena_reset(batch->notes);
	arena_reset(batch->work);
	return failed;
}

static bool
is_in_batch(const struct delivery_batch *batch, struct span address)
{
	for (size_t i = 0; i < batch->count; i++)
		if (span_eq(batch->batch[i].address, address) ||
		    span_eq(batch->batch[i].or_else, address))
			return true;
	return false;
}

/* A mark with texts of its own. 1, 0 there is no such recipient, -1. */
static int
copy_news(struct delivery_batch *batch, const struct delivery_news *news,
    struct delivery *mark, struct err *err)
{
	int is_address, is_other;

	*mark = (struct delivery){ .state = news->state, .at = news->at };
	if (bounce_kind(news->status) != BOUNCE_NONE)
		mark->status = news->status;
	is_address = address_normalise(
	    news->recipient, batch->notes, &mark->address, err);
	is_other =
	    address_normalise(news->or_else, batch->notes, &mark->or_else, err);
	if (is_address < 0 || is_other < 0)
		return -1;
	if (is_address == 0)
		mark->address = mark->or_else;
	if (is_other == 0 || span_eq(mark->address, mark->or_else))
		mark->or_else = SPAN_NONE;
	if (arena_dup(batch->notes, news->message_id, &mark->message_id) < 0)
		return full(err);
	return is_address || is_other;
}

int
delivery_batch_add(struct delivery_batch *batch,
    const struct delivery_news *news, struct err *err)
{
	struct delivery mark;
	int known = copy_news(batch, news, &mark, err);

	if (known <= 0)
		return known;
	/* A flush forgets the texts: copy them again after that. */
	if (batch->count == BATCH || is_in_batch(batch, mark.address)) {
		if (delivery_batch_flush(batch, err) < 0 ||
		    copy_news(batch, news, &mark, err) < 0)
			return -1;
	}
	batch->batch[batch->count++] = mark;
	return 0;
}
