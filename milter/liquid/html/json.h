/*
 * A value as JSON text (RFC 8259), safe inside a script element: < > & and
 * the line separators are spelled as escapes.
 */
#ifndef INLAY_LIQUID_JSON_H
#define INLAY_LIQUID_JSON_H

#include "milter/liquid/value/value.h"

/* Values within values that are still written; deeper ones become null. */
enum { JSON_DEPTH = 32 };

/* The inside of a JSON string. */
void json_escape(struct span text, struct buf *out);

/* Objects of the host become their text. No room shows in out, and that the
 * work has ended there. */
void json_write(struct value value, struct work *work, struct buf *out);

#endif
