/*
 * What the big mailbox providers ask of bulk senders (RFC 2369, 2919, 8058;
 * Gmail's and Yahoo's rules), looked up in the message as it would leave.
 */
#ifndef INLAY_TOOLS_BULK_H
#define INLAY_TOOLS_BULK_H

#include "milter/mail/message.h"
#include "tools/message/finding.h"

/* Adds the findings: no visible link to unsubscribe, no one-click headers,
 * malformed Feedback-ID or List-Id, no From, content hidden with CSS.
 * 0, or -1 when the arena is full. */
int bulk_look(struct findings *findings, const struct message *message,
    struct arena *arena, struct err *err);

#endif
