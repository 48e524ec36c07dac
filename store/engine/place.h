/*
 * A place is the directory of a store. The environment lies in a directory
 * of its own below it, data.N, and the link `current` names the one in use,
 * so that a rewritten store takes the place of the old one in one step.
 *
 * Invariants:
 *  1. `current` changes only while its changer holds the write lock of the
 *     environment it names; a writer that has that lock and still finds its
 *     own name there may commit.
 *  2. Numbers only rise: a name that was in use never comes back, so that
 *     nobody takes new data for the old that it has open.
 *  3. Whoever wants the write lock of the environment first takes the turn,
 *     and gives it up when it has the lock. So no process, however busy,
 *     gets the lock twice while another waits.
 */
#ifndef INLAY_STORE_PLACE_H
#define INLAY_STORE_PLACE_H

#include "store/base/err.h"
#include "store/base/span.h"

#define PLACE_NAME 32 /* bytes, for "data.N" and its NUL */
#define PLACE_PATH 4096

struct place;

/* Opens the directory, creating it and its first data directory where they
 * are missing. What root creates belongs to the owner of the directory.
 * 0, or -1 with ERR_SYSTEM or ERR_MEMORY. */
int place_open(
    const char *path, unsigned mode, struct place **place, struct err *err);

/* Makes the directory, which must not hold a store, without any data: the
 * store begins with the first place_switch. 0 or -1. */
int place_make(
    const char *path, unsigned mode, struct place **place, struct err *err);

/* The same as place_open, creating nothing: -1 where there is no store. */
int place_open_readonly(
    const char *path, struct place **place, struct err *err);

void place_close(struct place **place);

/* The name of the data directory in use. 0 or -1. */
int place_current(struct place *place, char name[PLACE_NAME], struct err *err);

/* The path of a data directory into out of PLACE_PATH bytes. */
void place_path(struct place *place, const char *name, char *out);

/* Makes a new, empty data directory and names it. 0 or -1. */
int place_new(struct place *place, char name[PLACE_NAME], struct err *err);

/* Makes name the one in use, durably. 0 or -1 and nothing changed. */
int place_switch(struct place *place, const char *name, struct err *err);

/* Removes a data directory that is not in use. */
void place_drop(struct place *place, const char *name);

/* Removes all data directories but those two: what crashes left. */
void place_tidy(struct place *place, const char *kept, const char *other);

/* Makes what a data directory holds durable. 0 or -1. */
int place_sync(struct place *place, const char *name, struct err *err);

/* Gives what root created in a data directory to the store's owner. */
void place_own(struct place *place, const char *name);

/* The turn of invariant 3; waits for it. 0 or -1. */
int place_turn_begin(struct place *place, struct err *err);
void place_turn_end(struct place *place);

/* Bytes that the file system has left for us; UINT64_MAX where unknown. */
uint64_t place_free(struct place *place);

#endif
