/*
 * The two transfer encodings of RFC 2045 that change bytes. Decoding takes
 * what mailers really write and is linear; encoding gives CRLF lines of at
 * most 76 characters that survive any relay.
 */
#ifndef INLAY_MAIL_CODEC_H
#define INLAY_MAIL_CODEC_H

#include "store/base/buf.h"

/* Quoted-printable: a soft break may end in a bare LF or at the end of the
 * text; what is no escape stands for itself. */
void qp_decode(struct span text, struct buf *bytes);

/* Lines of text: CRLF stays a line end, any other control is escaped, and so
 * are blanks at line ends, a dot, "From " and "--" at line starts. */
void qp_encode(struct span bytes, struct buf *text);

/* Base64: what is not in the alphabet is skipped, missing padding is made up
 * for. 0, or -1 where decoders would not agree: data after the padding, or a
 * single character left over. (bytes then holds what was readable.) */
int base64_decode(struct span text, struct buf *bytes);

/* Lines of 76 characters, the last one with CRLF too. */
void base64_encode(struct span bytes, struct buf *text);

/* The length base64_encode gives. */
size_t base64_length(size_t bytes);

/* base64 without line ends, for encoded words. */
void base64_encode_word(struct span bytes, struct buf *text);

#endif
