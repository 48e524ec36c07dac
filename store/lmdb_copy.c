#include "store/lmdb_engine.h"
int
lmdb_verify(struct engine *engine,
    int (*found)(void *context, const struct record_key *key,
	const struct engine_verdict *so_far),
    void *context, struct engine_verdict *verdict, struct err *err)
{
	(void)engine;
	(void)found;
	(void)context;
	(void)verdict;
	return err_set(err, ERR_STORE, "not yet");
}
int
lmdb_backup(struct engine *engine, const char *path, struct err *err)
{
	(void)engine;
	(void)path;
	return err_set(err, ERR_STORE, "not yet");
}
int
lmdb_compact(struct engine *engine, struct err *err)
{
	(void)engine;
	return err_set(err, ERR_STORE, "not yet");
}
int
lmdb_restore(struct engine *engine, const char *path, struct err *err)
{
	(void)engine;
	(void)path;
	return err_set(err, ERR_STORE, "not yet");
}
