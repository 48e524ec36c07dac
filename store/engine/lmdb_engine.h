/*
 * What the files of the LMDB engine share: the engine itself, how a call
 * gets at the environment, and how it gets over what went wrong there.
 *
 * Keys in the environment: one byte for what it is, then the name. Records
 * come last so that a load in key order appends.
 */
#ifndef INLAY_STORE_LMDB_ENGINE_H
#define INLAY_STORE_LMDB_ENGINE_H

#include "store/engine/engine.h"
#include "store/engine/env.h"
#include "store/engine/store_dir.h"
#include "store/engine/writer.h"

#include <pthread.h>
#include <stdatomic.h>

/* Of this layout; a higher one is refused. 2 has keys of their own for
 * tombstones, which programs of layout 1 would not find. */
#define LMDB_SCHEMA 2

#define KEY_TOMBSTONE '\0'
#define KEY_META '\1'
#define KEY_CATALOG '\2'
#define KEY_RECORD '\3'

/* Meta entries have no bytes, only a version, which is their number. */
#define META_SCHEMA SPAN("\1schema")
#define META_SEQUENCE SPAN("\1sequence")
#define META_GENERATION SPAN("\1generation")
#define META_SECRET SPAN("\1tombstones") /* lmdb_fingerprint of the secret */

struct lmdb_engine;

/* A write transaction with the version that its writes get. */
struct change {
	struct lmdb_engine *engine;
	struct env_txn *txn;
	uint64_t version;
	unsigned epoch;
};

struct lmdb_engine {
	struct engine engine;
	struct engine_options options; /* path is ours */
	bool read_only;
	struct store_dir *dir;
	struct writer *writer; /* NULL where read_only */

	/* Held shared while env is used, alone while it is replaced or
	 * resized; guards the fields below. */
	pthread_rwlock_t gate;
	struct env *env; /* NULL: lost, to be opened again */
	char name[STORE_DIR_NAME];
	size_t map_bytes;
	unsigned epoch; /* counts replacements and resizings */
	unsigned char secret[STORE_DIR_SECRET];
	bool has_secret;
	bool veiled;	       /* tombstones cannot be read without it */
	uint64_t known_secret; /* what the data knew of it at the start */

	struct change batch;	      /* of the writer's thread */
	atomic_int_least64_t looked;  /* second in which `dir` was looked at */
	atomic_int_least64_t cleared; /* and stale readers */
	atomic_int_least64_t watched; /* and the numbers */
	atomic_uint_least64_t corrupt;
	atomic_uint_least64_t reopened;
	atomic_uint_least64_t grown;
	atomic_uint_least64_t stale;
	atomic_uint_least64_t waited; /* longest for the lock, in us */
	atomic_bool failing;
	atomic_bool alarm;
};

/* Opens the files as engine_options says, for readers and for changes one by
 * one; who wants engine_commit adds the class and a writer. 0 or -1. */
int lmdb_start(const struct engine_options *options, bool read_only,
    struct lmdb_engine **engine, struct err *err);
/* Ends the writer where there is one, closes, frees, clears the pointer. */
void lmdb_stop(struct lmdb_engine **engine);

/* A key of the environment, composed on the stack. */
struct lmdb_key {
	char bytes[1 + ENGINE_NAME_MAX];
	size_t len;
};

static inline struct lmdb_key
lmdb_record_key(const struct record_key *key, unsigned kind)
{
	struct lmdb_key out;

	out.bytes[0] = KEY_RECORD;
	memcpy(out.bytes + 1, key->bytes, KEY_SIZE);
	out.bytes[1 + KEY_SIZE] = (char)kind;
	out.len = KEY_SIZE + 2;
	return out;
}

struct lmdb_key lmdb_catalog_key(struct span name);

static inline struct span
lmdb_key_span(const struct lmdb_key *key)
{
	return span_of(key->bytes, key->len);
}

/* Takes an entry's key apart: 1, or 0 where it is no record. */
int lmdb_key_parse(
    struct span found, struct record_key *key, enum record_kind *kind);

/* The key of a tombstone, of an engine that has its secret. */
struct lmdb_key lmdb_tombstone_key(
    const struct lmdb_engine *engine, const struct record_key *key);

/* What the data remember of the secret. */
uint64_t lmdb_fingerprint(const unsigned char secret[STORE_DIR_SECRET]);

/* ERR_STORE: the secret is missing, or another. Returns -1. */
int lmdb_no_secret(const struct lmdb_engine *engine, struct err *err);

