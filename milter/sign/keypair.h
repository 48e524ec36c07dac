/*
 * A keypair is what a DKIM selector is made of: the private half in a file
 * that keyfile_read() takes, the public half as a record of the DNS (RFC 6376
 * section 3.6.1, RFC 8463 section 4).
 */
#ifndef INLAY_MILTER_KEYPAIR_H
#define INLAY_MILTER_KEYPAIR_H

#include <openssl/types.h>
#include <sys/types.h>

#include "store/base/buf.h"
#include "store/base/err.h"

enum keypair_kind { KEYPAIR_RSA, KEYPAIR_ED25519, KEYPAIR_KINDS };

/* A new one, RSA of 2048 bits or Ed25519, to be freed by the caller; or NULL
 * with ERR_KEY. */
EVP_PKEY *keypair_make(enum keypair_kind kind, struct err *err);

/* Writes the private half in PEM, durably, for that owner and nobody else. A
 * file that is there already stays. 0, or -1 with ERR_KEY. */
int keypair_write(const EVP_PKEY *key, const char *path, uid_t owner,
    gid_t group, struct err *err);

/* Appends the record's text, "v=DKIM1; k=rsa; p=...". 0, or -1 with ERR_KEY
 * where the key is of neither kind. */
int keypair_record(const EVP_PKEY *key, struct buf *record, struct err *err);

/* Appends the same as lines of a zone file: the name, and the text in strings
 * of at most 255 bytes (RFC 1035 section 3.3). 0 or -1. */
int keypair_zone(const EVP_PKEY *key, const char *selector, const char *domain,
    struct buf *zone, struct err *err);

#endif
