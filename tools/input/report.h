/*
 * A report is a mail that tells what became of another one: a delivery status
 * notification (RFC 3464, RFC 6533) or a complaint of a feedback loop (RFC
 * 5965, and Outlook's form of it). Its parts may have a transfer encoding.
 */
#ifndef INLAY_TOOLS_REPORT_H
#define INLAY_TOOLS_REPORT_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/record/history.h"

/* What became of the copy of one message to one recipient. */
struct report_news {
	struct report_news *next; /* in the order of the report, or NULL */
	struct span message_id;	  /* with its angle brackets */
	struct span recipient;
	struct span or_else;	   /* whom the returned copy names, or "" */
	enum exposure_state state; /* EXPOSURE_STATES: a complaint */
	uint32_t status;	   /* as bounce_status(), of a failure; or 0 */
};

/* Reads one message (lines ended by CRLF) into the arena. 1 a report, and
 * *news is what it tells, NULL where that is nothing; 0 something else; -1. */
int report_read(struct span message, struct arena *arena,
    struct report_news **news, struct err *err);

/* The next message of an mbox (RFC 4155), or the whole where it is none;
 * *rest moves past it. 1, or 0 at the end. */
int mbox_next(struct span *rest, struct span *message);

#endif
