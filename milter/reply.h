/*
 * What the mail server is told when a message cannot be personalised: one
 * row per failure with action, SMTP code, enhanced code and text (DESIGN
 * section 7). Nothing else in Inlay knows an SMTP reply.
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

struct reply {
	enum err_code code;
	enum reply_action action;
	const char *smtp;     /* "451" */
	const char *enhanced; /* "4.3.0" */
	const char *text;     /* what is said when the detail may not be */
	int detailed;	      /* the err's place and text may be told */
};

/* The row for the code; ERR_NONE accepts. Never NULL. */
const struct reply *reply_for(enum err_code code);

/* The second recipient of a campaign transaction; the daemon going down;
 * other mail where only campaign mail is allowed; campaign mail that no rule
 * allows, refused or deferred. */
extern const struct reply reply_second_recipient;
extern const struct reply reply_shutdown;
extern const struct reply reply_no_campaign;
extern const struct reply reply_stowaway;
extern const struct reply reply_stowaway_deferred;

/* The reply's one line of text: ASCII, no control bytes, no '%', at most
 * size - 1 and 400 bytes, with the detail of err where the row allows it.
 * Returns out. */
const char *reply_text(const struct reply *reply, const struct err *err,
    char *out, unsigned long size);

#endif
