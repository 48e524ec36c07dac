/*
 * The letters of base64 (RFC 4648) without line ends and padding, which are
 * rules of who writes and who reads.
 */
#ifndef INLAY_BASE_BASE64_H
#define INLAY_BASE_BASE64_H

#include "store/base/buf.h"

enum base64_alphabet {
	BASE64_PLAIN, /* + and / */
	BASE64_URL,   /* - and _ */
	BASE64_EITHER /* for readers: all four */
};

/* What each letter of BASE64_PLAIN stands for; -1 for any other byte. */
extern const signed char base64_values[256];

void base64_write(
    struct span bytes, enum base64_alphabet alphabet, struct buf *text);

/* 0, or -1 for a letter that is none and for a length or last bits that no
 * encoder writes: each text is the only one that gives its bytes; and where
 * bytes is full. */
int base64_read(
    struct span text, enum base64_alphabet alphabet, struct buf *bytes);

#endif
