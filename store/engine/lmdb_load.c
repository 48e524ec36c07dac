/*
 * Bulk loads. Rows are gathered before the write lock is asked for and
 * merged while it is held; a step ends when half its time has passed, and
 * the number of rows follows what the disk could do with the last one. The
 * turn (store/engine/store_dir.h) lets every waiting commit in between two
 * steps.
 */
#include "store/engine/lmdb_engine.h"

#include "store/base/monotonic.h"
#include "store/record/record.h"

#include <stdlib.h>

#define ROWS_FIRST 256
#define ROWS_LEAST 16
#define ROWS_MOST 16384
#define ROW_BYTES ((size_t)8 * 1024 * 1024) /* gathered at once, at most */
#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define TRIES 64
#define LOOK_EVERY 16 /* rows between looks at the clock */

struct load {
	struct lmdb_engine *engine;
	const struct load_source *source;
	struct arena *gathered;
	struct arena *scratch;
	struct load_row *rows;
	size_t count;		 /* gathered */
	size_t first;		 /* of them not durable yet */
	size_t most;		 /* rows of a step */
	bool ended;		 /* the source has no more */
	char last[KEY_SIZE + 2]; /* highest key, while appending */
	bool appends;
	bool tombstones; /* there are some under keys of their own */
	bool refused;	 /* by merge: the store is well */
};

/* Fills up what the next step will want. 0 or -1. */
static int
gather(struct load *load, struct err *err)
{
	size_t bytes = 0;

	if (load->first < load->count)
		return 0;
	load->first = load->count = 0;
	arena_reset(load->gathered);
	while (!load->ended && load->count < load->most && bytes < ROW_BYTES) {
		struct load_row *row = &load->rows[load->count];
		int more = load->source->next(load->source->context, row, err);

		if (more < 0)
			return -1;
		if (more == 0) {
			load->ended = true;
			break;
		}
		bytes += row->bytes.len;
		if (arena_dup(load->gathered, row->bytes, &row->bytes) < 0)
			return err_set(err, ERR_MEMORY, "no memory for a load");
		load->count++;
	}
	return 0;
}

/* What is there now of the row's record; bytes stay in the map. */
static enum env_result
read_now(struct change *change, const struct record_key *key,
    struct record *record, struct err *err)
{
	struct lmdb_key from = lmdb_record_key(key, 0);
	struct record_key at;
	struct span found, bytes;
	enum record_kind kind;
	enum env_result result;

	memset(record, 0, sizeof *record);
	record->key = *key;
	result = env_write_seek(
	    change->txn, lmdb_key_span(&from), &found, &bytes, err);
	while (result == ENV_OK && found.at[0] == KEY_RECORD &&
	       lmdb_key_parse(found, &at, &kind) &&
	       record_key_cmp(&at, key) == 0) {
		if (!record_check(found, kind, bytes, &record->values[kind]))
			lmdb_corrupt(change->engine, found);
		result = env_write_next(change->txn, &found, &bytes, err);
	}
	return result == ENV_NONE ? ENV_OK : result;
}

/* Whether the key lies above all others, which makes it cheap. */
static bool
is_last(struct load *load, struct span name)
{
	if (!load->appends ||
	    span_cmp(name, span_of(load->last, sizeof load->last)) <= 0)
		return false;
	return true;
}

static enum env_result
put_row(struct load *load, struct change *change, struct span name,
    unsigned kind, struct span bytes, struct err *err)
{
	enum env_result result;
	char *at;

	if (bytes.len == 0) {
		result = env_write_delete(change->txn, name, err);
		return result == ENV_NONE ? ENV_OK : result;
	}
	if (!is_last(load, name))
		return lmdb_put(change, name, kind, bytes, err);
	result = env_write_append(
	    change->txn, name, RECORD_HEADER + bytes.len, &at, err);
	if (result == ENV_OK) {
		record_seal(at, name, kind, change->version, bytes);
		memcpy(load->last, name.at, sizeof load->last);
	}
	return result;
}

static enum env_result
merge_row(struct load *load, struct change *change, const struct load_row *row,
    struct err *err)
{
	struct lmdb_key first = lmdb_record_key(&row->key, 0);
	struct span changes[RECORD_KINDS];
	enum env_result result = ENV_OK;
	struct record now = { .key = row->key };
	unsigned kinds = 0;

