/*
 * Which messages met their deadline while their templates were rendered, so
 * that a retry that would burn the same time again is told so for good: once
 * is bad luck, twice is the template. It remembers the newest few thousand in
 * memory and forgets them with the process. Thread-safe.
 */
#ifndef INLAY_MILTER_LATE_H
#define INLAY_MILTER_LATE_H

#include <stddef.h>

#include "store/base/err.h"
#include "store/base/span.h"

struct late;

/* NULL when memory is out. */
struct late *late_new(void);
void late_free(struct late **late);

/* What to say of the message of these parts (campaign, Message-ID, recipient)
 * whose templates did not end in time: the first time err stays, from the
 * second on it becomes ERR_LIMIT, for good. Always -1. */
int late_judge(
    struct late *late, const struct span *parts, size_t count, struct err *err);

#endif
