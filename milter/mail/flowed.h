/*
 * format=flowed (RFC 3676): physical lines that end in a blank belong to the
 * next. Text comes in as physical and goes on as logical lines and back; what
 * did not change in between keeps its line breaks.
 */
#ifndef INLAY_MAIL_FLOWED_H
#define INLAY_MAIL_FLOWED_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* Logical lines: soft breaks joined, stuffed blanks removed, quote marks
 * (">> ") kept once at the start. 0, or -1 when the arena is full. */
int flowed_decode(struct span lines, bool delsp, struct arena *arena,
    struct span *text, struct err *err);

/* Physical lines for text, CRLF, broken at blanks to at most 76 characters.
 * A logical line that the original lines had too is taken from there.
 * 0, or -1 when the arena is full. */
int flowed_encode(struct span text, struct span original, bool delsp,
    struct arena *arena, struct span *lines, struct err *err);

#endif
