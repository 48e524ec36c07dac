/*
 * The body hash of DKIM (RFC 6376 section 3.7): SHA-256 over the canonical
 * body, read in place and without copying what is canonical already.
 */
#ifndef INLAY_MILTER_BODYHASH_H
#define INLAY_MILTER_BODYHASH_H

#include "store/base/err.h"
#include "store/base/span.h"

enum sign_canon { SIGN_SIMPLE, SIGN_RELAXED };

/* The digest of the body. 1; 0 when it holds a CR or LF that is not part of
 * CRLF, on which verifiers differ; -1 failed. */
int body_hash(struct span body, enum sign_canon canon, unsigned char digest[32],
    struct err *err);

#endif
