/*
 * A seal is the header field X-Inlay-Seal: an HMAC-SHA-256 over header fields
 * and body, for senders that have no DKIM key. Rules with require=seal
 * personalise nothing without it.
 *
 *	X-Inlay-Seal: v=2; k=KEY; t=UNIXTIME; h=NAME:NAME...; b=BASE64
 *
 * h= lists the covered fields as DKIM's does (milter/sign/covered.h): what
 * else stands in the header is nobody's word.
 */
#ifndef INLAY_MILTER_SEAL_H
#define INLAY_MILTER_SEAL_H

#include "milter/sign/secret.h"

/* The value of the header for the message (header fields, CRLF, body), whose
 * campaign header has that name: over all fields but those that mail servers
 * add, change or drop on the way. Its folds are CRLF and a tab.
 * 0, or -1: ERR_KEY when there is no secret, ERR_AUTH when a field stands
 * twice that may not, ERR_LIMIT for too many fields, ERR_MEMORY. */
int seal_make(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, struct arena *arena, struct span *value,
    struct err *err);

/* 1 sealed, and *covered is its h= in the arena; 0 with ERR_AUTH and the
 * reason: none, two, malformed, unknown key, forged, older than max_age
 * seconds; -1 failed. */
int seal_check(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, int64_t max_age, struct arena *arena,
    struct span *covered, struct err *err);

#endif