	arena_reset(load->scratch);
	if (!is_last(load, lmdb_key_span(&first)))
		result = read_now(change, &row->key, &now, err);
	if (result == ENV_OK && load->tombstones)
		result = lmdb_tombstone_now(
		    change, &row->key, &now.values[RECORD_TOMBSTONE], err);
	if (result != ENV_OK)
		return result;
	if (load->source->merge(load->source->context, row, &now, load->scratch,
		changes, &kinds, err) < 0) {
		load->refused = true;
		return ENV_FAILED;
	}
	for (unsigned kind = 0; kind < RECORD_KINDS; kind++) {
		struct lmdb_key key = lmdb_record_key(&row->key, kind);

		if ((kinds & 1u << kind) == 0)
			continue;
		if (changes[kind].len > ENGINE_VALUE_MAX) {
			load->refused = true;
			err_set(err, ERR_STORE, "a record is too long");
			return ENV_FAILED;
		}
		if (kind == RECORD_TOMBSTONE)
			result = lmdb_tombstone_put(
			    change, &row->key, changes[kind], err);
		else
			result = put_row(load, change, lmdb_key_span(&key),
			    kind, changes[kind], err);
		if (result != ENV_OK)
			return result;
	}
	return ENV_OK;
}

/* Where the highest key stands, so that rows above it are appended. */
static enum env_result
find_last(struct load *load, struct change *change, struct err *err)
{
	struct span found;
	enum env_result result = env_write_last(change->txn, &found, err);

	load->appends = true;
	memset(load->last, 0, sizeof load->last);
	if (result == ENV_OK && found.len == sizeof load->last)
		memcpy(load->last, found.at, sizeof load->last);
	return result == ENV_NONE ? ENV_OK : result;
}

/* One transaction; *rows says how many rows it took, *held how long others
 * had to wait. */
static enum writer_step
do_step(struct load *load, size_t *rows, int64_t *held, struct err *err)
{
	int64_t half = (int64_t)load->engine->options.load_ms * 500;
	struct change change;
	enum env_result result;
	enum writer_step step = lmdb_change_begin(load->engine, &change, err);
	int64_t begun = monotonic_us();
	size_t at = load->first;

	if (step != STEP_DONE)
		return step;
	result = find_last(load, &change, err);
	if (result == ENV_OK)
		result = lmdb_tombstones_any(&change, &load->tombstones, err);
	for (; result == ENV_OK && at < load->count; at++) {
		if ((at - load->first) % LOOK_EVERY == LOOK_EVERY - 1 &&
		    monotonic_us() - begun > half)
			break;
		result = merge_row(load, &change, &load->rows[at], err);
	}
	if (load->refused) {
		lmdb_change_abandon(&change);
		return STEP_FAILED;
	}
	if (result != ENV_OK)
		return lmdb_change_failed(&change, result, err);
	*rows = at - load->first;
	step = lmdb_change_commit(&change, err);
	*held = monotonic_us() - begun;
	return step;
}

/* Fewer rows at once where the lock was held too long; more, by and by,
 * where there is room. */
static void
adapt(struct load *load, size_t rows, int64_t held)
{
	int64_t allowed = (int64_t)load->engine->options.load_ms * 1000;
	size_t most = load->most;

	if (held > allowed)
		most = (size_t)((int64_t)rows * allowed / held) * 3 / 4;
	else if (held < allowed / 2 && rows >= most)
		most += most / 4;
	if (most < ROWS_LEAST)
		most = ROWS_LEAST;
	load->most = most < ROWS_MOST ? most : ROWS_MOST;
}

/* 0 or -1. */
static int
step_on(struct load *load, size_t *rows, struct err *err)
{
	enum writer_step step = STEP_AGAIN;
	struct err why = ERR_INIT;
	int64_t held = 0;

	for (unsigned try = 0; step == STEP_AGAIN && try < TRIES; try++) {
		err_clear(&why);
		step = do_step(load, rows, &held, &why);
	}
	if (step != STEP_DONE) {
		err_set(&why, ERR_STORE, "the store cannot commit");
		if (err != NULL && err->code == ERR_NONE)
			*err = why;
		return -1;
	}
	load->first += *rows;
	adapt(load, *rows, held);
	return 0;
}

static int
load_all(struct load *load, uint64_t *rows, struct err *err)
{
	const struct load_source *source = load->source;

	for (;;) {
		size_t done = 0;

		if (gather(load, err) < 0)
			return -1;
		if (load->count == 0)
			return 1;
		if (step_on(load, &done, err) < 0)
			return -1;
		*rows += done;
		if (source->step != NULL &&
		    source->step(source->context, *rows) != 0)
			return load->ended && load->first == load->count;
	}
}

int
lmdb_load(struct engine *engine, const struct load_source *source,
    uint64_t *rows, struct err *err)
{
	struct load load = { .engine = (struct lmdb_engine *)engine,
		.source = source,
		.most = ROWS_FIRST };
	int done = -1;

	load.gathered = arena_new(ARENA_BYTES);
	load.scratch = arena_new(ARENA_BYTES);
	load.rows = calloc(ROWS_MOST, sizeof *load.rows);
	if (load.gathered != NULL && load.scratch != NULL && load.rows != NULL)
		done = load_all(&load, rows, err);
	else
		err_set(err, ERR_MEMORY, "no memory for a load");
	free(load.rows);
	arena_free(&load.scratch);
	arena_free(&load.gathered);
	return done;
}
