/*
 * A report is a mail that tells what became of another one: a delivery status
 * notification (RFC 3464) or a complaint of a feedback loop (RFC 5965).
 */
#ifndef INLAY_TOOLS_REPORT_H
#define INLAY_TOOLS_REPORT_H

#include "tools/people/delivery_batch.h"

/* Reads one message (lines ended by CRLF) and notes in batch what it reports.
 * now stands in where it has no date. 1 a report, 0 something else, -1. */
int report_read(struct span message, int64_t now, struct delivery_batch *batch,
    struct arena *arena, struct err *err);

/* The next message of an mbox (RFC 4155), or the whole where it is none;
 * *rest moves past it. 1, or 0 at the end. */
int mbox_next(struct span *rest, struct span *message);

#endif
