/*
 * The one door to libopendkim: what a signer and a verifier both do with its
 * handles. Who includes this defines _DEFAULT_SOURCE first, because
 * libopendkim's header uses u_char without asking for it.
 */
#ifndef INLAY_MILTER_OPENDKIM_H
#define INLAY_MILTER_OPENDKIM_H

#include <stdbool.h>
#include <sys/types.h>
#include <opendkim/dkim.h>

#include "store/base/span.h"

/* libopendkim takes unsigned bytes that it does not write to. */
unsigned char *opendkim_bytes(struct span bytes);

/* Sets one DKIM_OPTS_ option of size bytes, which are copied. 0, or -1. */
int opendkim_option(DKIM_LIB *lib, int option, const void *value, size_t size);

/* Header fields into the handle; *rest becomes the body. */
DKIM_STAT opendkim_headers(DKIM *dkim, struct span *rest);

/* The body into the handle, its last line ended. */
DKIM_STAT opendkim_body(DKIM *dkim, struct span body);

#endif
