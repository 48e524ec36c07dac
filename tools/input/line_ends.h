/*
 * A message in a file has the line ends of the system, one on the wire CRLF.
 */
#ifndef INLAY_TOOLS_LINE_ENDS_H
#define INLAY_TOOLS_LINE_ENDS_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* The text with each LF that has no CR before it made CRLF, in the arena. 0,
 * or -1 with ERR_MEMORY. */
int line_ends_crlf(
    struct span text, struct arena *arena, struct span *out, struct err *err);

#endif
