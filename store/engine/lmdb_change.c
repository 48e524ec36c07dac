/*
 * How a call gets at the environment, and over what goes wrong there. All
 * that replaces or resizes the environment is in this file.
 */
#define _GNU_SOURCE /* a lock that does not starve its writers */
#include "store/engine/lmdb_engine.h"

#include "store/base/monotonic.h"
#include "store/record/record.h"

#include <errno.h>
#include <stdio.h>

#define TRIES 16
#define CLEAR_EVERY 10 /* seconds between looks for stale readers */
#define WATCH_EVERY 5  /* and at the numbers, for the alarm */

/* 1 where this is the first call in `every` seconds. */
static int
due(atomic_int_least64_t *last, int64_t every)
{
	int64_t now = monotonic_us() / 1000000;
	int_least64_t was = atomic_load_explicit(last, memory_order_relaxed);

	if (now - was < every)
		return 0;
	return atomic_compare_exchange_strong(last, &was, now);
}

int
lmdb_watch_due(struct lmdb_engine *engine)
{
	return due(&engine->watched, WATCH_EVERY);
}

void
lmdb_gate_init(struct lmdb_engine *engine)
{
	pthread_rwlockattr_t attributes;

	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(
	    &attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&engine->gate, &attributes);
	pthread_rwlockattr_destroy(&attributes);
}

void
lmdb_report(
    struct lmdb_engine *engine, enum engine_event event, const char *text)
{
	if (engine->options.report != NULL)
		engine->options.report(engine->options.context, event, text);
}

/* Whether `current` still names what we have open. */
static bool
is_current(struct lmdb_engine *engine)
{
	char name[STORE_DIR_NAME];

	return store_dir_current(engine->dir, name, NULL) == 0 &&
	       strcmp(name, engine->name) == 0;
}

static int
open_named(struct lmdb_engine *engine, const char *name, struct env **env,
    struct err *err)
{
	char path[STORE_DIR_PATH];
	struct env_options options = {
		.directory = path,
		.mode = engine->options.mode,
		.map_bytes = engine->map_bytes,
		.read_only = engine->read_only,
	};

	store_dir_path(engine->dir, name, path);
	if (env_open(&options, env, err) < 0)
		return -1;
	if (!engine->read_only)
		store_dir_own(engine->dir, name);
	return 0;
}

/* A compaction may take the directory away while we open it, and then what
 * was opened is not the store. */
int
lmdb_open_current(struct lmdb_engine *engine, struct err *err)
{
	struct err why = ERR_INIT;

	engine->epoch++;
	for (unsigned try = 0; try < TRIES; try++) {
		err_clear(&why);
		env_close(&engine->env);
		if (store_dir_current(engine->dir, engine->name, &why) < 0)
			break;
		(void)open_named(engine, engine->name, &engine->env, &why);
		if (is_current(engine))
			break;
	}
	if (engine->env != NULL) {
		engine->has_secret = store_dir_secret_read(engine->dir,
					 engine->secret, NULL) == 1;
		return 0;
	}
	if (err != NULL && err->code == ERR_NONE)
		*err = why;
	return -1;
}

static int
replace(struct lmdb_engine *engine, unsigned epoch, struct err *err)
{
	int failed = 0;
	bool done = false;

	pthread_rwlock_wrlock(&engine->gate);
	if (engine->env == NULL || engine->epoch == epoch) {
		done = true;
		failed = lmdb_open_current(engine, err);
	}
	pthread_rwlock_unlock(&engine->gate);
	if (failed < 0 || !done)
		return failed;
	atomic_fetch_add(&engine->reopened, 1);
	lmdb_report(
	    engine, EVENT_REOPENED, "the store was closed and opened again");
	return 0;
}

/* Doubles the map, up to its end. */
static enum env_result
grow(struct lmdb_engine *engine, struct err *err)
{
	size_t most = engine->options.map_max;
	size_t bytes = engine->map_bytes;
	enum env_result result;

	if (bytes >= most) {
		err_set(err, ERR_STORE,
		    "the store is full: %zu bytes, all that map-limit allows",
		    bytes);
		return ENV_FAILED;
	}
	bytes = bytes > most / 2 ? most : bytes * 2;
	result = env_grow(engine->env, bytes, err);
	if (result == ENV_OK)
		engine->map_bytes = bytes;
	return result;
}

