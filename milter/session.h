/*
 * A session is one connection of the mail server. It recognises campaign
 * mail, gathers it, has it personalised and signed, and answers; all other
 * mail passes untouched and unread. All of libmilter is in session.c.
 */
#ifndef INLAY_MILTER_SESSION_H
#define INLAY_MILTER_SESSION_H

#include "milter/loaded_config.h"
#include "milter/socket.h"
#include "milter/statistics.h"
#include "store/base/log.h"

struct personaliser;

/* What all sessions share. libmilter gives its callbacks nothing to carry
 * it, so there can be one at a time. The config is acquired. */
void session_share(const struct loaded_config *config,
    struct personaliser *personaliser, struct log *log);

/* New messages use this config from now on; it is acquired. */
void session_replace(const struct loaded_config *config);

/* Opens the socket: a stale one is removed, a live one is an error. mode and
 * group apply to Unix sockets; group -1 leaves it. 0, or -1 ERR_SYSTEM. */
int session_listen(const struct socket_place *place, unsigned mode, long group,
    struct err *err);

/* Serves; returns only, with -1, when libmilter fails. Signals stay with the
 * caller's process: libmilter takes none. */
int session_run(struct err *err);

/* No new campaign message from now on, for ever, and waits for those under
 * way. libmilter cannot be stopped without a race of its own, so it is left
 * running until the process ends. 1 all ended; 0 the time was up. */
int session_drain(uint64_t ms);

/* Lets go of what session_share took, but for the log. Only after
 * session_drain returned 1. */
void session_unshare(void);

/* Says how many more there were of what is not told line by line; to be called
 * now and then. */
void session_tell_more(void);

/* What there is at this moment, and what was counted since the start. */
struct session_numbers {
	struct statistics *statistics;
	unsigned open;	    /* connections of mail servers */
	unsigned under_way; /* messages that a rule allows */
	size_t memory;	    /* bytes that messages hold */
};

void session_numbers(struct session_numbers *numbers);

#endif
