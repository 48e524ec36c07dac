/*
 * The engine keeps recipient records and the catalog. The contract is small
 * so that a distributed engine can stand behind it: no cursor, transaction
 * or engine type leaks out, and no caller may tell one engine from another.
 *
 *  1. A write is durable, on stable storage, before it is reported WRITE_OK.
 *  2. A write happens only if the record still has the expected version; a
 *     version never comes back, not even after deletion and re-creation.
 *  3. Each write of a list completes alone; there is no transaction over two.
 *  4. WRITE_UNKNOWN may have happened or may yet happen; it is never a yes.
 *     WRITE_CONFLICT and WRITE_UNAVAILABLE did not and will not happen.
 *  5. engine_get shows both values of K in one snapshot, and all that was
 *     WRITE_OK before the call began.
 *  6. A value that fails its checksum over key, kind and bytes is reported
 *     and given as corrupt without bytes; other people's bytes never come.
 *
 * All functions are safe to call from several threads.
 */
#ifndef INLAY_STORE_ENGINE_H
#define INLAY_STORE_ENGINE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/record/record.h"

/* Longest value of a record or catalog entry, and longest catalog name. */
#define ENGINE_VALUE_MAX ((size_t)16 * 1024 * 1024)
#define ENGINE_NAME_MAX ((size_t)480)

enum write_result {
	WRITE_NONE,	   /* not tried yet */
	WRITE_OK,	   /* durable */
	WRITE_CONFLICT,	   /* another version is there: re-read, decide again */
	WRITE_UNKNOWN,	   /* may have happened: ask again with engine_get */
	WRITE_UNAVAILABLE, /* did not happen: nobody may act as if it had */
};

struct write {
	struct record_key key;
	enum record_kind kind;
	uint64_t version;  /* expected: value.version; 0: there is none */
	struct span bytes; /* new value; empty deletes the record */
	enum write_result result; /* out */
	uint64_t now;		  /* out: the version after WRITE_OK */
};

/* One named document of the catalog. */
struct entry {
	struct span name;
	struct span bytes; /* in a change: empty deletes */
};

/* Names that begin so belong to nobody's snapshot: they do not move the
 * generation. */
#define ENGINE_QUIET_ROW SPAN("row/")
#define ENGINE_QUIET_NOTE SPAN("note/")

/* What an operator can act on; see engine_options.report. */
enum engine_event {
	EVENT_CORRUPT,	/* a value failed its checksum */
	EVENT_REOPENED, /* the store was closed and opened again */
	EVENT_GROWN,	/* the map was made larger */
	EVENT_ALARM,	/* over 80 % of the space that can ever be used */
	EVENT_FAILED,	/* commits fail: mail is deferred */
	EVENT_RECOVERED /* they succeed again */
};

struct engine_options {
	const char *path;   /* directory, created where absent */
	unsigned mode;	    /* of files, 0640; the directory adds x bits */
	size_t map_bytes;   /* address space to begin with; 0: 1 GiB */
	size_t map_max;	    /* growth ends here; 0: 1 TiB */
	unsigned commit_ms; /* a commit waits no longer; 0: 30000 */
	unsigned queue_max; /* writes that may wait at once; 0: 4096 */
	unsigned load_ms;   /* a bulk load holds the lock no longer; 0: 30 */
	/* Told of events, from any thread; must not call the engine. text is
	 * one line without personal data. May be NULL. */
	void (*report)(
	    void *context, enum engine_event event, const char *text);
	void *context;
};

struct engine_stat {
	const char *name; /* of the engine: "lmdb", "memory" */
	unsigned schema;  /* version of the layout in the files */
	uint64_t records[RECORD_KINDS];
	uint64_t entries;     /* of the catalog */
	uint64_t generation;  /* of the catalog */
	uint64_t used_bytes;  /* of the file, free pages included */
	uint64_t live_bytes;  /* of these, holding data */
	uint64_t map_bytes;   /* address space now */
	uint64_t limit_bytes; /* what can ever be used: map_max or the disk */
	bool alarm;	      /* used_bytes is over 80 % of limit_bytes */
	bool failing;	      /* the last commit failed */
	/* Since opening, in this process: */
	uint64_t commits; /* group commits that reached the disk */
	uint64_t writes;  /* writes in them */
	uint64_t conflicts;
	uint64_t failures; /* group commits that did not */
	uint64_t corrupt;  /* values that failed their checksum */
	uint64_t reopened;
	uint64_t grown;
	uint64_t stale_readers; /* left by dead processes and cleared */
	uint64_t lock_wait_us; /* the longest that a commit waited for others */
	unsigned readers;      /* reader slots taken */
	unsigned readers_max;
	unsigned queued; /* writes waiting now */
	bool at_lock;	 /* for another process that writes */
	unsigned queued_most;
};

