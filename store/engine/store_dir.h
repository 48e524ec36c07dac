/*
 * A store_dir is the directory of a store. The environment lies in a directory
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
#ifndef INLAY_STORE_STORE_DIR_H
#define INLAY_STORE_STORE_DIR_H

#include "store/base/err.h"
#include "store/base/span.h"

#define STORE_DIR_NAME 32 /* bytes, for "data.N" and its NUL */
#define STORE_DIR_PATH 4096
#define STORE_DIR_SECRET 32 /* bytes of the secret */
#define STORE_DIR_SECRET_FILE "tombstone.key"

struct store_dir;

/* Opens the directory, creating it and its first data directory where they
 * are missing. What root creates belongs to the owner of the directory.
 * 0, or -1 with ERR_SYSTEM or ERR_MEMORY. */
int store_dir_open(
    const char *path, unsigned mode, struct store_dir **dir, struct err *err);

/* Makes the directory, which must not hold a store, without any data: the
 * store begins with the first store_dir_switch. 0 or -1. */
int store_dir_make(
    const char *path, unsigned mode, struct store_dir **dir, struct err *err);

/* The same as store_dir_open, creating nothing: -1 where there is no store. */
int store_dir_open_readonly(
    const char *path, struct store_dir **dir, struct err *err);

void store_dir_close(struct store_dir **dir);

/* The name of the data directory in use. 0 or -1. */
int store_dir_current(
    struct store_dir *dir, char name[STORE_DIR_NAME], struct err *err);

/* The path of a data directory into out of STORE_DIR_PATH bytes. */
void store_dir_path(struct store_dir *dir, const char *name, char *out);

/* Makes a new, empty data directory and names it. 0 or -1. */
int store_dir_new(
    struct store_dir *dir, char name[STORE_DIR_NAME], struct err *err);

/* Makes name the one in use, durably. 0 or -1 and nothing changed. */
int store_dir_switch(struct store_dir *dir, const char *name, struct err *err);

/* Removes a data directory that is not in use. */
void store_dir_drop(struct store_dir *dir, const char *name);

/* Removes all data directories but those two: what crashes left. */
void store_dir_tidy(struct store_dir *dir, const char *kept, const char *other);

/* Makes what a data directory holds durable. 0 or -1. */
int store_dir_sync(struct store_dir *dir, const char *name, struct err *err);

/* Gives what root created in a data directory to the store's owner. */
void store_dir_own(struct store_dir *dir, const char *name);

/* The secret of the store, a file beside the data that only its owner may
 * read. 1, 0 there is none, -1 ERR_SYSTEM. */
int store_dir_secret_read(struct store_dir *dir,
    unsigned char secret[STORE_DIR_SECRET], struct err *err);

/* The same, and where there is none a new one is made, durably. Whoever calls
 * has the write lock. 0 or -1. */
int store_dir_secret_make(struct store_dir *dir,
    unsigned char secret[STORE_DIR_SECRET], struct err *err);

/* Puts one in the place of what there is, durably. 0 or -1. */
int store_dir_secret_put(struct store_dir *dir,
    const unsigned char secret[STORE_DIR_SECRET], struct err *err);

/* The turn of invariant 3; waits for it. 0 or -1. */
int store_dir_turn_begin(struct store_dir *dir, struct err *err);
void store_dir_turn_end(struct store_dir *dir);

/* Bytes that the file system has left for us; UINT64_MAX where unknown. */
uint64_t store_dir_free(struct store_dir *dir);

#endif
