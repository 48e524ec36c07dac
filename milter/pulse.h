/*
 * The pulse tells whether mail could be served now: the milter's socket answers
 * and the store's writer moves on.
 */
#ifndef INLAY_MILTER_PULSE_H
#define INLAY_MILTER_PULSE_H

#include <stdint.h>

#include "store/base/err.h"
#include "store/engine/engine.h"

struct pulse {
	uint64_t progress; /* of the writer, when last looked at */
	int64_t moved_us;  /* when it moved or had nothing to do */
};

/* Looks at the writer. 0, or -1 where it has had something to do for half a
 * minute and did nothing. Waiting for another process is no stopping. */
int pulse_writer(
    struct pulse *pulse, const struct engine_stat *stat, struct err *err);

/* Offers options on a connection as a mail server does, and reads how the
 * answer begins. 1 a milter answers, 0 something else does, -1 nobody does and
 * errno says why (0: the connection ended). */
int pulse_greet(int fd);

/* Opens a connection as a mail server does. 0, or -1 where nobody answers
 * within five seconds. */
int pulse_milter(const char *path, struct err *err);

#endif
