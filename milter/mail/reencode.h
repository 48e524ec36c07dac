/*
 * Re-encoding turns rendered text back into the bytes of a part: the charset
 * it had if the text fits, format=flowed, and the shorter of the two safe
 * transfer encodings; base64 stays where QP could not be read anyway.
 */
#ifndef INLAY_MAIL_REENCODE_H
#define INLAY_MAIL_REENCODE_H

#include "milter/mail/part.h"

struct reencoded {
	struct span bytes;	     /* the new body */
	enum part_encoding encoding; /* PART_QUOTED or PART_BASE64 */
	struct span charset; /* new value of the parameter; empty: as before */
};

/* part_text has been called. 0, or -1: ERR_INPUT (not UTF-8), ERR_MEMORY. */
int part_reencode(const struct part *part, struct span utf8,
    struct arena *arena, struct reencoded *result, struct err *err);

/* Whether a mail server may change the part's bytes on the way, and break what
 * was signed: it is or claims to be 8-bit, or has a line over 998 bytes
 * (RFC 5321 section 4.5.3.1.6). */
bool part_is_fragile(const struct part *part);

/* The same bytes in a transfer encoding that no mail server changes: QP for
 * text, base64 for all else. 1; 0 where it cannot be decoded; -1 ERR_MEMORY. */
int part_harden(const struct part *part, struct arena *arena,
    struct reencoded *result, struct err *err);

#endif
