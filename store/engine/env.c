#include "store/engine/env.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every session reads for microseconds; commands come on top. */
#define READERS_MAX 510
#define POOL_MAX 32

/* Pages that one change can add besides its value: a path of copies, splits,
 * and its share of the list of free pages. */
#define PAGES_EACH 16
/* The file grows ahead by this much, without taking space for it. */
#define AHEAD ((uint64_t)1024 * 1024)

/* A snapshot kept for use again: renewing one costs a fraction of a new. */
struct env_reader {
	struct env *env;
	struct env_reader *next; /* in the pool */
	MDB_txn *txn;
	MDB_cursor *cursor;
};

struct env_txn {
	struct env *env;
	MDB_txn *txn;
	MDB_cursor *cursor;
	uint64_t room; /* bytes that it may add to the file, at most */
};

struct env {
	MDB_env *mdb;
	MDB_dbi dbi;
	int fd;
	size_t page;
	bool read_only;
	pthread_mutex_t lock;	 /* guards pool and pooled */
	struct env_reader *pool; /* snapshots at rest */
	unsigned pooled;
	/* Of the newest snapshot that was asked: its number times 256, and the
	 * first byte of all. */
	atomic_uint_least64_t lowest;
	struct env_txn txn; /* there is only one at a time */
};

static MDB_val
val_of(struct span bytes)
{
	union {
		const char *in;
		void *out;
	} at = { .in = bytes.at };

	return (MDB_val){ bytes.len, at.out };
}

static struct span
span_val(MDB_val val)
{
	return span_of(val.mv_data, val.mv_size);
}

/* What a result means to a caller; rows not listed are failures. */
static const struct {
	int code;
	enum env_result result;
} meanings[] = {
	{ MDB_SUCCESS, ENV_OK },
	{ MDB_NOTFOUND, ENV_NONE },
	{ MDB_MAP_FULL, ENV_FULL },
	{ MDB_MAP_RESIZED, ENV_RESIZED },
	{ MDB_PANIC, ENV_LOST },
	{ MDB_VERSION_MISMATCH, ENV_LOST },
};

static enum env_result
result_of(int code, const char *doing, struct err *err)
{
	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
		if (meanings[i].code == code)
			return meanings[i].result;
	err_set(err, ERR_STORE, "%s: %s", doing, mdb_strerror(code));
	return ENV_FAILED;
}

static int
pages_present(struct env *env, uint64_t *used, uint64_t *file)
{
	MDB_envinfo info;
	struct stat stat;

	if (mdb_env_info(env->mdb, &info) != 0 || fstat(env->fd, &stat) < 0)
		return -1;
	*used = ((uint64_t)info.me_last_pgno + 1) * env->page;
	*file = (uint64_t)stat.st_size;
	return *file >= *used;
}

static int
check_length(struct env *env, struct err *err)
{
	uint64_t used = 0, file = 0;
	int present = pages_present(env, &used, &file);

	if (present > 0)
		return 0;
	if (present < 0)
		return err_set(err, ERR_STORE, "cannot examine the store");
	return err_set(err, ERR_STORE,
	    "the store's file was cut short: it has %llu bytes of %llu; "
	    "restore a backup",
	    (unsigned long long)file, (unsigned long long)used);
}

static unsigned
flags_of(const struct env_options *options)
{
	unsigned flags = MDB_NOTLS | MDB_NORDAHEAD;

	if (options->read_only)
		flags |= MDB_RDONLY;
	if (options->scratch)
		flags |= MDB_NOSYNC;
	return flags;
}

/* LMDB tells processes apart by their numbers. */
static int
open_failed(const struct env_options *options, int code, struct err *err)
{
	if (code == EAGAIN)
		return err_set(err, ERR_STORE,
		    "%s is open by process %ld of another container: one "
		    "container at a time, or one PID namespace for both",
		    options->directory, (long)getpid());
	return err_set(err, ERR_STORE, "cannot open %s: %s", options->directory,
	    mdb_strerror(code));
}

