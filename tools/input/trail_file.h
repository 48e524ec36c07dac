/*
 * The queue files of a trail, while it is read and when its copies are made of
 * them: for these two alone.
 */
#ifndef INLAY_TOOLS_TRAIL_FILE_H
#define INLAY_TOOLS_TRAIL_FILE_H

#include "tools/input/trail.h"

#define TRAIL_BUCKETS 65536

/* A queue file; steps in the order in which they were read. */
struct trail_file {
	struct trail_file *next; /* of the bucket */
	size_t order;
	struct trail_step *first, *last;
	size_t count;
	char *message_id; /* or NULL */
	bool about;	  /* the address asked for is among its recipients */
	bool whole;	  /* it has the Message-ID, where either is asked */
	bool told;	  /* inlayd's line is there */
	bool linked;	  /* another one was handed on as this one */
	char id[];
};

struct trail {
	struct trail_question question;
	struct trail_file *buckets[TRAIL_BUCKETS];
	struct trail_step *loose, **loose_end; /* of no queue file */
	struct buf scratch, value;
	struct arena *arena; /* of the copies */
	size_t order;
	bool again, second;
};

/* The queue file of that id, or NULL. */
struct trail_file *trail_file_find(struct trail *trail, struct span id);

/* Whether it tells, as far as was read, of what is asked for. */
bool trail_file_matters(
    const struct trail *trail, const struct trail_file *file);

#endif
