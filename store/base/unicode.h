/*
 * What comparing, validating and printing texts needs of Unicode: reading
 * UTF-8, telling letters from the rest, case, and folding. The tables are
 * libunistring's; stray bytes pass through everything as they are.
 */
#ifndef INLAY_BASE_UNICODE_H
#define INLAY_BASE_UNICODE_H

#include "store/base/buf.h"
#include "store/base/span.h"

/* Reads the code point at *offset (below text.len) and moves past it. A byte
 * that begins no valid sequence counts for itself, as 0xDC00 + byte. */
uint32_t unicode_next(struct span text, size_t *offset);

/* Whether all of it is well-formed UTF-8. */
bool unicode_valid(struct span text);

/* Where the text holds what is no UTF-8, or a NUL; text.len for nowhere. */
size_t unicode_fault(struct span text);

/* Letters, digits of any script and "_", as Python's \w means it. */
bool unicode_is_word(uint32_t point);
bool unicode_is_digit(uint32_t point);
bool unicode_is_space(uint32_t point);

/* Its simple lower or upper case, or itself. */
uint32_t unicode_lower(uint32_t point);
uint32_t unicode_upper(uint32_t point);

/* Adds the code point as UTF-8; what unicode_next made of a stray byte comes
 * out as that byte. */
void unicode_write(struct buf *out, uint32_t point);

/* Adds its full upper, lower or title case as UTF-8, as it is in no language:
 * SS for U+00DF, but the capital of i has no dot. */
void unicode_write_upper(struct buf *out, uint32_t point);
void unicode_write_lower(struct buf *out, uint32_t point);
void unicode_write_title(struct buf *out, uint32_t point);

/* Adds the text trimmed of blanks, case-folded and decomposed: two values that
 * people would call the same come out equal. The same in all languages, so
 * that a Turkish dotted capital (U+0130) is not the same as i. */
void unicode_fold(struct buf *out, struct span text);

/* Whether two texts fold alike. Allocates nothing. */
bool unicode_same(struct span a, struct span b);

#endif
