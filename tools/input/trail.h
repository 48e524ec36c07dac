/*
 * A trail is what logs tell of copies: each step of a copy through the queue
 * files of mail servers, and inlayd's line about it, found by the Message-ID
 * of the mailing, the address of the recipient, or both.
 *
 *  1. A log's lines come oldest first. A queue file that is gone and was of
 *     no interest is forgotten, so that memory is for what is open.
 *  2. inlayd's line may come before or after the mail server's of the same
 *     queue id, as may logs; trail_wants_again() tells when it was too early.
 */
#ifndef INLAY_TOOLS_TRAIL_H
#define INLAY_TOOLS_TRAIL_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "tools/input/maillog.h"

struct trail_question {
	struct span address;	/* "": any */
	struct span message_id; /* with its brackets; "": any */
	struct span hashed;	/* the same as inlayd's log may have it */
	bool either;		/* one of the two is enough */
	int64_t since;		/* no lines before, Unix seconds */
};

/* Something that happened to a copy. */
struct trail_step {
	struct trail_step *next;
	size_t order; /* twice the how manieth line it is */
	int64_t time; /* Unix seconds; 0 unknown */
	bool verdict; /* inlayd's line: said holds its pairs */
	enum maillog_kind kind;
	struct span queue, program, to, peer, said, queued_as;
};

struct trail_copy {
	struct span message_id;		 /* "" unknown */
	struct span to;			 /* "" unknown */
	const struct trail_step **steps; /* in the order of time */
	size_t count;
};

struct trail;

/* The question's texts must outlive the trail. NULL: memory. */
struct trail *trail_new(const struct trail_question *question);
void trail_free(struct trail **trail);

/* A line without its end. 0, or -1 ERR_MEMORY. */
int trail_line(
    struct trail *trail, struct span line, int64_t now, struct err *err);

/* Whether lines of inlayd were about queue files that no other line had told
 * of, and may have been later: read the same once more. Asked once. */
bool trail_wants_again(struct trail *trail);

/* The copies, in the order in which they were first heard of; at most so many,
 * *more tells that there are others. They live as long as the trail. 0, or -1
 * ERR_MEMORY. */
int trail_copies(struct trail *trail, size_t most, struct trail_copy **copies,
    size_t *count, bool *more, struct err *err);

#endif
