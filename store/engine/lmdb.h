/*
 * The engine on LMDB: one directory, one machine, any number of processes.
 * env.c is the only file that includes the library's header.
 */
#ifndef INLAY_STORE_LMDB_H
#define INLAY_STORE_LMDB_H

#include "store/engine/engine.h"

/* Opens or creates the store. Several processes may have it open, daemons
 * and commands alike: writers take turns, versions settle who was first.
 * 0, or -1: ERR_STORE (a newer layout than this program's; truncated; in
 * use by another account), ERR_SYSTEM, ERR_MEMORY. */
int lmdb_open(const struct engine_options *options, struct engine **engine,
    struct err *err);

/* The same for readers only: every change fails. A store that does not exist
 * is an error. */
int lmdb_open_readonly(const struct engine_options *options,
    struct engine **engine, struct err *err);

/* Replaces everything by the store in the directory path (a backup), which
 * is verified first; processes that have the store open move to it. The store
 * may be too damaged to be opened: what is left of it stays beside the new
 * data until the next compaction. The backup's secret comes along; where it
 * has none, and the store's own does not fit, its tombstones guard nobody any
 * more: 1. Else 0, or -1 and nothing changed. */
int lmdb_restore(
    const struct engine_options *options, const char *path, struct err *err);

#endif
