/*
 * A configuration of sendmail as sendmail reads it: lines of a .cf file, what
 * is indented belonging to the line before, whose entries have equates
 * ("S=unix:/run/x, F=T") of which only the first letter of the name counts.
 */
#ifndef INLAY_TOOLS_SENDMAIL_CONFIG_H
#define INLAY_TOOLS_SENDMAIL_CONFIG_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* The file, whole. 1, 0 there is none, -1 it cannot be read. */
int sendmail_read(
    const char *path, struct arena *arena, struct span *text, struct err *err);

/* The next entry that begins so, without that beginning, from the text, which
 * moves behind it. False: there is no more. */
bool sendmail_next(struct span *text, struct span start, struct span *entry);

/* The value of the equate with that first letter, or "". */
struct span sendmail_equate(struct span entry, char letter);

#endif
