/*
 * The little of Unicode that comparing and validating values needs: reading
 * UTF-8, telling letters from the rest, and lower case. It promises to be
 * right for the scripts of Europe and never to read past a span.
 */
#ifndef INLAY_BASE_UNICODE_H
#define INLAY_BASE_UNICODE_H

#include "store/base/buf.h"
#include "store/base/span.h"

/* Reads the code point at *offset (below text.len) and moves past it. A byte
 * that begins no valid sequence counts for itself, as 0xDC00 + byte. */
uint32_t unicode_next(struct span text, size_t *offset);

/* Letters, digits of any script and "_", as \w means it. */
bool unicode_is_word(uint32_t point);
bool unicode_is_digit(uint32_t point);
bool unicode_is_space(uint32_t point);

/* Its simple lower case, or itself. */
uint32_t unicode_lower(uint32_t point);

/* Adds the code point as UTF-8; what unicode_next made of a stray byte comes
 * out as that byte. */
void unicode_write(struct buf *out, uint32_t point);

/* Adds the text trimmed of blanks and in lower case: two values that people
 * would call the same come out equal. */
void unicode_fold(struct buf *out, struct span text);

/* Whether two texts fold alike. Allocates nothing. */
bool unicode_same(struct span a, struct span b);

#endif
