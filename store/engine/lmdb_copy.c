/*
 * Copies of everything. A copy is written anew, entry by entry in key order: it
 * is compact, and nothing gets into its file that is not live, which LMDB's own
 * copying does not promise.
 */
#include "store/engine/lmdb.h"

#include "store/engine/lmdb_engine.h"
#include "store/record/record.h"

#include <stdlib.h>

#define STEP_BYTES ((size_t)32 * 1024 * 1024) /* of a copy's transaction */
#define TRIES 64

static struct lmdb_engine *
of(struct engine *engine)
{
	return (struct lmdb_engine *)engine;
}

/* Where a copy reads: a snapshot, or the transaction that keeps writers
 * out. */
struct original {
	struct env_reader *reader;
	struct env_txn *txn;
};

static enum env_result
original_seek(struct original *from, struct span key, struct span *found,
    struct span *bytes, struct err *err)
{
	if (from->reader != NULL)
		return env_read_seek(from->reader, key, found, bytes, err);
	return env_write_seek(from->txn, key, found, bytes, err);
}

static enum env_result
original_next(struct original *from, struct span *found, struct span *bytes,
    struct err *err)
{
	if (from->reader != NULL)
		return env_read_next(from->reader, found, bytes, err);
	return env_write_next(from->txn, found, bytes, err);
}

static enum env_result
append(struct env_txn *txn, struct span key, struct span bytes, struct err *err)
{
	enum env_result result;
	char *at;

	result = env_write_append(txn, key, bytes.len, &at, err);
	if (result == ENV_OK && bytes.len != 0)
		memcpy(at, bytes.at, bytes.len);
	return result;
}

/* Appends all entries. ENV_NONE at the end, which is good. */
static enum env_result
copy_entries(struct original *from, struct env *to, struct err *err)
{
	struct env_txn *txn = NULL;
	struct span found, bytes;
	size_t copied = 0;
	enum env_result result =
	    original_seek(from, SPAN("\0"), &found, &bytes, err);
	enum env_result written = ENV_OK;

	while (result == ENV_OK && written == ENV_OK) {
		if (txn == NULL)
			written = env_write_begin(to, &txn, err);
		if (written == ENV_OK)
			written = append(txn, found, bytes, err);
		if (written != ENV_OK)
			break;
		copied += found.len + bytes.len;
		if (copied > STEP_BYTES) {
			written = env_write_commit(txn, err);
			txn = NULL;
			copied = 0;
		}
		result = original_next(from, &found, &bytes, err);
	}
	if (txn != NULL && written == ENV_OK && result == ENV_NONE)
		return env_write_commit(txn, err);
	if (txn != NULL)
		env_write_abort(txn);
	return written != ENV_OK ? written : result;
}

/* What a restore does to the numbers of the copy. */
struct renewal {
	uint64_t least[2]; /* they are above these: see outdo */
	bool forgets;	   /* the secret, which is lost */
};

static int
write_failed(struct env_txn *txn, struct err *err)
{
	env_write_abort(txn);
	return err_set(err, ERR_STORE, "cannot write the copy");
}

/* Moves the store's own numbers on, so that nothing read before a restore
 * passes for current after it. */
static int
outdo(struct env *to, const struct renewal *renewal, struct err *err)
{
	const uint64_t *least = renewal->least;
	const struct span keys[2] = { META_SEQUENCE, META_GENERATION };
	struct env_txn *txn;

	if (env_write_begin(to, &txn, err) != ENV_OK)
		return err_set(err, ERR_STORE, "cannot write the copy");
	for (unsigned i = 0; i < 2; i++) {
		uint64_t number;

		if (lmdb_meta(txn, keys[i], &number, err) < 0 ||
		    lmdb_meta_put(txn, keys[i],
			(number > least[i] ? number : least[i]) + 1,
			err) != ENV_OK)
			return write_failed(txn, err);
	}
	if (renewal->forgets &&
	    env_write_delete(txn, META_SECRET, err) != ENV_OK)
		return write_failed(txn, err);
	if (env_write_commit(txn, err) != ENV_OK)
		return err_set(err, ERR_STORE, "cannot write the copy");
	return 0;
}

/* Fills a new data directory of the store from the original, durably, and
 * names it. renewal: NULL to keep the numbers. 0 or -1. */
