/*
 * A secret file holds a key that nobody but its owner may read. It is read
 * whole, after its owner and mode were checked on the open file.
 */
#ifndef INLAY_MILTER_SECRET_H
#define INLAY_MILTER_SECRET_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* Reads the file into the arena, which is to end with arena_free_secret; no
 * copy is left elsewhere. It must be a regular file of at most
 * 64 KiB, owned by root or by the effective user, with no permission at all
 * for others and no more than none for its group. 0, or -1 with ERR_KEY. */
int secret_read(
    const char *path, struct arena *arena, struct span *bytes, struct err *err);

/* A named secret: `NAME FILE` in the configuration. */
struct secret {
	struct span name;
	struct span bytes;
};

/* The secrets in the order of the configuration: the first one makes, all
 * of them verify, so that a key can be rotated. */
struct secrets {
	const struct secret *secrets;
	size_t count;
};

/* The secret of that name, or NULL. */
const struct secret *secrets_find(
    const struct secrets *secrets, struct span name);

/* HMAC-SHA-256 of the parts, each preceded by its length. 0 or -1. */
int secret_mac(const struct secret *secret, const struct span *parts,
    size_t count, unsigned char mac[32], struct err *err);

#endif
