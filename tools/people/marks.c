#include "tools/people/marks.h"

#include <stdlib.h>

#include "store/engine/engine.h"
#include "store/record/profile.h"

#define BATCH 256
#define ATTEMPTS 16
#define ARENA_MAX ((size_t)1 << 30)

struct mark {
	struct record_key key;
	struct span address;
	struct span message_id;
	enum exposure_state state; /* EXPOSURE_STATES: a complaint */
	int64_t at;
};

struct marks {
	struct engine *engine;
	struct span tenant;
	struct arena *notes; /* the texts of batch */
	struct arena *work;  /* of one commit */
	struct mark batch[BATCH];
	size_t count;
	struct marks_count counted;
};

/* What one mark does to one person's records. */
struct change {
	struct write writes[2];
	size_t count;
	bool done; /* something changed in the history */
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for delivery reports");
}

struct marks *
marks_new(struct cli *cli)
{
	struct marks *marks = calloc(1, sizeof *marks);

	if (marks == NULL)
		return NULL;
	marks->engine = cli->engine;
	marks->tenant = cli->tenant;
	marks->notes = arena_new(ARENA_MAX);
	marks->work = arena_new(ARENA_MAX);
	if (marks->notes == NULL || marks->work == NULL)
		marks_free(&marks);
	return marks;
}

void
marks_free(struct marks **marks)
{
	if (*marks == NULL)
		return;
	arena_free(&(*marks)->notes);
	arena_free(&(*marks)->work);
	free(*marks);
	*marks = NULL;
}

const struct marks_count *
marks_counted(const struct marks *marks)
{
	return &marks->counted;
}

/* The exposure of that message: the log does not know its campaign, but the
 * history knows all that it can be. */
static struct exposure *
find_exposure(const struct marks *marks, const struct mark *mark,
    const struct history *history, struct message_key *key)
{
	for (size_t i = history->exposure_count; i-- > 0;) {
		struct exposure *exposure = &history->exposures[i];

		*key = message_key(marks->tenant, exposure->campaign,
		    mark->message_id, mark->address);
		if (memcmp(exposure->tag, key->bytes, KEY_TAG) == 0)
			return exposure;
	}
	return NULL;
}

/* A complaint is an answer, and a wish that is to be respected at once. */
static int
complain(struct marks *marks, const struct mark *mark,
    const struct exposure *exposure, struct history *history,
    const struct record *record, struct change *change, struct err *err)
{
	struct stored stored = record->values[RECORD_PROFILE];
	struct response response = { .time = mark->at,
		.type = SPAN("complaint"),
		.topic = exposure->topic };
	struct profile profile = { .address = mark->address };
	struct buf bytes;

	memcpy(response.tag, exposure->tag, KEY_TAG);
	if (stored.version != 0 && !stored.corrupt &&
	    profile_decode(stored.bytes, marks->work, &profile, err) < 0)
		return -1;
	if (!profile.suppressed) {
		profile.suppressed = true;
		buf_init(&bytes, marks->work, ENGINE_VALUE_MAX);
		if (profile_encode(&profile, marks->work, &bytes, err) < 0)
			return -1;
		change->writes[change->count++] =
		    (struct write){ .key = mark->key,
			    .kind = RECORD_PROFILE,
			    .version = stored.version,
			    .bytes = buf_span(&bytes) };
	}
	return history_respond(history, &response, marks->work, err);
}

/* 1 something is to be written, 0 nothing, -1. */
static int
prepare(struct marks *marks, const struct mark *mark, struct change *change,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct history history;
	struct message_key key;
	struct exposure *exposure;
	struct record record;
	struct stored stored;
	struct buf bytes;
	int changed;

	*change = (struct change){ .count = 0 };
	if (engine_get(marks->engine, &mark->key, marks->work, &record, err) <
	    0)
		return -1;
	stored = record.values[RECORD_HISTORY];
	if (stored.corrupt ||
	    history_decode(stored.bytes, marks->work, &history, &why) < 0) {
		marks->counted.damaged++;
		return 0;
	}
	exposure = find_exposure(marks, mark, &history, &key);
	if (exposure == NULL) {
		marks->counted.foreign++;
		return 0;
	}
	if (mark->state == EXPOSURE_STATES)
		changed = complain(
		    marks, mark, exposure, &history, &record, change, err);
	else
		changed = history_mark(&history, &key, mark->state, mark->at);
	if (changed < 0)
		return -1;
	change->done = changed == 1;
	if (!change->done && change->count == 0) {
		marks->counted.known++;
		return 0;
	}
	if (!change->done)
		return 1;
	buf_init(&bytes, marks->work, ENGINE_VALUE_MAX);
	if (history_encode(&history, marks->work, &bytes, err) < 0)
		return -1;
	change->writes[change->count++] = (struct write){ .key = mark->key,
		.kind = RECORD_HISTORY,
		.version = stored.version,
		.bytes = buf_span(&bytes) };
	return 1;
}