/* Once the files are open: that the secret is the one the data know, 0 for
 * none; then one is made, where the engine may write. 0 or -1. */
int lmdb_secret_settle(
    struct lmdb_engine *engine, uint64_t known, struct err *err);

/* The tombstone within a change, version 0 for none; its bytes stay in the
 * map. */
enum env_result lmdb_tombstone_now(struct change *change,
    const struct record_key *key, struct stored *value, struct err *err);

/* Writes it, or with no bytes takes it away; one from before goes, too. */
enum env_result lmdb_tombstone_put(struct change *change,
    const struct record_key *key, struct span bytes, struct err *err);

/* Whether there is any under a key of its own. */
enum env_result lmdb_tombstones_any(
    struct change *change, bool *any, struct err *err);

/* A snapshot, with the gate held shared until lmdb_read_end. Retries what
 * can be got over. 0 or -1. */
int lmdb_read_begin(
    struct lmdb_engine *engine, struct env_reader **reader, struct err *err);
void lmdb_read_end(struct lmdb_engine *engine, struct env_reader *reader);

/* Takes the write lock, fairly, holding the gate shared until the change
 * ends. DONE, AGAIN or FAILED. */
enum writer_step lmdb_change_begin(
    struct lmdb_engine *engine, struct change *change, struct err *err);
enum writer_step lmdb_change_commit(struct change *change, struct err *err);
void lmdb_change_abandon(struct change *change);

/* Ends a change in which result came; what to do about it. */
enum writer_step lmdb_change_failed(
    struct change *change, enum env_result result, struct err *err);

/* Seals the bytes as the value of key with the change's version. */
enum env_result lmdb_put(struct change *change, struct span key, unsigned kind,
    struct span bytes, struct err *err);

/* Reads a meta entry, in a write transaction or a snapshot; number 0 where
 * there is none. 0 or -1. */
int lmdb_meta(
    struct env_txn *txn, struct span key, uint64_t *number, struct err *err);
int lmdb_meta_read(struct env_reader *reader, struct span key, uint64_t *number,
    struct err *err);
enum env_result lmdb_meta_put(
    struct env_txn *txn, struct span key, uint64_t number, struct err *err);

/* Closes the environment and opens the one that is current. The gate is
 * held alone, or nobody else has the engine yet. 0 or -1. */
int lmdb_open_current(struct lmdb_engine *engine, struct err *err);

void lmdb_report(
    struct lmdb_engine *engine, enum engine_event event, const char *text);

/* 1 where it is time to look at the numbers again. */
int lmdb_watch_due(struct lmdb_engine *engine);

void lmdb_gate_init(struct lmdb_engine *engine);

/* Counts and reports a corrupt value. */
void lmdb_corrupt(struct lmdb_engine *engine, struct span key);

/* Copies one stored value out of the map. 1 sound, 0 corrupt, -1 memory. */
int lmdb_copy_out(struct span key, unsigned kind, struct span bytes,
    struct arena *arena, struct stored *value);

/* The functions of the class, in lmdb_read.c, lmdb_catalog.c, lmdb_load.c
 * and lmdb_copy.c; as engine.h says. */
int lmdb_get(struct engine *engine, const struct record_key *key,
    struct arena *arena, struct record *record, struct err *err);
int lmdb_veil(struct engine *engine, const struct record_key *key,
    struct record_key *veiled, struct err *err);
int lmdb_scan(struct engine *engine, struct scan *scan, struct arena *arena,
    struct record *records, size_t most, size_t *count, struct err *err);
int lmdb_catalog_get(struct engine *engine, struct span name,
    struct arena *arena, struct span *bytes, struct err *err);
int lmdb_catalog_change(struct engine *engine, const struct entry *changes,
    size_t count, struct err *err);
int lmdb_catalog_list(struct engine *engine, struct arena *arena,
    struct catalog_page *page, struct err *err);
int lmdb_catalog_generation(
    struct engine *engine, uint64_t *generation, struct err *err);
int lmdb_load(struct engine *engine, const struct load_source *source,
    uint64_t *rows, struct err *err);
int lmdb_verify(struct engine *engine,
    int (*found)(void *context, const struct record_key *key,
	const struct engine_verdict *so_far),
    void *context, struct engine_verdict *verdict, struct err *err);
int lmdb_backup(struct engine *engine, const char *path, struct err *err);
int lmdb_compact(struct engine *engine, struct err *err);

#endif
