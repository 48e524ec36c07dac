/*
 * A mark stands for one copy of one mailing in the links of that copy: the
 * tag of its entry in the ledger and 64 bits of HMAC-SHA-256 over tenant and
 * tag, 22 letters of base64url. It holds no address and leads to nobody who
 * lacks the store; nobody who lacks the key can make another.
 */
#ifndef INLAY_MILTER_MARK_H
#define INLAY_MILTER_MARK_H

#include "milter/sign/secret.h"

#define MARK_TAG 8
#define MARK_LENGTH 22

/* The mark of that tag by the first secret, in the arena; the same whenever
 * it is made. 0, or -1: ERR_KEY without a secret, ERR_MEMORY. */
int mark_make(const struct secrets *secrets, struct span tenant,
    const unsigned char tag[MARK_TAG], struct arena *arena, struct span *mark,
    struct err *err);

/* Whether the text has the form of a mark. */
bool mark_is_formed(struct span text);

/* The tag of a mark; any of the secrets will do. 1; 0 it is none that was
 * made with these secrets for this tenant; -1. */
int mark_check(const struct secrets *secrets, struct span tenant,
    struct span text, unsigned char tag[MARK_TAG], struct err *err);

#endif