static int
open_mdb(struct env *env, const struct env_options *options, struct err *err)
{
	MDB_txn *txn;
	MDB_stat stat;
	int code;

	code = mdb_env_set_mapsize(env->mdb, options->map_bytes);
	if (code == 0)
		code = mdb_env_set_maxreaders(env->mdb, READERS_MAX);
	if (code == 0)
		code = mdb_env_open(env->mdb, options->directory,
		    flags_of(options), (mdb_mode_t)options->mode);
	if (code == 0)
		code = mdb_env_get_fd(env->mdb, &env->fd);
	if (code == 0)
		code = mdb_env_stat(env->mdb, &stat);
	if (code != 0)
		return open_failed(options, code, err);
	env->page = stat.ms_psize;
	if (check_length(env, err) < 0)
		return -1;
	code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &txn);
	if (code == 0) {
		code = mdb_dbi_open(txn, NULL, 0, &env->dbi);
		mdb_txn_abort(txn);
	}
	if (code != 0)
		return open_failed(options, code, err);
	return 0;
}

int
env_open(const struct env_options *options, struct env **env, struct err *err)
{
	struct env *new = calloc(1, sizeof *new);

	if (new == NULL || mdb_env_create(&new->mdb) != 0) {
		free(new);
		return err_set(err, ERR_MEMORY, "no memory for the store");
	}
	new->read_only = options->read_only;
	pthread_mutex_init(&new->lock, NULL);
	if (open_mdb(new, options, err) < 0) {
		env_close(&new);
		return -1;
	}
	*env = new;
	return 0;
}

static void
reader_free(struct env_reader *reader)
{
	mdb_cursor_close(reader->cursor);
	mdb_txn_abort(reader->txn);
	free(reader);
}

void
env_close(struct env **env)
{
	struct env *old = *env;

	if (old == NULL)
		return;
	while (old->pool != NULL) {
		struct env_reader *reader = old->pool;

		old->pool = reader->next;
		reader_free(reader);
	}
	mdb_env_close(old->mdb);
	pthread_mutex_destroy(&old->lock);
	free(old);
	*env = NULL;
}

enum env_result
env_grow(struct env *env, size_t map_bytes, struct err *err)
{
	return result_of(mdb_env_set_mapsize(env->mdb, map_bytes),
	    "cannot grow the map", err);
}

enum env_result
env_adopt(struct env *env, struct err *err)
{
	return result_of(mdb_env_set_mapsize(env->mdb, 0),
	    "cannot follow the map's growth", err);
}

unsigned
env_clear_readers(struct env *env)
{
	int dead = 0;

	if (mdb_reader_check(env->mdb, &dead) != 0 || dead < 0)
		return 0;
	return (unsigned)dead;
}

int
env_info(struct env *env, struct env_info *out, struct err *err)
{
	MDB_envinfo info;
	MDB_stat stat;
	uint64_t file;

	memset(out, 0, sizeof *out);
	if (mdb_env_info(env->mdb, &info) != 0 ||
	    mdb_env_stat(env->mdb, &stat) != 0 ||
	    pages_present(env, &out->used_bytes, &file) < 0)
		return err_set(err, ERR_STORE, "cannot examine the store");
	out->map_bytes = info.me_mapsize;
	out->live_bytes = (uint64_t)(stat.ms_branch_pages + stat.ms_leaf_pages +
				     stat.ms_overflow_pages) *
			  stat.ms_psize;
	out->entries = stat.ms_entries;
	out->readers = info.me_numreaders;
	out->readers_max = info.me_maxreaders;
	return 0;
}

int
env_sync(struct env *env, struct err *err)
{
	int code = mdb_env_sync(env->mdb, 1);

	if (code == 0)
		return 0;
	return err_set(
	    err, ERR_STORE, "cannot sync the store: %s", mdb_strerror(code));
}

static struct env_reader *
pool_take(struct env *env)
{
	struct env_reader *reader;

	pthread_mutex_lock(&env->lock);
	reader = env->pool;
	if (reader != NULL) {
		env->pool = reader->next;
		env->pooled--;
	}
	pthread_mutex_unlock(&env->lock);
	return reader;
}

