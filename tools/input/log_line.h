/*
 * A line of a log taken out of the form in which it was kept: as syslog
 * writes it (RFC 3164, with other times, RFC 5424), after the name of a
 * container, or in JSON as Docker and systemd's journal give it.
 */
#ifndef INLAY_TOOLS_LOG_LINE_H
#define INLAY_TOOLS_LOG_LINE_H

#include "store/base/buf.h"
#include "store/base/span.h"

struct logged_line {
	struct span program; /* "postfix/smtp", "sm-mta", or "" */
	struct span text;    /* what it said */
	struct span cursor;  /* the journal's place of the line, or "" */
	int64_t time;	     /* Unix seconds; 0 where the line has none */
};

/* Reads a line without its end. What had to be unescaped lies in scratch,
 * which is cleared first; now fills in the year that syslog leaves out.
 * False: the line has no known form. */
bool log_line_read(struct span line, int64_t now, struct buf *scratch,
    struct logged_line *read);

#endif
