/*
 * To peek is to find something in a message's bytes without parsing them into
 * anything: no memory, one pass, whatever the bytes.
 */
#ifndef INLAY_MILTER_RAW_MESSAGE_H
#define INLAY_MILTER_RAW_MESSAGE_H

#include "store/base/span.h"

/* Cuts the next header field off the rest, its continuation lines included
 * and its line end left out. 1; 0 at the blank line or the end, and *rest is
 * then the body. */
int raw_message_field(struct span *rest, struct span *field);

/* What follows the first blank line. */
struct span raw_message_body(struct span message);

/* The domain of the first address of the first From field (RFC 5322 section
 * 3.4): 1 found, 0 not. */
int raw_message_author_domain(struct span message, struct span *domain);

#endif