static int
resize(struct lmdb_engine *engine, unsigned epoch, enum env_result why,
    struct err *err)
{
	enum env_result result = ENV_OK;
	struct env_info info;
	char text[96];

	pthread_rwlock_wrlock(&engine->gate);
	if (engine->env != NULL && engine->epoch == epoch) {
		engine->epoch++;
		/* Another process may have grown it first. */
		result = env_adopt(engine->env, err);
		if (env_info(engine->env, &info, NULL) == 0)
			engine->map_bytes = (size_t)info.map_bytes;
		if (result == ENV_OK && why == ENV_FULL)
			result = grow(engine, err);
	}
	snprintf(
	    text, sizeof text, "the map is %zu bytes now", engine->map_bytes);
	pthread_rwlock_unlock(&engine->gate);
	if (result != ENV_OK)
		return -1;
	atomic_fetch_add(&engine->grown, 1);
	lmdb_report(engine, EVENT_GROWN, text);
	return 0;
}

/* Gets over a result, without the gate: grows, adopts, reopens. epoch is
 * what it was when the result came. DONE is never returned. */
static enum writer_step
lmdb_recover(struct lmdb_engine *engine, unsigned epoch, enum env_result result,
    struct err *err)
{
	switch (result) {
	case ENV_FULL:
	case ENV_RESIZED:
		if (resize(engine, epoch, result, err) < 0)
			return STEP_FAILED;
		return STEP_AGAIN;
	case ENV_LOST:
		if (replace(engine, epoch, err) < 0)
			return STEP_FAILED;
		return STEP_AGAIN;
	case ENV_OK:
	case ENV_NONE:
	case ENV_FAILED:
		break;
	}
	return STEP_FAILED;
}

/* Through the gate. Once a second it looks whether a compaction put another
 * environment in place; a lost one is opened again. */
static int
enter(struct lmdb_engine *engine, unsigned *epoch, struct err *err)
{
	bool look = due(&engine->looked, 1);

	for (unsigned try = 0; try < TRIES; try++) {
		pthread_rwlock_rdlock(&engine->gate);
		*epoch = engine->epoch;
		if (engine->env != NULL && (!look || is_current(engine)))
			return 0;
		pthread_rwlock_unlock(&engine->gate);
		if (replace(engine, *epoch, err) < 0)
			return -1;
		look = false;
	}
	return err_set(err, ERR_STORE, "the store does not come back");
}

static void
leave(struct lmdb_engine *engine)
{
	pthread_rwlock_unlock(&engine->gate);
}

int
lmdb_read_begin(
    struct lmdb_engine *engine, struct env_reader **reader, struct err *err)
{
	for (unsigned try = 0; try < TRIES; try++) {
		enum env_result result;
		unsigned epoch;

		if (enter(engine, &epoch, err) < 0)
			return -1;
		result = env_read_begin(engine->env, reader, err);
		if (result == ENV_OK)
			return 0;
		leave(engine);
		if (lmdb_recover(engine, epoch, result, err) != STEP_AGAIN)
			break;
	}
	return err_set(err, ERR_STORE, "the store cannot be read");
}

void
lmdb_read_end(struct lmdb_engine *engine, struct env_reader *reader)
{
	env_read_end(reader);
	leave(engine);
}

/* Tells when commits begin to fail, and when they work again. */
static void
tell(struct lmdb_engine *engine, bool failed, const struct err *err)
{
	if (atomic_exchange(&engine->failing, failed) == failed)
		return;
	if (failed)
		lmdb_report(engine, EVENT_FAILED, err ? err->text : "");
	else
		lmdb_report(engine, EVENT_RECOVERED, "commits succeed again");
}

/* With the write lock held: nobody moved the store away meanwhile, and this
 * change has its version. */
static int
settle_in(struct lmdb_engine *engine, struct change *change, struct err *err)
{
	if (due(&engine->cleared, CLEAR_EVERY))
		atomic_fetch_add(
		    &engine->stale, env_clear_readers(engine->env));
	if (lmdb_meta(change->txn, META_SEQUENCE, &change->version, err) < 0)
		return -1;
	change->version++;
	return 0;
}

