/*
 * Keys name people and messages without holding them: K is a hash of tenant
 * and normalised address, k of everything that makes one copy of a mailing.
 * The same input gives the same key on every machine, for ever.
 */
#ifndef INLAY_STORE_KEY_H
#define INLAY_STORE_KEY_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

#define KEY_SIZE 16

/* K: whom a record is about. */
struct record_key {
	unsigned char bytes[KEY_SIZE];
};

/* k: which copy of which mailing; the first KEY_TAG bytes tell the entries
 * of one person's history apart. */
struct message_key {
	unsigned char bytes[KEY_SIZE];
};

#define KEY_TAG 8

/* The address as every spelling of it that reaches the same mailbox is
 * written here: no angle brackets, no source route, no blanks around it; the
 * domain lower-case and as A-labels (IDNA2008, UTS 46 non-transitional); the
 * local part lower-case in ASCII, without quotes that it does not need. RFC
 * 5321 2.4 lets a host tell Smith from smith; none that gets marketing mail
 * does, and lists hold both. Subaddresses and dots stay: they differ between
 * hosts. *normal lives in the arena and is NUL-terminated.
 * 1; 0 where the text is no address (err unchanged); -1 when memory is out. */
int address_normalise(struct span address, struct arena *arena,
    struct span *normal, struct err *err);

/* The domain of an address or a link as it would stand in a normalised one, in
 * the arena. 1; 0 where the text is none; -1 ERR_MEMORY. */
int domain_normalise(struct span domain, struct arena *arena,
    struct span *normal, struct err *err);

/* The parts of a normalised address around its last "@". */
struct span address_local(struct span normal);
struct span address_domain(struct span normal);

/* K of a normalised address. */
struct record_key record_key(struct span tenant, struct span normal);

/* k; message_id with its angle brackets and without blanks around it, the
 * recipient normalised. */
struct message_key message_key(struct span tenant, struct span campaign,
    struct span message_id, struct span recipient);

static inline int
record_key_cmp(const struct record_key *a, const struct record_key *b)
{
	return memcmp(a->bytes, b->bytes, KEY_SIZE);
}

/* The key as 32 hex digits and a NUL into out[33]. Returns out. */
char *record_key_hex(const struct record_key *key, char *out);

#endif