static int
copy_into(struct store_dir *dir, unsigned mode, struct original *from,
    uint64_t live, const struct renewal *renewal, char name[STORE_DIR_NAME],
    struct err *err)
{
	char path[STORE_DIR_PATH];
	struct env_options options = { .directory = path,
		.mode = mode,
		.map_bytes = ((size_t)live + (live >> 1)) + ((size_t)64 << 20),
		.scratch = true };
	struct env *to = NULL;
	enum env_result result;
	int failed;

	if (store_dir_new(dir, name, err) < 0)
		return -1;
	store_dir_path(dir, name, path);
	failed = env_open(&options, &to, err);
	if (failed == 0) {
		result = copy_entries(from, to, err);
		if (result != ENV_OK && result != ENV_NONE)
			failed = err_set(
			    err, ERR_STORE, "the copy does not fit its map");
	}
	if (failed == 0 && renewal != NULL)
		failed = outdo(to, renewal, err);
	if (failed == 0)
		failed = env_sync(to, err);
	env_close(&to);
	if (failed == 0)
		failed = store_dir_sync(dir, name, err);
	if (failed < 0) {
		store_dir_drop(dir, name);
		return -1;
	}
	store_dir_own(dir, name);
	return 0;
}

int
lmdb_backup(struct engine *base, const char *path, struct err *err)
{
	struct lmdb_engine *engine = of(base);
	struct original from = { NULL, NULL };
	struct store_dir *dir;
	struct env_info info;
	char name[STORE_DIR_NAME];
	int failed;

	if (store_dir_make(path, engine->options.mode, &dir, err) < 0)
		return -1;
	failed = lmdb_read_begin(engine, &from.reader, err);
	if (failed == 0) {
		failed = env_info(engine->env, &info, err);
		if (failed == 0)
			failed = copy_into(dir, engine->options.mode, &from,
			    info.used_bytes, NULL, name, err);
		if (failed == 0 && engine->has_secret)
			failed = store_dir_secret_put(dir, engine->secret, err);
		lmdb_read_end(engine, from.reader);
	}
	if (failed == 0)
		failed = store_dir_switch(dir, name, err);
	store_dir_close(&dir);
	return failed;
}

/* Puts the new directory in place of the one in use. The change is that of
 * the engine's environment and ends here. */
static int
take_place(struct lmdb_engine *engine, struct change *change, const char *name,
    struct err *err)
{
	char old[STORE_DIR_NAME];
	int failed;

	memcpy(old, engine->name, sizeof old);
	failed = store_dir_switch(engine->dir, name, err);
	lmdb_change_abandon(change);
	if (failed < 0) {
		store_dir_drop(engine->dir, name);
		return -1;
	}
	pthread_rwlock_wrlock(&engine->gate);
	failed = lmdb_open_current(engine, err);
	pthread_rwlock_unlock(&engine->gate);
	store_dir_drop(engine->dir, old);
	return failed;
}

static int
begin_change(struct lmdb_engine *engine, struct change *change, struct err *err)
{
	enum writer_step step = STEP_AGAIN;

	for (unsigned try = 0; step == STEP_AGAIN && try < TRIES; try++)
		step = lmdb_change_begin(engine, change, err);
	if (step == STEP_DONE)
		return 0;
	return err_set(err, ERR_STORE, "the store cannot be written to");
}

int
lmdb_compact(struct engine *base, struct err *err)
{
	struct lmdb_engine *engine = of(base);
	struct original from = { NULL, NULL };
	struct env_info info;
	struct change change;
	char name[STORE_DIR_NAME];

	if (begin_change(engine, &change, err) < 0)
		return -1;
	from.txn = change.txn;
	store_dir_tidy(engine->dir, engine->name, "");
	if (env_info(engine->env, &info, err) < 0 ||
	    copy_into(engine->dir, engine->options.mode, &from, info.used_bytes,
		NULL, name, err) < 0) {
		lmdb_change_abandon(&change);
		return -1;
	}
	return take_place(engine, &change, name, err);
}

/* Opens a backup, all of it checked. */
static int
open_backup(const struct engine_options *options, const char *path,
    struct lmdb_engine **backup, struct err *err)
{
	struct engine_options from = *options;
	struct engine_verdict verdict = { 0 };
	int sound;

