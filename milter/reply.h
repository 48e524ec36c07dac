/*
 * What the mail server is told when a message cannot be personalised: one
 * row per failure or occasion with action, SMTP code, enhanced code and text
 * (DESIGN section 7). Nothing else in Inlay knows an SMTP reply.
 */
#ifndef INLAY_MILTER_REPLY_H
#define INLAY_MILTER_REPLY_H

#include "store/base/err.h"

enum reply_action {
	REPLY_ACCEPT,
	REPLY_TEMPFAIL,
	REPLY_REJECT,
	REPLY_DISCARD,
};

/* What is answered without a failure of the message. */
enum reply_occasion {
	/* a second recipient in the transaction of a campaign mail */
	REPLY_SECOND_RECIPIENT = ERR_CODES,
	REPLY_SHUTDOWN,	   /* the daemon is going down */
	REPLY_NO_CAMPAIGN, /* other mail where only campaign mail is taken */
	/* campaign mail that no rule allows, refused or deferred */
	REPLY_STOWAWAY,
	REPLY_STOWAWAY_DEFERRED,
	REPLIES
};

struct reply {
	enum reply_action action;
	const char *smtp;     /* "451" */
	const char *enhanced; /* "4.3.0" */
	const char *text;     /* what is said when the detail may not be */
	int detailed;	      /* the err's place and text may be told, unless
				 it is personal */
};

/* The row for an err_code (ERR_NONE accepts) or a reply_occasion. */
const struct reply *reply_for(unsigned occasion);

/* The reply's one line of text: ASCII, no control bytes, no '%', at most
 * size - 1 and 400 bytes. Where the row allows it the detail of err follows,
 * or, when that is personal, the id under which the log has it (NULL: none).
 * Returns out. */
const char *reply_text(const struct reply *reply, const struct err *err,
    const char *id, char *out, unsigned long size);

#endif
