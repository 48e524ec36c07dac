/*
 * A loader takes rows in any order and merges them into the store in key
 * order, which is many times faster than as they come. It keeps a bounded
 * part in memory and spools the rest, sorted, in a file without a name.
 *
 * Nothing is in the store before loader_finish. A load that was interrupted
 * is done again from the start of its source: rows that are in already cost
 * a lookup each and change nothing, if merge sees that they would not.
 */
#ifndef INLAY_STORE_LOAD_H
#define INLAY_STORE_LOAD_H

#include "store/engine.h"

struct loader_options {
	struct engine *engine;
	const char *directory; /* for the spool, with room for all rows */
	size_t memory;	       /* bytes of rows kept in memory; 0: 64 MiB */
	/* As in struct load_source; rows of one key come in the order in
	 * which they were added. Called again for the rows of a step that
	 * had to be repeated. */
	int (*merge)(void *context, const struct load_row *row,
	    const struct record *now, struct arena *arena,
	    struct span changes[RECORD_KINDS], unsigned *kinds,
	    struct err *err);
	int (*step)(void *context, uint64_t rows);
	void *context;
};

struct loader;

/* 0, or -1 with ERR_MEMORY. */
int loader_open(const struct loader_options *options, struct loader **loader,
    struct err *err);

/* Copies the row. 0, or -1 with ERR_MEMORY or ERR_SYSTEM. */
int loader_add(struct loader *loader, const struct record_key *key,
    struct span bytes, struct err *err);

/* Merges all rows. Returns and *rows as engine_load. */
int loader_finish(struct loader *loader, uint64_t *rows, struct err *err);

/* Frees the loader and its spool and clears the pointer. */
void loader_close(struct loader **loader);

#endif
