/*
 * One generic message becomes one recipient's own: parse, compile, read one
 * snapshot, decide, render, commit. personalise_message() promises that what
 * it returns is recorded durably before it returns; personalise_preview()
 * takes the same road and records nothing.
 */
#ifndef INLAY_MILTER_PERSONALISE_H
#define INLAY_MILTER_PERSONALISE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* What makes a message campaign mail, unless the settings name another. */
#define CAMPAIGN_HEADER "X-Inlay-Campaign"

struct campaign;
struct catalog;
struct decision;
struct engine;
struct message;
struct personaliser;
struct rendering;
struct rule;
struct rules;
struct token_keys;

/* What a personaliser needs to know for its life. Copied at opening. */
struct personalise_options {
	struct span tenant; /* part of every record key */
	size_t cache_bytes; /* compiled programs kept, in bytes of source */
	size_t part_max;    /* a decoded or rendered text part, in bytes */
	uint64_t steps_max; /* Liquid steps of all parts and headers together */
	unsigned depth_max; /* partials within partials; 0: 100 */
	int64_t deadline_ms; /* how long a message may take: ERR_DEADLINE */
	bool harden;	     /* 8-bit parts and endless lines leave encoded */
	const struct token_keys *tokens; /* recipient.token; NULL: none */
};

struct personalise_request {
	struct span message;   /* RFC 5322, CRLF; must outlive the result */
	struct span sender;    /* envelope sender, without angle brackets */
	struct span recipient; /* the one recipient, without angle brackets */
	int64_t now;	       /* Unix seconds: the one `now` of the message */
	int64_t begun; /* where its deadline counts from, as of monotonic_us;
			  0: from the call */
	struct span channel;	     /* "" is "email" */
	struct span campaign_header; /* "" is CAMPAIGN_HEADER */
	/* What may be sent, and in whose name: by this one of the rules; NULL:
	 * everything, which inlayd never says. */
	const struct rules *rules;
	const struct rule *rule;
	const struct token_keys *tokens; /* NULL: those of the options */
	/* Where the message has no such header; inlayd leaves them empty. */
	struct span campaign, message_id;
	/* By the rules of this campaign, whatever the message says; inlayd:
	 * NULL, the stored one. Must outlive the result. */
	const struct campaign *unstored;
	/* Who may be mailed nothing is no failure but VERDICT_REFUSED, with a
	 * decision that says why, and without bytes. inlayd fails. */
	bool explain;
};

/* What preview may pretend. */
struct personalise_pretence {
	struct span arm;	 /* this arm, or empty: the assigned one */
	const struct span *seen; /* blocks counted as shown once before */
	size_t seen_count;
};

enum personalise_verdict {
	VERDICT_PERSONALISED, /* decided now and, unless preview, recorded */
	VERDICT_REPLAYED,     /* an earlier attempt's record, shown again */
	VERDICT_DISCARD,      /* abort_message, or a refusal that is kept: the
				 campaign says discard */
	VERDICT_REFUSED,      /* nothing may be mailed: request.explain */
	VERDICTS
};

/* Lives in the arena of the call and in a catalog: personalised_release. */
struct personalised {
	enum personalise_verdict verdict;
	struct span campaign;	    /* id */
	struct span arm;	    /* name */
	struct span reason;	    /* for the log: "decided", "holdout", … */
	struct span bytes;	    /* the whole final message, unsigned */
	struct span signing_domain; /* the campaign's, or that of From */
	const struct message *message;
	struct rendering *rendering;
	const struct decision *decision;
	size_t marked;		 /* links that carry a mark */
	const char *undecodable; /* a part left as it was, or NULL: to log */
	unsigned slots;		 /* slots decided */
	int64_t decide_us;	 /* time spent reading and deciding */
	int64_t render_us;	 /* rendering */
	int64_t commit_us;	 /* time spent waiting for the commit */
	int64_t turn_us;	 /* and for other messages to this recipient */
	const struct catalog *catalog; /* held until personalised_release */
};

/* Opens a personaliser over an open engine, which must outlive it.
 * 0, or -1 with ERR_MEMORY, or ERR_STORE when the catalog cannot be read. */
int personaliser_open(const struct personalise_options *options,
    struct engine *engine, struct personaliser **personaliser, struct err *err);

/* Frees it and clears the pointer. No call may be under way. */
void personaliser_close(struct personaliser **personaliser);

/* Personalises and records. Thread-safe. 0 and *result, to be given back by
 * personalised_release; or -1, there is nothing to give back, nothing may
 * leave (promises I1, I6), and err has the code:
 * ERR_CAMPAIGN, ERR_WINDOW, ERR_MESSAGE_ID, ERR_SUPPRESSED, ERR_AMBIGUOUS,
 * ERR_DECODE, ERR_TEMPLATE, ERR_MISSING, ERR_LIMIT, ERR_ABORT, ERR_GUARD,
 * ERR_SIZE, ERR_FROM, ERR_STORE, ERR_CONFLICT, ERR_DEADLINE, ERR_MEMORY. */
int personalise_message(struct personaliser *personaliser,
    const struct personalise_request *request, struct arena *arena,
    struct personalised *result, struct err *err);

/* The same without recording. pretence may be NULL. */
int personalise_preview(struct personaliser *personaliser,
    const struct personalise_request *request,
    const struct personalise_pretence *pretence, struct arena *arena,
    struct personalised *result, struct err *err);

/* Whether this recipient gets no campaign mail at all under the rule, whichever
 * it is: known at RCPT already, when the campaign is not. Reads one record, and
 * none where the rule reaches several tenants or a campaign that discards whom
 * it refuses. 1 with ERR_SUPPRESSED, 0, or -1
 * when that cannot be told now. */
int personalise_refuses(struct personaliser *personaliser,
    const struct rule *rule, struct span recipient, struct arena *arena,
    struct err *err);

/* A message made ready once, to be previewed for many people. One thread at a
 * time may use it; it lives in the arena of its preparation. */
struct prepared;

/* request->message and sender are those of all copies and must outlive it.
 * 0 and *prepared, to be given back by prepared_release; or -1, as above. */
int personalise_prepare(struct personaliser *personaliser,
    const struct personalise_request *request, struct arena *arena,
    struct prepared **prepared, struct err *err);

/* As personalise_preview for request->recipient at request->now; the message
 * is the prepared one, which the result needs: it is not released. */
int personalise_prepared(const struct prepared *prepared,
    const struct personalise_request *request, struct arena *arena,
    struct personalised *result, struct err *err);

/* Ends it and clears the pointer. */
void prepared_release(struct prepared **prepared);

/* Lets go of the catalog that the result points into. */
void personalised_release(
    struct personaliser *personaliser, struct personalised *result);

/* The newest reason why a changed catalog could not be loaded, and mail still
 * goes by the old one: 1 and *err, then forgotten; 0 for none. */
int personaliser_trouble(struct personaliser *personaliser, struct err *err);

/* How many recipient records were read since opening: the statistics that
 * prove that foreign mail costs none (promise I10). */
uint64_t personaliser_lookups(const struct personaliser *personaliser);

/* The generation of the catalog that mail goes by, and how often loading
 * another one has failed. */
uint64_t personaliser_generation(
    struct personaliser *personaliser, uint64_t *failures);

#endif
