/*
 * An env is one open LMDB environment: ordered bytes to bytes, one writer at
 * a time over all processes, readers that see one snapshot. env.c is the
 * only file that includes lmdb.h; it knows nothing of records.
 *
 * Spans given out point into the map and die with their transaction.
 */
#ifndef INLAY_STORE_ENV_H
#define INLAY_STORE_ENV_H

#include "store/base/err.h"
#include "store/base/span.h"

struct env_options {
	const char *directory;
	unsigned mode;
	size_t map_bytes;
	bool read_only;
	bool scratch; /* nobody else sees it yet: synced once, at the end */
};

enum env_result {
	ENV_OK,
	ENV_NONE,    /* no such key, or past the last one */
	ENV_FULL,    /* the map is: env_grow */
	ENV_RESIZED, /* by another process: env_adopt */
	ENV_LOST,    /* unusable until closed and opened again */
	ENV_FAILED,  /* err says why */
};

struct env_info {
	uint64_t map_bytes;
	uint64_t used_bytes; /* that the file must have */
	uint64_t live_bytes; /* in pages of the tree */
	uint64_t entries;
	unsigned readers;
	unsigned readers_max;
};

struct env;
struct env_reader;
struct env_txn;

/* 0, or -1. A file that is shorter than its own pages is refused: reading
 * past its end would be a signal, not an error. */
int env_open(
    const struct env_options *options, struct env **env, struct err *err);

/* No transaction may be open. Clears the pointer. */
void env_close(struct env **env);

/* Need that no transaction is open in this process. */
enum env_result env_grow(struct env *env, size_t map_bytes, struct err *err);
enum env_result env_adopt(struct env *env, struct err *err);

/* Forgets readers whose process is dead. How many. */
unsigned env_clear_readers(struct env *env);

int env_info(struct env *env, struct env_info *info, struct err *err);

/* Makes a scratch env durable. */
int env_sync(struct env *env, struct err *err);

/* A snapshot to read. Begin: OK, RESIZED, LOST or FAILED. */
enum env_result env_read_begin(
    struct env *env, struct env_reader **reader, struct err *err);
void env_read_end(struct env_reader *reader);

/* The first entry whose key is not below key; the one after it. */
enum env_result env_read_seek(struct env_reader *reader, struct span key,
    struct span *found, struct span *value, struct err *err);
enum env_result env_read_next(struct env_reader *reader, struct span *found,
    struct span *value, struct err *err);

/* The byte that the first key of the snapshot begins with; 0 where there is
 * none or it cannot be told. It is looked for once for each snapshot. */
unsigned char env_read_lowest(struct env_reader *reader);

/* The write transaction; begin waits for its turn among all processes. */
enum env_result env_write_begin(
    struct env *env, struct env_txn **txn, struct err *err);
enum env_result env_write_get(
    struct env_txn *txn, struct span key, struct span *value, struct err *err);
enum env_result env_write_seek(struct env_txn *txn, struct span key,
    struct span *found, struct span *value, struct err *err);
enum env_result env_write_next(struct env_txn *txn, struct span *found,
    struct span *value, struct err *err);
enum env_result env_write_last(
    struct env_txn *txn, struct span *found, struct err *err);

/* Room for len bytes as the value of key, to be filled at once. */
enum env_result env_write_put(struct env_txn *txn, struct span key, size_t len,
    char **at, struct err *err);
/* The same for a key above all others. */
enum env_result env_write_append(struct env_txn *txn, struct span key,
    size_t len, char **at, struct err *err);
enum env_result env_write_delete(
    struct env_txn *txn, struct span key, struct err *err);

/* Ends the transaction. OK durable; FULL or FAILED nothing happened; LOST it
 * may have. */
enum env_result env_write_commit(struct env_txn *txn, struct err *err);
void env_write_abort(struct env_txn *txn);

#endif