struct engine;

/* Ends the engine: waits for commits under way, frees, clears the pointer.
 * No other call may be under way. */
void engine_close(struct engine **engine);

/* Reads both values of K in one snapshot into the arena.
 * 1 there is at least one, 0 there is none, -1 failed (ERR_STORE,
 * ERR_MEMORY). Where one is corrupt this returns 1. */
int engine_get(struct engine *engine, const struct record_key *key,
    struct arena *arena, struct record *record, struct err *err);

/* The name of a person that says nothing to whoever lacks the store's secret:
 * for logs and other files beside it. 1; 0 where there is no secret yet; -1
 * ERR_STORE where it is lost. */
int engine_veil(struct engine *engine, const struct record_key *key,
    struct record_key *veiled, struct err *err);

/* Commits the writes and waits until their fate is known, at most
 * options.commit_ms; see engine_commit_within.
 * 1 all WRITE_OK; 0 at least one WRITE_CONFLICT, none worse; -1 with
 * ERR_STORE or ERR_DEADLINE: some are WRITE_UNKNOWN or WRITE_UNAVAILABLE. */
int engine_commit(
    struct engine *engine, struct write *writes, size_t count, struct err *err);

/* The same with a deadline of its own, in milliseconds from now. */
int engine_commit_within(struct engine *engine, unsigned ms,
    struct write *writes, size_t count, struct err *err);

/* Where a scan stands; zeroed, it begins. Bytes to keep and come back with:
 * records that were there all the while come exactly once. */
struct scan {
	struct record_key after;
	bool begun;
};

/* The next records in key order but for tombstones of their own, at most most,
 * fewer when the arena fills; each page is a snapshot of its own. The caller
 * resets the arena between. 1 and *count records; 0 at the end; -1 failed. */
int engine_scan(struct engine *engine, struct scan *scan, struct arena *arena,
    struct record *records, size_t most, size_t *count, struct err *err);

/* 1 and the entry's bytes in the arena, 0 no such name, -1 failed (a corrupt
 * entry fails: the catalog is not guessed at). */
int engine_catalog_get(struct engine *engine, struct span name,
    struct arena *arena, struct span *bytes, struct err *err);

/* Puts and deletes as one durable change: readers see all of it or nothing,
 * and the generation moves once unless every name is a quiet one.
 * 0, or -1: nothing happened (ERR_INPUT, ERR_STORE), or, with ERR_DEADLINE,
 * it may have. */
int engine_catalog_change(struct engine *engine, const struct entry *changes,
    size_t count, struct err *err);

/* A listing of the catalog and its page at hand. Whoever begins one gives
 * prefix and most; the rest is zero. */
struct catalog_page {
	struct span prefix;	    /* names begin so */
	size_t most;		    /* entries on a page, at least 1 */
	struct entry *entries;	    /* out: by name, in the arena */
	size_t count;		    /* out */
	uint64_t generation;	    /* out: they belong to */
	size_t last_len;	    /* where the listing stands: */
	char last[ENGINE_NAME_MAX]; /* the last name listed */
};

/* The next page, a snapshot of its own, also empty. The caller may reset the
 * arena between. 1 there are more, 0 this is the last one, -1 failed. */
int engine_catalog_list(struct engine *engine, struct arena *arena,
    struct catalog_page *page, struct err *err);

/* Moves whenever the catalog changes; cheap enough to ask each second. */
int engine_catalog_generation(
    struct engine *engine, uint64_t *generation, struct err *err);

/* One row of a bulk load, in key order. */
struct load_row {
	struct record_key key;
	struct span bytes; /* whatever merge understands */
	uint64_t number;   /* position in the source; breaks ties */
};