	from.path = path;
	from.report = NULL;
	if (lmdb_start(&from, true, backup, err) < 0)
		return -1;
	sound = lmdb_verify(&(*backup)->engine, NULL, NULL, &verdict, err);
	if (sound == 0)
		err_set(err, ERR_STORE,
		    "%s is damaged: %llu of its values are corrupt", path,
		    (unsigned long long)verdict.corrupt);
	if (sound > 0)
		return 0;
	lmdb_stop(backup);
	return -1;
}

/* Copies a backup into a new data directory of the store. */
static int
copy_backup(struct lmdb_engine *backup, struct store_dir *dir, unsigned mode,
    const struct renewal *renewal, char name[STORE_DIR_NAME], struct err *err)
{
	struct original from = { NULL, NULL };
	struct env_info info;
	int failed;

	if (lmdb_read_begin(backup, &from.reader, err) < 0)
		return -1;
	failed = env_info(backup->env, &info, err);
	if (failed == 0)
		failed = copy_into(
		    dir, mode, &from, info.used_bytes, renewal, name, err);
	lmdb_read_end(backup, from.reader);
	return failed;
}

/* Whether the store, once the backup is in it, has lost the secret of the
 * backup's tombstones: it has none, and the store has another. */
static bool
loses_secret(const struct lmdb_engine *backup, struct store_dir *dir)
{
	unsigned char own[STORE_DIR_SECRET];

	if (backup->has_secret || backup->known_secret == 0)
		return false;
	return store_dir_secret_read(dir, own, NULL) != 1 ||
	       lmdb_fingerprint(own) != backup->known_secret;
}

/* The copy is there; its secret goes before it. */
static int
bring_secret(
    const struct lmdb_engine *backup, struct store_dir *dir, struct err *err)
{
	return backup->has_secret
		   ? store_dir_secret_put(dir, backup->secret, err)
		   : 0;
}

/* Into a store that is in order: its numbers go on from where they are. */
static int
restore_into(struct lmdb_engine *engine, const char *path, struct err *err)
{
	struct lmdb_engine *backup;
	struct change change;
	char name[STORE_DIR_NAME];
	struct renewal renewal;
	int failed;

	if (open_backup(&engine->options, path, &backup, err) < 0)
		return -1;
	renewal.forgets = loses_secret(backup, engine->dir);
	failed = begin_change(engine, &change, err);
	if (failed == 0) {
		renewal.least[0] = change.version;
		failed = lmdb_meta(
		    change.txn, META_GENERATION, &renewal.least[1], err);
		if (failed == 0)
			failed = copy_backup(backup, engine->dir,
			    engine->options.mode, &renewal, name, err);
		if (failed == 0)
			failed = bring_secret(backup, engine->dir, err);
		if (failed == 0)
			failed = take_place(engine, &change, name, err);
		else
			lmdb_change_abandon(&change);
	}
	lmdb_stop(&backup);
	return failed < 0 ? -1 : renewal.forgets;
}

/* How far the numbers of a store that cannot be asked may have come. */
#define FAR_AHEAD ((uint64_t)1 << 40)

int
lmdb_restore(
    const struct engine_options *options, const char *path, struct err *err)
{
	struct lmdb_engine *engine, *backup;
	struct renewal renewal = { { FAR_AHEAD, FAR_AHEAD }, false };
	struct store_dir *dir;
	char name[STORE_DIR_NAME];
	int failed;

	if (lmdb_start(options, false, &engine, NULL) == 0) {
		failed = restore_into(engine, path, err);
		lmdb_stop(&engine);
		return failed;
	}
	if (open_backup(options, path, &backup, err) < 0)
		return -1;
	failed = store_dir_open(
	    options->path, options->mode ? options->mode : 0640, &dir, err);
	if (failed == 0) {
		renewal.forgets = loses_secret(backup, dir);
		failed = copy_backup(backup, dir,
		    options->mode ? options->mode : 0640, &renewal, name, err);
		if (failed == 0)
			failed = bring_secret(backup, dir, err);
		if (failed == 0)
			failed = store_dir_switch(dir, name, err);
		store_dir_close(&dir);
	}
	lmdb_stop(&backup);
	return failed < 0 ? -1 : renewal.forgets;
}
