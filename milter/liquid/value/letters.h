/*
 * Upper and lower case of UTF-8 text as Ruby's String knows them: by the
 * Unicode tables, whatever the locale, with ß becoming SS.
 */
#ifndef INLAY_LIQUID_LETTERS_H
#define INLAY_LIQUID_LETTERS_H

#include "store/base/buf.h"
#include "store/base/span.h"

void letters_upper(struct span text, struct buf *out);
void letters_lower(struct span text, struct buf *out);

/* The first letter large, all others small. */
void letters_capital(struct span text, struct buf *out);

/* Bytes of the first count code points; a stray byte counts for one. */
size_t letters_bytes(struct span text, size_t count);

/* How many code points. */
size_t letters_count(struct span text);

#endif
