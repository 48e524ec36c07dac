/*
 * The writer is the one thread that owns every write: callers queue theirs
 * and wait; it turns all that waits into one batch, makes it durable and
 * wakes them. It knows nothing of the engine below, which it calls through
 * struct writer_store.
 *
 * Invariants:
 *  1. Nobody is told WRITE_OK before the batch is durable.
 *  2. A batch is what had queued up when the store's lock came: no timer.
 *  3. A caller whose time is up leaves with the truth: still queued, nothing
 *     happened; in a batch being made durable, WRITE_UNKNOWN.
 *  4. The caller's bytes are not looked at after it has left.
 */
#ifndef INLAY_STORE_WRITER_H
#define INLAY_STORE_WRITER_H

#include "store/engine/engine.h"

enum writer_step {
	STEP_DONE,
	STEP_AGAIN,   /* nothing happened; room was made: do it all again */
	STEP_FAILED,  /* nothing of the batch happened, nor will it */
	STEP_UNKNOWN, /* it may have happened */
};

/* All called by the writer's thread alone. After AGAIN, FAILED or UNKNOWN
 * the batch is over and `begin` comes next. */
struct writer_store {
	/* Waits for the right to write: DONE, AGAIN or FAILED. */
	enum writer_step (*begin)(void *context, struct err *err);
	/* Does one write in the batch, or refuses it: result becomes WRITE_OK
	 * (and now the version) or WRITE_CONFLICT. DONE, AGAIN or FAILED. */
	enum writer_step (*put)(
	    void *context, struct write *write, struct err *err);
	/* Makes the batch durable. */
	enum writer_step (*commit)(void *context, struct err *err);
	/* Ends a batch without doing anything. */
	void (*abandon)(void *context);
	void *context;
};

struct writer_stat {
	uint64_t commits;
	uint64_t writes;
	uint64_t conflicts;
	uint64_t failures;
	unsigned queued;
	unsigned queued_most;
	bool failing; /* the last batch failed */
	bool at_lock; /* others have the right to write now */
};

struct writer;

/* Starts the thread. queue_max bounds the writes that wait at once.
 * 0, or -1 with ERR_MEMORY or ERR_SYSTEM. */
int writer_open(const struct writer_store *store, unsigned queue_max,
    struct writer **writer, struct err *err);

/* Finishes what is queued, ends the thread and clears the pointer. */
void writer_close(struct writer **writer);

/* Queues the writes and waits for their fate. Returns as engine_commit. */
int writer_commit(struct writer *writer, unsigned ms, struct write *writes,
    size_t count, struct err *err);

void writer_stat(struct writer *writer, struct writer_stat *stat);

#endif
