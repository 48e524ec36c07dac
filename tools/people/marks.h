/*
 * Marks bring what became of deliveries into the histories, many people in
 * one commit. Marking twice changes nothing, and whoever was shown nothing
 * by that message is left alone.
 */
#ifndef INLAY_TOOLS_MARKS_H
#define INLAY_TOOLS_MARKS_H

#include "store/record/history.h"
#include "tools/cli.h"

struct marks;

struct marks_count {
	uint64_t changed[EXPOSURE_STATES]; /* by the new state */
	uint64_t known;			   /* said before */
	uint64_t foreign;		   /* of mail that was no campaign's */
	uint64_t damaged; /* records that cannot be read: left alone */
	uint64_t complaints;
};

/* NULL when memory is out. */
struct marks *marks_new(struct cli *cli);
void marks_free(struct marks **marks);

/* Notes that the message to that recipient came to the state then; a state
 * of EXPOSURE_STATES is a complaint. The texts are copied.
 * 0, or -1 when a commit on the way failed. */
int marks_add(struct marks *marks, struct span message_id,
    struct span recipient, enum exposure_state state, int64_t at,
    struct err *err);

/* Commits what has been noted. 0 or -1. */
int marks_flush(struct marks *marks, struct err *err);

const struct marks_count *marks_counted(const struct marks *marks);

#endif