static int
reader_new(struct env *env, struct env_reader **reader)
{
	struct env_reader *new = calloc(1, sizeof *new);
	int code;

	if (new == NULL)
		return ENOMEM;
	new->env = env;
	code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &new->txn);
	if (code == MDB_READERS_FULL && env_clear_readers(env) != 0)
		code = mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &new->txn);
	if (code == 0) {
		code = mdb_cursor_open(new->txn, env->dbi, &new->cursor);
		if (code != 0)
			mdb_txn_abort(new->txn);
	}
	if (code != 0) {
		free(new);
		return code;
	}
	*reader = new;
	return 0;
}

enum env_result
env_read_begin(struct env *env, struct env_reader **reader, struct err *err)
{
	struct env_reader *taken = pool_take(env);
	int code;

	if (taken != NULL) {
		code = mdb_txn_renew(taken->txn);
		if (code == 0)
			code = mdb_cursor_renew(taken->txn, taken->cursor);
		if (code != 0)
			reader_free(taken);
	} else {
		code = reader_new(env, &taken);
	}
	if (code != 0)
		return result_of(code, "cannot read the store", err);
	if (check_length(env, err) < 0) {
		reader_free(taken);
		return ENV_FAILED;
	}
	*reader = taken;
	return ENV_OK;
}

void
env_read_end(struct env_reader *reader)
{
	struct env *env = reader->env;

	mdb_txn_reset(reader->txn);
	pthread_mutex_lock(&env->lock);
	if (env->pooled < POOL_MAX) {
		reader->next = env->pool;
		env->pool = reader;
		env->pooled++;
		reader = NULL;
	}
	pthread_mutex_unlock(&env->lock);
	if (reader != NULL)
		reader_free(reader);
}

static enum env_result
cursor_get(MDB_cursor *cursor, MDB_cursor_op op, struct span key,
    struct span *found, struct span *value, struct err *err)
{
	MDB_val at = val_of(key);
	MDB_val bytes = { 0, NULL };
	int code = mdb_cursor_get(cursor, &at, &bytes, op);

	if (code != 0)
		return result_of(code, "cannot read the store", err);
	*found = span_val(at);
	*value = span_val(bytes);
	return ENV_OK;
}

enum env_result
env_read_seek(struct env_reader *reader, struct span key, struct span *found,
    struct span *value, struct err *err)
{
	return cursor_get(
	    reader->cursor, MDB_SET_RANGE, key, found, value, err);
}

enum env_result
env_read_next(struct env_reader *reader, struct span *found, struct span *value,
    struct err *err)
{
	return cursor_get(
	    reader->cursor, MDB_NEXT, SPAN_NONE, found, value, err);
}

unsigned char
env_read_lowest(struct env_reader *reader)
{
	uint64_t snapshot = (uint64_t)mdb_txn_id(reader->txn);
	uint64_t known = atomic_load(&reader->env->lowest);
	struct span found = SPAN_NONE, value;

	if (known >> 8 == snapshot && known != 0)
		return (unsigned char)known;
	if (cursor_get(reader->cursor, MDB_FIRST, SPAN_NONE, &found, &value,
		NULL) != ENV_OK)
		return 0;
	known = snapshot << 8 | (unsigned char)found.at[0];
	atomic_store(&reader->env->lowest, known);
	return (unsigned char)known;
}

enum env_result
env_write_begin(struct env *env, struct env_txn **txn, struct err *err)
{
	struct env_txn *new = &env->txn;
	MDB_txn *mdb;
	int code;

	if (env->read_only) {
		err_set(err, ERR_STORE, "the store is open for reading only");
		return ENV_FAILED;
	}
	code = mdb_txn_begin(env->mdb, NULL, 0, &mdb);
	if (code != 0)
		return result_of(code, "cannot write to the store", err);
	*new = (struct env_txn){ .env = env, .txn = mdb };
	code = mdb_cursor_open(mdb, env->dbi, &new->cursor);
	if (code != 0) {
		mdb_txn_abort(mdb);
		return result_of(code, "cannot write to the store", err);
	}
	if (check_length(env, err) < 0) {
		env_write_abort(new);
		return ENV_FAILED;
	}
	*txn = new;
	return ENV_OK;
}

