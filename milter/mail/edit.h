/*
 * An edit replaces bytes of the message by others. A list of them is sorted
 * and disjoint; writing it out copies everything else as it was.
 */
#ifndef INLAY_MAIL_EDIT_H
#define INLAY_MAIL_EDIT_H

#include "store/base/buf.h"
#include "store/base/err.h"

struct edit {
	size_t start; /* offset into the message */
	size_t end;
	struct span bytes; /* instead of [start, end) */
};

struct edits {
	struct edit *at; /* sorted by start, disjoint */
	size_t count;
	size_t room;
};

/* Adds an edit in its place. Edits of the same empty range stay in the order
 * of the calls; one of the same non-empty range replaces the earlier one.
 * 0, or -1: ERR_MEMORY, ERR_INPUT when it overlaps another. */
int edits_add(struct edits *edits, size_t start, size_t end, struct span bytes,
    struct arena *arena, struct err *err);

/* Whether an edit replaces bytes from start on. */
bool edits_replace(const struct edits *edits, size_t start);

/* Appends [start, end) of the original with the edits applied. No edit may
 * reach over either end. */
void edits_write(const struct edits *edits, struct span original, size_t start,
    size_t end, struct buf *buf);

#endif
