/*
 * put-entry STORE NAME TEXT: puts a document into a store's catalog as it is,
 * which no command would do.
 */
#include <stdio.h>

#include "store/engine/engine.h"
#include "store/engine/lmdb.h"

int
main(int argc, char **argv)
{
	struct engine_options options = { .mode = 0640 };
	struct engine *engine;
	struct entry entry;
	struct err err = ERR_INIT;
	int put;

	if (argc != 4)
		return 2;
	options.path = argv[1];
	entry = (struct entry){ span_str(argv[2]), span_str(argv[3]) };
	if (lmdb_open(&options, &engine, &err) < 0) {
		fprintf(stderr, "put-entry: %s\n", err.text);
		return 1;
	}
	put = engine_catalog_change(engine, &entry, 1, &err);
	engine_close(&engine);
	if (put < 0)
		fprintf(stderr, "put-entry: %s\n", err.text);
	return put < 0;
}
