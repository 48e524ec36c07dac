#include "store/engine/lmdb.h"

#include "store/base/monotonic.h"
#include "store/engine/lmdb_engine.h"
#include "store/record/record.h"

#include <stdio.h>

#define ALARM_PERCENT 80

static struct lmdb_engine *
of(struct engine *engine)
{
	return (struct lmdb_engine *)engine;
}

/* The writer's side: one change per batch. */

static enum writer_step
batch_begin(void *context, struct err *err)
{
	struct lmdb_engine *engine = context;
	int64_t begun = monotonic_us();
	enum writer_step step = lmdb_change_begin(engine, &engine->batch, err);
	uint64_t took = (uint64_t)(monotonic_us() - begun);

	if (took > atomic_load(&engine->waited))
		atomic_store(&engine->waited, took);
	return step;
}

/* The version that the record has now; 0 for none. */
static enum env_result
version_now(struct change *change, struct span key, unsigned kind,
    uint64_t *version, struct err *err)
{
	struct span bytes;
	struct stored value;
	enum env_result result;

	*version = 0;
	result = env_write_get(change->txn, key, &bytes, err);
	if (result == ENV_NONE)
		return ENV_OK;
	if (result == ENV_OK) {
		record_check(key, kind, bytes, &value);
		*version = value.version;
	}
	return result;
}

static enum writer_step
batch_put(void *context, struct write *write, struct err *err)
{
	struct lmdb_engine *engine = context;
	struct change *change = &engine->batch;
	struct lmdb_key key = lmdb_record_key(&write->key, write->kind);
	struct span name = lmdb_key_span(&key);
	bool tombstone = write->kind == RECORD_TOMBSTONE;
	struct stored value = { 0 };
	enum env_result result;
	uint64_t version;

	if (tombstone) {
		result = lmdb_tombstone_now(change, &write->key, &value, err);
		version = value.version;
	} else {
		result = version_now(change, name, write->kind, &version, err);
	}
	if (result != ENV_OK)
		return lmdb_change_failed(change, result, err);
	if (version != write->version) {
		write->result = WRITE_CONFLICT;
		return STEP_DONE;
	}
	if (tombstone)
		result =
		    lmdb_tombstone_put(change, &write->key, write->bytes, err);
	else if (write->bytes.len != 0)
		result = lmdb_put(change, name, write->kind, write->bytes, err);
	else if (version != 0)
		result = env_write_delete(change->txn, name, err);
	if (result != ENV_OK)
		return lmdb_change_failed(change, result, err);
	write->result = WRITE_OK;
	write->now = write->bytes.len ? change->version : 0;
	return STEP_DONE;
}

/* Over 80 % of what can ever be used, told once each time it comes. */
static bool
alarm_at(struct lmdb_engine *engine, uint64_t used, uint64_t limit)
{
	bool alarm = used > limit / 100 * ALARM_PERCENT;
	char text[128];

	if (atomic_exchange(&engine->alarm, alarm) == alarm || !alarm)
		return alarm;
	snprintf(text, sizeof text,
	    "the store has used %llu of %llu bytes that it can ever have",
	    (unsigned long long)used, (unsigned long long)limit);
	lmdb_report(engine, EVENT_ALARM, text);
	return alarm;
}

static uint64_t
limit_of(struct lmdb_engine *engine, uint64_t used)
{
	uint64_t most = engine->options.map_max;
	uint64_t left = store_dir_free(engine->dir);

	if (left > UINT64_MAX - used)
		return most;
	return used + left < most ? used + left : most;
}

static enum writer_step
batch_commit(void *context, struct err *err)
{
	struct lmdb_engine *engine = context;
	enum writer_step step = lmdb_change_commit(&engine->batch, err);
	struct engine_stat stat;

	/* The numbers watch the alarm. */
	if (step == STEP_DONE && lmdb_watch_due(engine))
		(void)engine_stat_quick(&engine->engine, &stat, NULL);
	return step;
}

static void
batch_abandon(void *context)
{
	struct lmdb_engine *engine = context;

	lmdb_change_abandon(&engine->batch);
}

static int
lmdb_commit(struct engine *engine, unsigned ms, struct write *writes,
    size_t count, struct err *err)
{
	if (of(engine)->writer != NULL)
		return writer_commit(
		    of(engine)->writer, ms, writes, count, err);
	for (size_t i = 0; i < count; i++)
		writes[i].result = WRITE_UNAVAILABLE;
	return err_set(err, ERR_STORE, "the store is open for reading only");
}

