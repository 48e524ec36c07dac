/*
 * A value as JSON text (RFC 8259), safe inside a script element: < > & and
 * the line separators are spelled as escapes.
 */
#ifndef INLAY_LIQUID_JSON_H
#define INLAY_LIQUID_JSON_H

#include "milter/liquid/value/value.h"

/* Values within values that are still written; deeper ones become null. */
enum { JSON_DEPTH = 32 };

/* Objects of the host become their text. 0; no room shows in out. */
int json_write(struct value value, struct buf *out);

#endif
