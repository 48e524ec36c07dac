/*
 * A verifier checks the DKIM signature that a template came with. It is
 * immutable after opening and serves any number of threads.
 */
#ifndef INLAY_MILTER_VERIFY_H
#define INLAY_MILTER_VERIFY_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct verifier;

/* key_file: lines "selector._domainkey.domain v=DKIM1; p=...", or NULL to
 * ask DNS. 0, or -1 with ERR_KEY or ERR_CONFIG. */
int verifier_open(
    const char *key_file, struct verifier **verifier, struct err *err);
void verifier_close(struct verifier **verifier);

/* Whether the message carries a valid signature of the domain (SPAN_NONE:
 * of its From domain) over its whole body and the field `must`. At most
 * five signatures of the domain are looked at, the topmost ones; the DNS may
 * take ms milliseconds for all of them, and 4 seconds at most. 1 and *covered,
 * h= of that signature in the arena; or 0 with ERR_AUTH and the reason in err;
 * or -1 when that cannot be told now. */
int verifier_check(const struct verifier *verifier, struct span message,
    struct span domain, struct span must, int64_t ms, struct arena *arena,
    struct span *covered, struct err *err);

#endif
