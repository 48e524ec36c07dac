/*
 * A refusal is why nothing may be mailed at all, by the campaign's rules or by
 * what the person has said. One row each: its word, its sentence, and the
 * failure that it is to the mail server and the shell.
 */
#ifndef INLAY_MILTER_REFUSAL_H
#define INLAY_MILTER_REFUSAL_H

#include "milter/decide/bounced.h"
#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/catalog/campaign.h"

enum refusal {
	REFUSAL_NONE,
	REFUSAL_ERASED,	    /* was erased: nothing may be recorded */
	REFUSAL_SUPPRESSED, /* on the suppression list */
	REFUSAL_BOUNCED,    /* suppressed by the rule of bounces */
	REFUSAL_OBJECTION,  /* objected to marketing */
	REFUSAL_PERMISSION, /* no consent to be mailed, or to the channel */
	REFUSAL_CHANNEL,    /* objected to the channel */
	REFUSAL_NEEDS,	    /* no value of what the channel needs */
	REFUSAL_HOURS,	    /* the channel is closed at that hour */
	REFUSAL_WINDOW,	    /* the campaign is not running */
	REFUSAL_UNKNOWN,    /* unknown recipient, and the campaign says no */
	REFUSALS
};

/* Whom it is asked of. */
struct refusal_person {
	const struct profile *profile; /* NULL: unknown */
	bool erased;		       /* a tombstone stands there */
	/* NULL: of no account, what bounces is no obstacle to a letter. */
	const struct bounce_rules *bounces;
};

/* Why this person gets no campaign mail, whichever campaign it is. *bounced is
 * set for REFUSAL_BOUNCED, and may be NULL. */
enum refusal refusal_of_person(
    const struct refusal_person *person, struct bounced *bounced);

/* Why they get none of this campaign now, by that channel of it (NULL: it has
 * no rules); what the person had said by `heard` counts. The first reason in
 * the order campaign, person, channel. */
enum refusal refusal_find(const struct campaign *campaign,
    const struct channel *channel, const struct refusal_person *person,
    int64_t now, int64_t heard, struct bounced *bounced);

/* A stable word for logs and JSON; "" for REFUSAL_NONE. */
const char *refusal_word(enum refusal refusal);

/* What the sentence about a refusal names. */
struct refusal_names {
	const struct campaign *campaign;
	const struct channel *channel; /* NULL: it has no rules */
	/* Those of the person; NULL where many people are told of at once. */
	const struct bounced *bounced;
};

/* Adds the sentence, without an end mark, that tells people. */
void refusal_tell(
    enum refusal refusal, const struct refusal_names *names, struct buf *text);

/* Fails for this reason, which is not REFUSAL_NONE. Returns -1. */
int refusal_fail(
    enum refusal refusal, const struct refusal_names *names, struct err *err);

/* Whether it is the hour that refuses, and nothing about the person: it is no
 * enrolment. */
bool refusal_passes(enum refusal refusal);

#endif
