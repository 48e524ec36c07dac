/*
 * One person's records for a command: read, shown to a function that may
 * change them, written back; asked again where somebody else was faster.
 */
#ifndef INLAY_TOOLS_PERSON_EDIT_H
#define INLAY_TOOLS_PERSON_EDIT_H

#include "store/engine/engine.h"
#include "store/record/history.h"
#include "store/record/profile.h"
#include "tools/cli.h"

struct person_edit {
	struct span address; /* normalised */
	struct record_key key;
	struct record record;
	bool known; /* has a profile that can be read */
	struct profile profile;
	struct history history;
	bool erased; /* a tombstone stands here */
};

/* What an edit wants written. */
enum {
	EDIT_PROFILE = 1,
	EDIT_HISTORY = 2,
	EDIT_FORGET_PROFILE = 4,
	EDIT_FORGET_HISTORY = 8
};

/* Reads the person at that address into the command's arena. 1 there is a
 * record, 0 there is none, -1. */
int person_edit_read(struct cli *cli, const char *address,
    struct person_edit *person, struct err *err);

/* Decodes a record that was read. 0, or -1 where its bytes cannot be read. */
int person_edit_decode(
    struct person_edit *person, struct arena *arena, struct err *err);

/* Reads, calls edit (which returns bits of what to write, 0 for nothing, -1
 * to fail), writes, and begins again on a conflict. Returns edit's bits, or
 * -1. */
int person_edit_run(struct cli *cli, const char *address,
    int (*edit)(void *context, struct person_edit *person, struct arena *arena,
	struct err *err),
    void *context, struct err *err);

#endif
