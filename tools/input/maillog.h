/*
 * One line of Postfix's or sendmail's log as an event of one queue file. The
 * reading trusts nothing: a line that is cut or odd is no event.
 */
#ifndef INLAY_TOOLS_MAILLOG_H
#define INLAY_TOOLS_MAILLOG_H

#include "tools/input/log_line.h"

enum maillog_kind {
	MAILLOG_NOTHING,  /* a line of something else */
	MAILLOG_UNKNOWN,  /* nothing that a log would hold */
	MAILLOG_ACCEPTED, /* a queue file begins */
	MAILLOG_MESSAGE,  /* this queue file holds that Message-ID */
	MAILLOG_QUEUED,	  /* it is in the queue, and will be tried now */
	MAILLOG_REFUSED,  /* answered no, by the server or a milter */
	MAILLOG_SENT,	  /* handed on; see next */
	MAILLOG_BOUNCED,  /* refused for good */
	MAILLOG_DEFERRED, /* will be tried again */
	MAILLOG_EXPIRED,  /* given up, for all who were deferred */
	MAILLOG_REMOVED	  /* the queue file is gone */
};

struct maillog_event {
	enum maillog_kind kind;
	struct span program;
	struct span queue;	/* queue id; "" where there was none yet */
	struct span message_id; /* with its angle brackets */
	struct span from;	/* the sender, without brackets */
	struct span peer;	/* the client it came from, or the relay */
	struct span said;	/* the reply, or why not */
	struct span to;		/* without brackets */
	struct span orig_to;	/* before aliases; or "" */
	uint32_t status;	/* as bounce_status(); 0 none was said */
	struct span next;	/* queue id that the next hop named, or "" */
	bool last;		/* sendmail: no line will say removed */
	struct span cursor;	/* the journal's place, or "" */
	int64_t time;		/* Unix seconds; 0 where the line has none */
};

/* The event of a line that was read. */
struct maillog_event maillog_of(const struct logged_line *read);

/* The event of a line without its end; its texts lie in the line and in
 * scratch, as log_line_read says. */
struct maillog_event maillog_read(
    struct span line, int64_t now, struct buf *scratch);

#endif
