/*
 * A key file holds the private key of a DKIM selector in PEM form, and nobody
 * but its owner may read it.
 */
#ifndef INLAY_MILTER_KEYFILE_H
#define INLAY_MILTER_KEYFILE_H

#include <openssl/types.h>

#include "store/base/err.h"

/* The key, RSA of 1024 bits or more or Ed25519, to be freed by the caller; or
 * NULL with ERR_KEY or ERR_MEMORY. Never asks for a passphrase. */
EVP_PKEY *keyfile_read(const char *path, struct err *err);

#endif