/* Where a bulk load gets its rows and how it turns them into records. */
struct load_source {
	/* 1 and the next row, valid until the next call; 0 at the end; -1.
	 * Keys never descend. */
	int (*next)(void *context, struct load_row *row, struct err *err);
	/* What the record becomes: fills changes[kind] for the kinds to
	 * write (bytes from the arena) and sets their bits in *kinds.
	 * 0, or -1 to end the load. Must be idempotent: rows around an
	 * interruption are merged again, and so are those of a step that
	 * had to be repeated. */
	int (*merge)(void *context, const struct load_row *row,
	    const struct record *now, struct arena *arena,
	    struct span changes[RECORD_KINDS], unsigned *kinds,
	    struct err *err);
	/* Called after each durable step with the rows done; may be NULL.
	 * Nonzero interrupts the load cleanly. */
	int (*step)(void *context, uint64_t rows);
	void *context;
};

/* Merges a sorted stream of rows into the store in durable steps, each short
 * enough that no commit waits long for it (options.load_ms), and fair to
 * commits of every process. *rows counts those that are durable.
 * 1 all, 0 interrupted by step, -1 failed. */
int engine_load(struct engine *engine, const struct load_source *source,
    uint64_t *rows, struct err *err);

/* The same without writing: what merge says is thrown away, and each row meets
 * the record as it is stored. */
int engine_rehearse(struct engine *engine, const struct load_source *source,
    uint64_t *rows, struct err *err);

/* 0 or -1. Counting the records of each kind may take a walk; the other
 * numbers come at once. */
int engine_stat(
    struct engine *engine, struct engine_stat *stat, struct err *err);
int engine_stat_quick(
    struct engine *engine, struct engine_stat *stat, struct err *err);

/* What a walk over everything found. */
struct engine_verdict {
	uint64_t records;
	uint64_t entries;
	uint64_t corrupt;
};

/* Reads every value and checks its checksum; found (may be NULL) is told of
 * each corrupt one, or of progress with key NULL, and stops the walk with
 * nonzero. 1 all sound, 0 some corrupt or stopped, -1 failed. */
int engine_verify(struct engine *engine,
    int (*found)(void *context, const struct record_key *key,
	const struct engine_verdict *so_far),
    void *context, struct engine_verdict *verdict, struct err *err);

/* Copies a consistent state into the new directory path while work goes on;
 * a store like any other, compact. 0 or -1. */
int engine_backup(struct engine *engine, const char *path, struct err *err);

/* Rewrites the store so that it holds nothing but live data: no byte of a
 * deleted record remains in its files. Commits wait meanwhile; every process
 * moves to the new files by itself. 0 or -1. */
int engine_compact(struct engine *engine, struct err *err);

/* What an engine implements; the functions above check their arguments and
 * call these. An engine embeds a struct engine as its first member. */
struct engine_class {
	const char *name;
	void (*close)(struct engine *engine);
	int (*get)(struct engine *engine, const struct record_key *key,
	    struct arena *arena, struct record *record, struct err *err);
	int (*veil)(struct engine *engine, const struct record_key *key,
	    struct record_key *veiled, struct err *err);
	int (*commit)(struct engine *engine, unsigned ms, struct write *writes,
	    size_t count, struct err *err);
	int (*scan)(struct engine *engine, struct scan *scan,
	    struct arena *arena, struct record *records, size_t most,
	    size_t *count, struct err *err);
	int (*catalog_get)(struct engine *engine, struct span name,
	    struct arena *arena, struct span *bytes, struct err *err);
	int (*catalog_change)(struct engine *engine,
	    const struct entry *changes, size_t count, struct err *err);
	int (*catalog_list)(struct engine *engine, struct arena *arena,
	    struct catalog_page *page, struct err *err);
	int (*catalog_generation)(
	    struct engine *engine, uint64_t *generation, struct err *err);
	int (*load)(struct engine *engine, const struct load_source *source,
	    uint64_t *rows, struct err *err);
	int (*stat)(struct engine *engine, bool count, struct engine_stat *stat,
	    struct err *err);
	int (*verify)(struct engine *engine,
	    int (*found)(void *context, const struct record_key *key,
		const struct engine_verdict *so_far),
	    void *context, struct engine_verdict *verdict, struct err *err);
	int (*backup)(struct engine *engine, const char *path, struct err *err);
	int (*compact)(struct engine *engine, struct err *err);
};

struct engine {
	const struct engine_class *class;
	unsigned commit_ms;
};

#endif
