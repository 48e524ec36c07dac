/*
 * base64url (RFC 4648 section 5) without padding: what stands in links.
 */
#ifndef INLAY_MILTER_BASE64URL_H
#define INLAY_MILTER_BASE64URL_H

#include "store/base/buf.h"

/* Adds the bytes in letters. */
void base64url_write(struct span bytes, struct buf *out);

/* Adds the bytes that the letters stand for. 0, or -1 for what no encoder
 * writes: another length, letter or spelling; or where out is full. */
int base64url_read(struct span text, struct buf *out);

#endif