enum env_result
env_write_get(
    struct env_txn *txn, struct span key, struct span *value, struct err *err)
{
	struct span found;

	return cursor_get(txn->cursor, MDB_SET_KEY, key, &found, value, err);
}

enum env_result
env_write_seek(struct env_txn *txn, struct span key, struct span *found,
    struct span *value, struct err *err)
{
	return cursor_get(txn->cursor, MDB_SET_RANGE, key, found, value, err);
}

enum env_result
env_write_next(struct env_txn *txn, struct span *found, struct span *value,
    struct err *err)
{
	return cursor_get(txn->cursor, MDB_NEXT, SPAN_NONE, found, value, err);
}

enum env_result
env_write_last(struct env_txn *txn, struct span *found, struct err *err)
{
	struct span value;

	return cursor_get(txn->cursor, MDB_LAST, SPAN_NONE, found, &value, err);
}

static enum env_result
put(struct env_txn *txn, struct span key, size_t len, unsigned flags, char **at,
    struct err *err)
{
	MDB_val name = val_of(key);
	MDB_val bytes = { len, NULL };
	int code =
	    mdb_cursor_put(txn->cursor, &name, &bytes, MDB_RESERVE | flags);

	txn->room += len + PAGES_EACH * txn->env->page;
	*at = bytes.mv_data;
	return result_of(code, "cannot write to the store", err);
}

enum env_result
env_write_put(struct env_txn *txn, struct span key, size_t len, char **at,
    struct err *err)
{
	return put(txn, key, len, 0, at, err);
}

enum env_result
env_write_append(struct env_txn *txn, struct span key, size_t len, char **at,
    struct err *err)
{
	return put(txn, key, len, MDB_APPEND, at, err);
}

enum env_result
env_write_delete(struct env_txn *txn, struct span key, struct err *err)
{
	MDB_val name = val_of(key);
	int code = mdb_del(txn->txn, txn->env->dbi, &name, NULL);

	txn->room += PAGES_EACH * txn->env->page;
	return result_of(code, "cannot delete from the store", err);
}

/* After a commit failed: whether the environment still works. It does not
 * when the failure hit the page that makes commits visible, and then nobody
 * knows what the disk holds. */
static bool
lost(struct env *env)
{
	MDB_txn *probe;

	if (mdb_txn_begin(env->mdb, NULL, MDB_RDONLY, &probe) != 0)
		return true;
	mdb_txn_abort(probe);
	return false;
}

/* LMDB never writes a page that one transaction both adds and frees, and so
 * may leave a file shorter than its pages, which is what damage looks like
 * (check_length). It is made long enough before: after the commit others
 * read already, and this process may be dead. */
static int
lengthen(struct env_txn *txn, struct err *err)
{
	uint64_t used, file, wanted;

	if (pages_present(txn->env, &used, &file) < 0)
		return err_set(err, ERR_STORE, "cannot examine the store");
	wanted = used + txn->room + PAGES_EACH * txn->env->page;
	if (file >= wanted)
		return 0;
	wanted = (wanted / AHEAD + 1) * AHEAD;
	if (ftruncate(txn->env->fd, (off_t)wanted) == 0)
		return 0;
	return err_set(
	    err, ERR_STORE, "cannot lengthen the store: %s", strerror(errno));
}

enum env_result
env_write_commit(struct env_txn *txn, struct err *err)
{
	struct env *env = txn->env;
	int code;

	if (lengthen(txn, err) < 0) {
		env_write_abort(txn);
		return ENV_FAILED;
	}
	mdb_cursor_close(txn->cursor);
	code = mdb_txn_commit(txn->txn);
	if (code == 0)
		return ENV_OK;
	result_of(code, "cannot commit to the store", err);
	if (code == MDB_MAP_FULL)
		return ENV_FULL;
	return lost(env) ? ENV_LOST : ENV_FAILED;
}

void
env_write_abort(struct env_txn *txn)
{
	mdb_cursor_close(txn->cursor);
	mdb_txn_abort(txn->txn);
}
