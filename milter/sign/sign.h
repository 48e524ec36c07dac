/*
 * A signer holds the parsed private keys of all signing domains and makes one
 * DKIM-Signature per key of a domain (RFC 6376, RFC 8463). It is immutable
 * after opening and serves any number of threads.
 */
#ifndef INLAY_MILTER_SIGN_H
#define INLAY_MILTER_SIGN_H

#include "milter/sign/bodyhash.h"
#include "store/base/arena.h"
#include "store/base/conf.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct sign_key {
	const char *domain;
	const char *selector;
	const char *file; /* PEM; RSA of 1024 bits or more, or Ed25519 */
};

struct sign_options {
	const struct sign_key *keys;
	size_t key_count;
	/* Where the keys are named, for errors; NULL: nowhere. */
	const char *where;
	const struct conf_entry *entries;
	enum sign_canon header_canon, body_canon;
	/* NULL-terminated; NULL takes sign_headers and sign_oversigned. */
	const char *const *headers;
	const char *const *oversigned;
	uint64_t ttl; /* seconds until x=; 0 leaves x= out */
};

/* The header fields signed when they are there, and those signed once more
 * than they are there, so that nobody can add another. NULL-terminated. */
extern const char *const sign_headers[];
extern const char *const sign_oversigned[];

struct signer;

/* Reads and parses every key. A key file must be a regular file owned by
 * root or by the caller that no group and nobody else may read or write.
 * 0, or -1 with ERR_KEY. */
int signer_open(const struct sign_options *options, struct signer **signer,
    struct err *err);
void signer_close(struct signer **signer);

/* One line for the log when libopendkim takes neither parsed keys nor hashed
 * bodies from this program, and signatures cost more for it; or NULL. */
const char *signer_hint(const struct signer *signer);

/* Values of DKIM-Signature headers, folded with CRLF and a blank, without
 * the name, the colon or a line end at the end; they begin with a blank. */
struct signatures {
	struct span *values;
	size_t count;
};

/* Signs the final message (header fields, CRLF, body, all lines ended by
 * CRLF) for the domain; a domain of SPAN_NONE takes that of the From field.
 * The first value is to stand topmost. 0, or -1: ERR_KEY when the
 * domain has no key, ERR_MEMORY when the arena is full. */
int signer_sign(const struct signer *signer, struct span message,
    struct span domain, struct arena *arena, struct signatures *signatures,
    struct err *err);

#endif
