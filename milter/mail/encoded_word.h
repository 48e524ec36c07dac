/*
 * Encoded words (RFC 2047): header text that is not ASCII. Decoding takes
 * what mailers write (words without blanks around them, characters cut in
 * two); encoding never cuts a character and never exceeds 75 characters.
 */
#ifndef INLAY_MAIL_ENCODED_WORD_H
#define INLAY_MAIL_ENCODED_WORD_H

#include "store/base/buf.h"
#include "store/base/err.h"

/* Text on one line with its encoded words decoded to UTF-8. What is no
 * encoded word, or in no known charset, stays as it is.
 * 0, or -1: ERR_MEMORY, ERR_DECODE for raw 8-bit that is not UTF-8. */
int encoded_words_decode(
    struct span line, struct arena *arena, struct span *utf8, struct err *err);

/* Adds UTF-8 text, encoded where needed and folded (LF and a blank), to a
 * line that has *column characters already and keeps that up to date. */
void encoded_words_encode(struct span utf8, struct buf *line, size_t *column);

/* Adds the text as encoded words throughout: for a display name. */
void encoded_words_encode_phrase(
    struct span utf8, struct buf *line, size_t *column);

#endif
