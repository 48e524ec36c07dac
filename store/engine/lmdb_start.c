/* The engine's files opened and closed, without a writer. */
#include "store/engine/lmdb_engine.h"

#include <stdlib.h>

#define MAP_BYTES ((size_t)1 << 30)
#define MAP_MAX ((size_t)1 << 40)
#define COMMIT_MS 30000
#define QUEUE_MAX 4096
#define LOAD_MS 30
#define MODE 0640

static struct lmdb_engine *
engine_new(const struct engine_options *options, bool read_only)
{
	struct lmdb_engine *engine = calloc(1, sizeof *engine);
	struct engine_options *own;
	char *path = strdup(options->path);

	if (engine == NULL || path == NULL) {
		free(engine);
		free(path);
		return NULL;
	}
	engine->read_only = read_only;
	engine->options = *options;
	own = &engine->options;
	own->path = path;
	own->mode = own->mode ? own->mode : MODE;
	own->map_bytes = own->map_bytes ? own->map_bytes : MAP_BYTES;
	own->map_max = own->map_max ? own->map_max : MAP_MAX;
	own->commit_ms = own->commit_ms ? own->commit_ms : COMMIT_MS;
	own->queue_max = own->queue_max ? own->queue_max : QUEUE_MAX;
	own->load_ms = own->load_ms ? own->load_ms : LOAD_MS;
	if (own->map_bytes > own->map_max)
		own->map_bytes = own->map_max;
	engine->map_bytes = own->map_bytes;
	engine->engine.commit_ms = own->commit_ms;
	lmdb_gate_init(engine);
	return engine;
}

/* Refuses what a newer layout wrote, marks what has none of this one, and sees
 * to the secret. */
static int
check_schema(struct lmdb_engine *engine, struct err *err)
{
	struct env_reader *reader;
	uint64_t schema, secret = 0;
	int failed;

	if (lmdb_read_begin(engine, &reader, err) < 0)
		return -1;
	failed = lmdb_meta_read(reader, META_SCHEMA, &schema, err);
	if (failed == 0)
		failed = lmdb_meta_read(reader, META_SECRET, &secret, err);
	lmdb_read_end(engine, reader);
	if (failed < 0)
		return -1;
	if (schema > LMDB_SCHEMA)
		return err_set(err, ERR_STORE,
		    "%s was written by a newer version: its layout is %llu, "
		    "this program knows %d",
		    engine->options.path, (unsigned long long)schema,
		    LMDB_SCHEMA);
	return lmdb_secret_settle(engine, secret, err);
}

static int
open_files(struct lmdb_engine *engine, struct err *err)
{
	const struct engine_options *options = &engine->options;
	int opened = engine->read_only ? store_dir_open_readonly(
					     options->path, &engine->dir, err)
				       : store_dir_open(options->path,
					     options->mode, &engine->dir, err);

	if (opened < 0 || lmdb_open_current(engine, err) < 0)
		return -1;
	atomic_fetch_add(&engine->stale, env_clear_readers(engine->env));
	return check_schema(engine, err);
}

int
lmdb_start(const struct engine_options *options, bool read_only,
    struct lmdb_engine **engine, struct err *err)
{
	*engine = engine_new(options, read_only);
	if (*engine == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the store");
	if (open_files(*engine, err) == 0)
		return 0;
	lmdb_stop(engine);
	return -1;
}

void
lmdb_stop(struct lmdb_engine **opened)
{
	struct lmdb_engine *engine = *opened;
	union {
		const char *in;
		void *out;
	} path = { .in = engine->options.path };

	writer_close(&engine->writer);
	env_close(&engine->env);
	store_dir_close(&engine->dir);
	pthread_rwlock_destroy(&engine->gate);
	free(path.out);
	free(engine);
	*opened = NULL;
}
