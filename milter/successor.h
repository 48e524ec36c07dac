/*
 * A successor is the process that this one hands its work over to: the
 * program as it lies on the disk now, told to get ready beside us and to take
 * over only when it is. Until it says so, and if it never does, this process
 * goes on as before. It is no child of this process but of the first one, so
 * that a service manager which is that one learns when it ends.
 */
#ifndef INLAY_MILTER_SUCCESSOR_H
#define INLAY_MILTER_SUCCESSOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "store/base/err.h"

struct successor {
	pid_t started;	  /* our child, until there is the one that stays */
	pid_t pid;	  /* 0: it has not said so yet */
	int ready;	  /* what it says comes here; -1: it has taken over */
	int64_t patience; /* until then, as of monotonic_us; 0: there is none */
	size_t len;
	char said[700];
};

/* Whether there is one that has not taken over yet. */
bool successor_is_coming(const struct successor *successor);

/* Starts the program. The words are NULL-terminated, the first is its path.
 * 0, or -1 ERR_SYSTEM. */
int successor_start(
    struct successor *successor, char *const *words, struct err *err);

/* What has become of it, without waiting. 1 it has taken over, and its pid
 * stays; 0 it is on its way; -1 there is none any more, and err has what it
 * said. */
int successor_hear(struct successor *successor, struct err *err);

/* Ends one that has not taken over yet. */
void successor_give_up(struct successor *successor);

/* In the successor, before it has threads: leaves its parent and returns where
 * to tell that it has taken over. -1 in a process that succeeds nobody. It is
 * read from the environment once. */
int successor_ready(void);

#endif
