/*
 * The snapshot is the catalog as of now: one immutable copy that messages
 * share, replaced when the engine's generation moves. A message keeps the
 * one it began with; the last one to let go frees it.
 */
#ifndef INLAY_MILTER_SNAPSHOT_H
#define INLAY_MILTER_SNAPSHOT_H

#include "store/base/err.h"
#include "store/catalog/catalog.h"

struct engine;
struct snapshot;

/* Loads the catalog. 0, or -1: ERR_MEMORY, ERR_STORE, or a document that
 * does not parse. The engine must outlive the snapshot. */
int snapshot_open(
    struct engine *engine, struct snapshot **snapshot, struct err *err);

/* Frees it and clears the pointer; nobody may hold a catalog of it. */
void snapshot_close(struct snapshot **snapshot);

/* The current catalog; asks the engine each time whether it has changed, so
 * that mail sent after a load sees what was loaded. A catalog that cannot be
 * loaded leaves the old one in force, for mail must not stop over a typing
 * error. Give it back with snapshot_release. Never NULL. */
const struct catalog *snapshot_acquire(struct snapshot *snapshot);

void snapshot_release(struct snapshot *snapshot, const struct catalog *catalog);

/* The newest failure to load, for the log: 1 and *err, then forgotten; 0. */
int snapshot_trouble(struct snapshot *snapshot, struct err *err);

/* The generation in force, and how often loading another one has failed. */
uint64_t snapshot_generation(struct snapshot *snapshot, uint64_t *failures);

#endif
