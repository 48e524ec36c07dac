/*
 * The engine in memory, for tests, dry runs and the simulation: the contract
 * and nothing else. What it holds is gone when it is closed.
 */
#ifndef INLAY_TESTS_MEMORY_H
#define INLAY_TESTS_MEMORY_H

#include "store/engine/engine.h"

/* 0, or -1 with ERR_MEMORY. */
int memory_open(struct engine **engine, struct err *err);

/* What the next step of a commit does; see memory_fate. */
enum memory_fate {
	FATE_COMMIT,	  /* as promised */
	FATE_UNAVAILABLE, /* nothing happens, and it says so */
	FATE_LOST,	  /* nothing happens, and nobody knows */
	FATE_HIDDEN	  /* it happens, and nobody knows */
};

/* Asks the function for the fate of every write from now on; NULL ends. */
void memory_fate(struct engine *engine,
    enum memory_fate (*fate)(void *context, const struct write *write),
    void *context);

/* Flips one bit in the stored value, so that its checksum fails.
 * 1, or 0 where there is no such value. */
int memory_damage(
    struct engine *engine, const struct record_key *key, enum record_kind kind);

#endif