static void
count(struct marks *marks, const struct mark *mark, const struct change *change)
{
	if (!change->done)
		return;
	if (mark->state == EXPOSURE_STATES)
		marks->counted.complaints++;
	else
		marks->counted.changed[mark->state]++;
}

/* One mark by itself, until it is in. */
static int
mark_alone(struct marks *marks, const struct mark *mark, struct err *err)
{
	for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct change change;
		int due = prepare(marks, mark, &change, err);
		int done;

		if (due < 0)
			return -1;
		done = due == 0 ? 1
				: engine_commit(marks->engine, change.writes,
				      change.count, err);
		if (done < 0)
			return -1;
		if (done == 1) {
			count(marks, mark, &change);
			return 0;
		}
	}
	return err_set(err, ERR_CONFLICT, "a record keeps changing");
}

/* Everything in one commit; whom somebody else wrote to meanwhile comes
 * again, alone. A complaint writes two records and always comes alone. */
static int
commit_batch(struct marks *marks, struct err *err)
{
	struct write writes[BATCH];
	size_t whose[BATCH], wrote = 0;

	for (size_t i = 0; i < marks->count; i++) {
		struct change change;
		int due;

		if (marks->batch[i].state == EXPOSURE_STATES)
			continue;
		due = prepare(marks, &marks->batch[i], &change, err);
		if (due < 0)
			return -1;
		if (due == 0)
			continue;
		whose[wrote] = i;
		writes[wrote++] = change.writes[0];
	}
	if (wrote != 0 && engine_commit(marks->engine, writes, wrote, err) < 0)
		return -1;
	for (size_t i = 0; i < wrote; i++) {
		const struct mark *mark = &marks->batch[whose[i]];

		if (writes[i].result == WRITE_OK)
			marks->counted.changed[mark->state]++;
		else if (mark_alone(marks, mark, err) < 0)
			return -1;
	}
	return 0;
}

int
marks_flush(struct marks *marks, struct err *err)
{
	int failed = commit_batch(marks, err);

	for (size_t i = 0; failed == 0 && i < marks->count; i++)
		if (marks->batch[i].state == EXPOSURE_STATES)
			failed = mark_alone(marks, &marks->batch[i], err);
	marks->count = 0;
	arena_reset(marks->notes);
	arena_reset(marks->work);
	return failed;
}

static bool
is_in_batch(const struct marks *marks, const struct record_key *key)
{
	for (size_t i = 0; i < marks->count; i++)
		if (record_key_cmp(&marks->batch[i].key, key) == 0)
			return true;
	return false;
}

int
marks_add(struct marks *marks, struct span message_id, struct span recipient,
    enum exposure_state state, int64_t at, struct err *err)
{
	struct record_key key;
	struct span address;
	struct mark *mark;
	int is_address =
	    address_normalise(recipient, marks->notes, &address, err);

	if (is_address <= 0)
		return is_address;
	key = record_key(marks->tenant, address);
	/* A flush forgets the address: normalise it again after that. */
	if (marks->count == BATCH || is_in_batch(marks, &key)) {
		if (marks_flush(marks, err) < 0 ||
		    address_normalise(recipient, marks->notes, &address, err) <
			0)
			return -1;
	}
	mark = &marks->batch[marks->count];
	*mark = (struct mark){
		.key = key, .address = address, .state = state, .at = at
	};
	if (arena_dup(marks->notes, message_id, &mark->message_id) < 0)
		return full(err);
	marks->count++;
	return 0;
}
