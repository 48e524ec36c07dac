/*
 * Chores are what somebody runs beside the daemon again and again: reading the
 * delivery log, tidying. Notes in the store say when each was last done.
 */
#ifndef INLAY_STORE_CHORE_H
#define INLAY_STORE_CHORE_H

#include "store/engine/engine.h"

/* Names of the notes of readings begin so. The third word of one is the
 * moment; its second line says which log. */
#define CHORE_READING "note/delivery/"

/* The same of the readings of web servers' logs. */
#define CHORE_EVENTS "note/event/"

/* Of one log; in the arena. */
struct chore_reading {
	struct span id;	 /* the rest of its note's name */
	struct span log; /* "" where an older version wrote the note */
	int64_t at;	 /* the last */
};

struct chore_readings {
	struct chore_reading *list;
	size_t count;
};

/* All whose notes begin so. 0 or -1. */
int chore_readings(struct engine *engine, const char *notes,
    struct arena *arena, struct chore_readings *readings, struct err *err);

/* When the delivery logs were read: of several, the one that was not for
 * longest. 1, 0 none was ever read, -1. */
int chore_last_reading(
    struct engine *engine, struct arena *arena, int64_t *at, struct err *err);

/* The same of web servers' logs. */
int chore_last_events(
    struct engine *engine, struct arena *arena, int64_t *at, struct err *err);

/* Forgets the readings of a log that is gone, by its name or an id: they hold
 * nothing up any more. How many there were, or -1. */
int chore_forget(struct engine *engine, const char *notes, struct span log,
    struct arena *arena, struct err *err);

/* Notes a tidying and how many exposures it left reserved that were older
 * than a day. 0 or -1. */
int chore_tidied(
    struct engine *engine, int64_t at, uint64_t reserved, struct err *err);

/* The last one. 1, 0 there was none, -1. */
int chore_last_tidying(struct engine *engine, struct arena *arena, int64_t *at,
    uint64_t *reserved, struct err *err);

#endif
