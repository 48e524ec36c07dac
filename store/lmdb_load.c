#include "store/lmdb_engine.h"
int
lmdb_load(struct engine *engine, const struct load_source *source,
    uint64_t *rows, struct err *err)
{
	(void)engine;
	(void)source;
	(void)rows;
	return err_set(err, ERR_STORE, "not yet");
}