static enum writer_step
change_begin(struct lmdb_engine *engine, struct change *change, struct err *err)
{
	enum env_result result;

	if (store_dir_turn_begin(engine->dir, err) < 0)
		return STEP_FAILED;
	if (enter(engine, &change->epoch, err) < 0) {
		store_dir_turn_end(engine->dir);
		return STEP_FAILED;
	}
	result = env_write_begin(engine->env, &change->txn, err);
	store_dir_turn_end(engine->dir);
	if (result != ENV_OK) {
		leave(engine);
		return lmdb_recover(engine, change->epoch, result, err);
	}
	if (!is_current(engine)) {
		lmdb_change_abandon(change);
		return lmdb_recover(engine, change->epoch, ENV_LOST, err);
	}
	if (settle_in(engine, change, err) < 0) {
		lmdb_change_abandon(change);
		return STEP_FAILED;
	}
	return STEP_DONE;
}

enum writer_step
lmdb_change_begin(
    struct lmdb_engine *engine, struct change *change, struct err *err)
{
	enum writer_step step;

	*change = (struct change){ .engine = engine };
	if (engine->read_only) {
		err_set(err, ERR_STORE, "the store is open for reading only");
		return STEP_FAILED;
	}
	step = change_begin(engine, change, err);
	if (step == STEP_FAILED)
		tell(engine, true, err);
	return step;
}

void
lmdb_change_abandon(struct change *change)
{
	env_write_abort(change->txn);
	leave(change->engine);
}

enum writer_step
lmdb_change_failed(
    struct change *change, enum env_result result, struct err *err)
{
	enum writer_step step;

	lmdb_change_abandon(change);
	step = lmdb_recover(change->engine, change->epoch, result, err);
	if (step == STEP_FAILED)
		tell(change->engine, true, err);
	return step;
}

enum writer_step
lmdb_change_commit(struct change *change, struct err *err)
{
	struct lmdb_engine *engine = change->engine;
	struct err why = ERR_INIT;
	enum env_result result;
	enum writer_step step;

	result =
	    lmdb_meta_put(change->txn, META_SEQUENCE, change->version, &why);
	if (result == ENV_OK)
		result = env_write_commit(change->txn, &why);
	else
		env_write_abort(change->txn);
	leave(engine);
	if (result == ENV_OK) {
		tell(engine, false, NULL);
		return STEP_DONE;
	}
	step = lmdb_recover(engine, change->epoch, result, &why);
	if (result == ENV_FULL && step == STEP_AGAIN)
		return step;
	tell(engine, true, &why);
	if (err != NULL && err->code == ERR_NONE)
		*err = why;
	return result == ENV_LOST ? STEP_UNKNOWN : STEP_FAILED;
}

int
lmdb_meta(
    struct env_txn *txn, struct span key, uint64_t *number, struct err *err)
{
	struct span stored;
	struct stored value;

	*number = 0;
	switch (env_write_get(txn, key, &stored, err)) {
	case ENV_OK:
		break;
	case ENV_NONE:
		return 0;
	case ENV_FULL:
	case ENV_RESIZED:
	case ENV_LOST:
	case ENV_FAILED:
		return err_set(err, ERR_STORE, "the store cannot be read");
	}
	if (!record_check(key, RECORD_CATALOG, stored, &value))
		return err_set(err, ERR_STORE,
		    "the store's own numbers are corrupt: restore a backup");
	*number = value.version;
	return 0;
}

int
lmdb_meta_read(struct env_reader *reader, struct span key, uint64_t *number,
    struct err *err)
{
	struct span found, bytes;
	struct stored value;
	enum env_result result =
	    env_read_seek(reader, key, &found, &bytes, err);

	*number = 0;
	if (result == ENV_NONE || (result == ENV_OK && !span_eq(found, key)))
		return 0;
	if (result != ENV_OK)
		return -1;
	if (!record_check(key, RECORD_CATALOG, bytes, &value))
		return err_set(err, ERR_STORE,
		    "the store's own numbers are corrupt: restore a backup");
	*number = value.version;
	return 0;
}

enum env_result
lmdb_meta_put(
    struct env_txn *txn, struct span key, uint64_t number, struct err *err)
{
	enum env_result result;
	char *at;

	result = env_write_put(txn, key, RECORD_HEADER, &at, err);
	if (result == ENV_OK)
		record_seal(at, key, RECORD_CATALOG, number, SPAN_NONE);
	return result;
}

enum env_result
lmdb_put(struct change *change, struct span key, unsigned kind,
    struct span bytes, struct err *err)
{
	enum env_result result;
	char *at;

	result = env_write_put(
	    change->txn, key, RECORD_HEADER + bytes.len, &at, err);
	if (result == ENV_OK)
		record_seal(at, key, kind, change->version, bytes);
	return result;
}