/* Walks the keys only. */
static int
count_keys(struct env_reader *reader, struct engine_stat *stat, struct err *err)
{
	struct span found, bytes;
	struct record_key key;
	enum record_kind kind;
	enum env_result result =
	    env_read_seek(reader, SPAN("\0"), &found, &bytes, err);

	while (result == ENV_OK) {
		if (lmdb_key_parse(found, &key, &kind))
			stat->records[kind]++;
		else if (found.at[0] == KEY_CATALOG)
			stat->entries++;
		result = env_read_next(reader, &found, &bytes, err);
	}
	return result == ENV_NONE ? 0 : -1;
}

static void
stat_writer(struct lmdb_engine *engine, struct engine_stat *stat)
{
	struct writer_stat writer = { .commits = 0 };

	if (engine->writer != NULL)
		writer_stat(engine->writer, &writer);
	stat->commits = writer.commits;
	stat->writes = writer.writes;
	stat->conflicts = writer.conflicts;
	stat->failures = writer.failures;
	stat->queued = writer.queued;
	stat->queued_most = writer.queued_most;
	stat->at_lock = writer.at_lock;
	stat->failing = atomic_load(&engine->failing);
	stat->corrupt = atomic_load(&engine->corrupt);
	stat->reopened = atomic_load(&engine->reopened);
	stat->grown = atomic_load(&engine->grown);
	stat->stale_readers = atomic_load(&engine->stale);
	stat->lock_wait_us = atomic_load(&engine->waited);
}

static int
lmdb_stat(struct engine *engine, bool count, struct engine_stat *stat,
    struct err *err)
{
	struct env_reader *reader;
	struct env_info info;
	int failed;

	stat->schema = LMDB_SCHEMA;
	stat_writer(of(engine), stat);
	if (lmdb_read_begin(of(engine), &reader, err) < 0)
		return -1;
	failed = env_info(of(engine)->env, &info, err);
	if (failed == 0)
		failed = lmdb_meta_read(
		    reader, META_GENERATION, &stat->generation, err);
	if (failed == 0 && count)
		failed = count_keys(reader, stat, err);
	lmdb_read_end(of(engine), reader);
	if (failed < 0)
		return -1;
	stat->used_bytes = info.used_bytes;
	stat->live_bytes = info.live_bytes;
	stat->map_bytes = info.map_bytes;
	stat->readers = info.readers;
	stat->readers_max = info.readers_max;
	stat->limit_bytes = limit_of(of(engine), info.used_bytes);
	stat->alarm = alarm_at(of(engine), stat->used_bytes, stat->limit_bytes);
	return 0;
}

static void
lmdb_close(struct engine *base)
{
	struct lmdb_engine *engine = of(base);

	lmdb_stop(&engine);
}

static const struct engine_class lmdb_class = {
	.name = "lmdb",
	.close = lmdb_close,
	.get = lmdb_get,
	.veil = lmdb_veil,
	.commit = lmdb_commit,
	.scan = lmdb_scan,
	.catalog_get = lmdb_catalog_get,
	.catalog_change = lmdb_catalog_change,
	.catalog_list = lmdb_catalog_list,
	.catalog_generation = lmdb_catalog_generation,
	.load = lmdb_load,
	.stat = lmdb_stat,
	.verify = lmdb_verify,
	.backup = lmdb_backup,
	.compact = lmdb_compact,
};

static int
open_engine(const struct engine_options *options, bool read_only,
    struct engine **engine, struct err *err)
{
	struct lmdb_engine *new;
	struct writer_store store = { batch_begin, batch_put, batch_commit,
		batch_abandon, NULL };

	if (lmdb_start(options, read_only, &new, err) < 0)
		return -1;
	new->engine.class = &lmdb_class;
	store.context = new;
	if (!read_only && writer_open(&store, new->options.queue_max,
			      &new->writer, err) < 0) {
		lmdb_stop(&new);
		return -1;
	}
	*engine = &new->engine;
	return 0;
}

int
lmdb_open(const struct engine_options *options, struct engine **engine,
    struct err *err)
{
	return open_engine(options, false, engine, err);
}

int
lmdb_open_readonly(const struct engine_options *options, struct engine **engine,
    struct err *err)
{
	return open_engine(options, true, engine, err);
}
