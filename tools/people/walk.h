/*
 * A walk over every record of the store, decoded one by one, with progress.
 */
#ifndef INLAY_TOOLS_WALK_H
#define INLAY_TOOLS_WALK_H

#include "tools/people/person_edit.h"

struct walk {
	const char *label; /* of the progress bar */
	/* Called for each record that can be read; the person and arena live
	 * until it returns. 0 go on, 1 stop, -1 fail. */
	int (*each)(void *context, struct person_edit *person,
	    struct arena *arena, struct err *err);
	void *context;
	struct span tenant; /* out: whose records, as the command says */
	uint64_t seen;	    /* out: records walked */
	uint64_t damaged;   /* out: records that could not be read */
};

/* 1 walked to the end, 0 stopped by each or by a signal, -1. */
int walk(struct cli *cli, struct walk *walk, struct err *err);

/* A line about the records that could not be read, where there were any. */
void walk_tell_damaged(const struct walk *walk, FILE *errors);

#endif
