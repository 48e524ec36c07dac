/*
 * A seal is the header field X-Inlay-Seal: an HMAC-SHA-256 over what makes a
 * template what it is (From, Subject, Message-ID, X-Inlay-Campaign, MIME
 *headers and body), for senders that have no DKIM key. Rules with require=seal
 * personalise nothing without it.
 *
 *	X-Inlay-Seal: v=1; k=KEY; t=UNIXTIME; b=BASE64
 */
#ifndef INLAY_MILTER_SEAL_H
#define INLAY_MILTER_SEAL_H

#include "milter/sign/secret.h"

/* The value of the header for the message (header fields, CRLF, body), whose
 * campaign header has that name.
 * 0, or -1: ERR_KEY when there is no secret, ERR_MEMORY. */
int seal_make(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, struct arena *arena, struct span *value,
    struct err *err);

/* 1 sealed; 0 with ERR_AUTH and the reason: none, two, malformed, unknown
 * key, forged, older than max_age seconds; -1 failed. */
int seal_check(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, int64_t max_age, struct arena *arena,
    struct err *err);

#endif
