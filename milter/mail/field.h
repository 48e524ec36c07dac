/*
 * A field is one header line with its folded continuations, as offsets into
 * bytes that nobody changes. Reading a header section accepts anything: a
 * line that is no header ends the section, and no byte is lost.
 */
#ifndef INLAY_MAIL_FIELD_H
#define INLAY_MAIL_FIELD_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct header_field {
	struct span name;  /* empty: mbox "From " or a stray continuation */
	struct span value; /* after the colon, folding and blanks included,
			      without the final line end */
	struct span whole; /* name to final line end, included */
	unsigned nth;	   /* 1-based, among the fields of this name */
};

struct fields {
	struct header_field *at;
	size_t count;
	const char *odd; /* why parsers may disagree here, or NULL */
};

/* Reads the header section at the start of bytes. *used is the length of
 * the fields, *separator that of the blank line after them, 0 where there
 * is none. 0, or -1 when the arena is full. */
int fields_read(struct span bytes, struct arena *arena, struct fields *fields,
    size_t *used, size_t *separator, struct err *err);

/* Reads a header section whose end is known: nothing but lines that
 * line_kind() calls a field, a continuation, or (the first one) an mbox
 * separator. 0, or -1 when the arena is full. */
int fields_split(struct span section, struct arena *arena,
    struct fields *fields, struct err *err);

/* The nth (from 1) field of that name, or NULL. */
const struct header_field *fields_find(
    const struct fields *fields, struct span name, unsigned nth);

/* The value on one line: line ends dropped, the blanks of the folds kept,
 * trimmed at both ends. 0, or -1 when the arena is full. */
int field_unfold(const struct header_field *field, struct arena *arena,
    struct span *line, struct err *err);

#endif
