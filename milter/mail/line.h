/*
 * A line is bytes up to and including a LF. Telling header lines from the
 * rest is in one place, so that reading and measuring a header agree.
 */
#ifndef INLAY_MAIL_LINE_H
#define INLAY_MAIL_LINE_H

#include "store/base/span.h"

enum line_kind {
	LINE_FIELD,	   /* name, colon, value */
	LINE_CONTINUATION, /* begins with a blank */
	LINE_BLANK,	   /* nothing but its end */
	LINE_MBOX,	   /* "From ...": read over before the first field */
	LINE_OTHER
};

/* The byte length of the line at the start of bytes, its LF included. */
static inline size_t
line_length(struct span bytes)
{
	size_t at = span_find(bytes, '\n');

	return at == bytes.len ? at : at + 1;
}

/* The line without its CRLF or LF. */
static inline struct span
line_content(struct span line)
{
	if (line.len > 0 && line.at[line.len - 1] == '\n')
		line.len--;
	else
		return line;
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* What the line is in a header; name and value of a LINE_FIELD, else the
 * value is the content. */
enum line_kind line_kind(
    struct span line, struct span *name, struct span *value);

/* Whether the text has no CR and no LF but in CRLF. */
bool lines_end_in_crlf(struct span text);

#endif
