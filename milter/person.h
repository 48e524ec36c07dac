/*
 * A person is what the store holds about the recipient of a copy: profile
 * and history of one snapshot, with the versions a commit must still find.
 */
#ifndef INLAY_MILTER_PERSON_H
#define INLAY_MILTER_PERSON_H

#include "store/engine/engine.h"
#include "store/record/history.h"
#include "store/record/profile.h"

struct catalog;

struct person {
	struct record_key key;
	struct span address;	  /* normalised */
	struct profile *profile;  /* NULL: unknown, or its record is damaged */
	struct history history;	  /* empty where there is none */
	uint64_t history_version; /* what a commit expects */
	bool erased;		  /* a tombstone: nothing may be recorded */
};

/* Only address and key of the person. 0, or -1 ERR_MEMORY. */
int person_name(struct span tenant, struct span address, struct arena *arena,
    struct person *person, struct err *err);

/* Reads the person into the arena. An address that is none is nobody's.
 * 0, or -1: ERR_STORE (also for a record of a newer version), ERR_MEMORY. */
int person_read(struct engine *engine, struct span tenant, struct span address,
    struct arena *arena, struct person *person, struct err *err);

/* Adds the exposure to the history, folds what is older than its campaign's
 * ledger_days (and than HISTORY_RETRY), and waits at most ms for the commit. 1
 * durable; 0 somebody else wrote first: read again, decide again; -1:
 * ERR_STORE, ERR_DEADLINE, ERR_MEMORY. */
int person_expose(struct engine *engine, struct person *person,
    const struct exposure *exposure, const struct catalog *catalog, unsigned ms,
    struct arena *arena, struct err *err);

#endif
