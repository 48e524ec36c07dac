/*
 * A history is what one person was shown and how they answered: entries per
 * message, oldest first, folded into counts when they grow old. It holds
 * enough to show the same decision again when the mail server retries.
 *
 * Order is the order of appending, never of clocks: a clock that jumps
 * changes times, not which entry is the later one.
 */
#ifndef INLAY_STORE_HISTORY_H
#define INLAY_STORE_HISTORY_H

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/record/key.h"

/* Seconds for which no entry may be folded or expire by itself: longer than
 * any mail server keeps on trying, and a retry must find its record. */
#define HISTORY_RETRY ((int64_t)7 * 86400)

/* Seconds that entries are kept whole where nobody says otherwise. */
#define HISTORY_KEEP ((int64_t)400 * 86400)

enum exposure_state {
	EXPOSURE_RESERVED,  /* recorded; the mail may be on its way */
	EXPOSURE_DELIVERED, /* the delivery log says so */
	EXPOSURE_BOUNCED,   /* never shown */
	EXPOSURE_FAILED,    /* given up by the mail server: never shown */
	EXPOSURE_EXPIRED,   /* reserved for too long: counts as not shown */
	EXPOSURE_VOID,	    /* taken back by an operator */
	EXPOSURE_REFUSED,   /* nothing left: the person gets no such mail */
	EXPOSURE_ABORTED,   /* nothing left: the template called it off */
	EXPOSURE_STATES	    /* how many there are */
};

/* Why the copy was as personal as it was. */
enum exposure_reason {
	REASON_UNKNOWN, /* an entry of format 1 or 2 */
	REASON_DECIDED, /* nothing kept it neutral */
	REASON_CONTROL,
	REASON_HOLDOUT,
	REASON_CONSENT,
	REASON_OBJECTION,
	REASON_RESTRICTED,
	REASON_SENSITIVITY,
	REASON_LANE,	 /* takes no part in the experiment */
	REASON_STRANGER, /* nobody known by that address */
	REASONS
};

/* Whether the copy would differ from the neutral one in some arm that is no
 * control: judged before the arm is known, so that arms may be compared. */
enum exposure_eligible {
	ELIGIBLE_UNKNOWN, /* an entry of format 1 or 2 */
	ELIGIBLE_NO,
	ELIGIBLE_YES,
	ELIGIBLES
};

/* Why a slot showed its else in a copy that was free to show more. */
enum slot_fall {
	FALL_NONE,   /* it did not, or the copy was neutral: see the reason */
	FALL_SEEN,   /* what it could show was shown often or lately enough */
	FALL_CAP,    /* the person or pool had as much as allowed */
	FALL_BUDGET, /* more would tell too much of what is known */
	FALL_OPTION, /* none of its options is for this person */
	FALLS
};

/* What one slot or variant showed. */
struct exposure_slot {
	struct span slot;    /* name */
	struct span option;  /* name of the option or variant; "" for else */
	struct span block;   /* what caps count: a stored block's id, or what
			      * names an inline option; "" counts nowhere */
	bool variant;	     /* a {% variant %}, not a slot */
	double propensity;   /* of what a variant showed; 0: not known */
	enum slot_fall fall; /* only where option is "" */
};

struct exposure {
	unsigned char tag[KEY_TAG]; /* the first bytes of k */
	int64_t time;		    /* Unix seconds */
	struct span campaign;
	struct span topic;
	struct span arm;
	struct span lane;
	struct span channel; /* "email", "web", "paper", … */
	struct span version; /* of the experiment or weights; may be "" */
	double propensity;   /* of this arm, in (0, 1] */
	bool personal;	     /* any field above public was used */
	enum exposure_state state;
	int64_t state_at; /* when the state was set; time while reserved */
	struct exposure_slot *slots;
	size_t slot_count;
	struct span *fields; /* names of the fields that were visible */
	size_t field_count;
	struct span decision; /* whatever else replay needs; may be empty */
	uint64_t edition;     /* generation of the catalog it was made with */
	enum exposure_reason reason;
	enum exposure_eligible eligible;
	struct span segment; /* of the campaign; "" none */
	struct span cluster; /* the person's; "" none */
};

/* What is left of old entries: how often a block was shown, a campaign was
 * sent, a type of response came. Only what counts as shown is counted. */
enum folded_kind { FOLDED_BLOCK, FOLDED_CAMPAIGN, FOLDED_RESPONSE };

struct folded {
	enum folded_kind kind;
	struct span name; /* block id, campaign id, response type */
	uint64_t count;
	int64_t first;
	int64_t last;
};

/* Sums for the sensitivity of this person, of folded entries. */
struct topic_counts {
	struct span topic;
	bool personal;
	uint64_t exposures;
	uint64_t responses; /* of these, answered: a click, reply, purchase or
			     * conversion; mail programs make up opens */
	uint64_t losses;    /* of these, lost the person: an unsubscription
			     * or complaint */
};

/* Why a response is kept and shown but counts nowhere: no person did it. */
enum response_aside {
	ASIDE_NOT,     /* it counts */
	ASIDE_HEAD,    /* a HEAD request */
	ASIDE_SCANNER, /* a known scanner of links */
	ASIDE_SOON,    /* before anybody could have read the mail */
	ASIDE_BURST,   /* many links of one mail at once */
	ASIDE_OPEN,    /* mail programs make up opens */
	ASIDES
};

#define RESPONSE_ID 16

/* Something the person did. */
struct response {
	unsigned char tag[KEY_TAG]; /* of the exposure; zero: unknown */
	int64_t time;
	struct span type;  /* "open", "click", "purchase", "unsubscribe", … */
	struct span topic; /* may be "" */
	double value;	   /* money; 0 where there is none */
	/* BLAKE2b-128 of source and id, or of the row where it has none: what
	 * comes again with it is the same thing. Zero: of format 1 or 2. */
	unsigned char id[RESPONSE_ID];
	struct span campaign; /* these may be "" */
	struct span channel;
	struct span currency;
	enum response_aside aside;
};

struct history {
	struct exposure *exposures; /* oldest first */
	size_t exposure_count;
	struct folded *folded;
	size_t folded_count;
	struct response *responses; /* oldest first */
	size_t response_count;
	struct topic_counts *topics;
	size_t topic_count;
};

/* Reads a record's bytes; the history points into them and the arena. Empty
 * bytes are an empty history. 0, or -1 with ERR_INPUT (malformed, or written
 * by a newer version) or ERR_MEMORY. */
int history_decode(struct span bytes, struct arena *arena,
    struct history *history, struct err *err);

/* Appends the record's bytes. 0, or -1 with ERR_MEMORY when memory or the
 * buf is full. */
int history_encode(const struct history *history, struct arena *arena,
    struct buf *out, struct err *err);

/* The entry of a message, or NULL. */
struct exposure *history_find(
    const struct history *history, const struct message_key *key);

/* The entry of a mail by its Message-ID, and its key, or NULL: whoever asks
 * does not know the campaign, but the history knows all that it can be. */
struct exposure *history_find_mail(const struct history *history,
    struct span tenant, struct span address, struct span message_id,
    struct message_key *key);

/* Adds an entry at the end; the struct is copied, what it points to is not. A
 * refused or aborted one of this tag gives way: the person is mailed now.
 * 1 added, 0 there is one with this tag already, -1 memory. */
int history_append(struct history *history, const struct exposure *exposure,
    struct arena *arena, struct err *err);

/* Moves the entry to a state. Later reports win over earlier ones, so that a
 * log may be read twice; any report wins over reserved and expired, nothing
 * over void, refused or aborted; nothing goes back to reserved, and only
 * reserved expires. 1 changed, 0 no such entry or nothing to change. */
int history_mark(struct history *history, const struct message_key *key,
    enum exposure_state state, int64_t at);

/* Reserved entries older than before become expired. How many. */
size_t history_expire(struct history *history, int64_t before, int64_t at);

/* Adds a response at the end. 1 added, 0 the same is there already,
 * RESPONSE_OTHERWISE one of this id is there that says something else, which
 * stays as it is; -1 memory. */
#define RESPONSE_OTHERWISE 2
int history_respond(struct history *history, const struct response *response,
    struct arena *arena, struct err *err);

/* Adds several, in time linear in what is there: results[i] is as above for
 * each. 0 or -1 memory. */
int history_respond_all(struct history *history,
    const struct response *responses, size_t count, int *results,
    struct arena *arena, struct err *err);

/* The entry with that tag, or NULL. */
struct exposure *history_find_tag(
    const struct history *history, const unsigned char tag[KEY_TAG]);

/* How far back a history is kept whole. */
struct history_keep {
	int64_t before; /* older entries and responses are folded */
	/* The same for the entries of a campaign and what answered them. NULL:
	 * as the others. */
	int64_t (*before_of)(const void *context, struct span campaign);
	const void *context;
};

/* Folds entries and responses into counts; a response to an entry that stays,
 * stays with it. One that is still reserved counts as shown: where nobody
 * reads the delivery log, the record would grow for ever, or the person see
 * everything again. 1 something was folded, 0 nothing, -1 memory. */
int history_fold(struct history *history, const struct history_keep *keep,
    struct arena *arena, struct err *err);

/* Whether an entry in this state counts as shown: reserved and delivered. */
static inline bool
exposure_counts(enum exposure_state state)
{
	return state == EXPOSURE_RESERVED || state == EXPOSURE_DELIVERED;
}

/* Adds an entry to the sums: a copy, and whether it was answered, and lost the
 * person. What robots did is no answer. */
void history_answers(const struct history *history,
    const struct exposure *entry, struct topic_counts *counts);

struct block_seen {
	uint64_t count; /* exposures after since, in window and folded */
	int64_t first;	/* of all that count; 0 where there is none */
	int64_t last;
	uint64_t ever; /* over all time */
};

/* How often the block was shown after since; INT64_MIN counts all. Folded
 * counts belong to the window where their last one does. An entry whose time
 * lies ahead of now (the clock went back) counts. */
struct block_seen history_seen(
    const struct history *history, struct span block, int64_t since);

/* The person's sums for a topic, entries and folded together. */
struct topic_counts history_topic_counts(
    const struct history *history, struct span topic, bool personal);

/* Whether nothing left for this entry, so that a retry is decided anew. */
static inline bool
exposure_unsent(enum exposure_state state)
{
	return state == EXPOSURE_REFUSED || state == EXPOSURE_ABORTED;
}

/* Stable words: "reserved", "delivered", …; "" for what is not known, no fall
 * and not aside. */
const char *exposure_word(enum exposure_state state);
const char *reason_word(enum exposure_reason reason);
const char *eligible_word(enum exposure_eligible eligible); /* yes, no */
const char *fall_word(enum slot_fall fall);
const char *aside_word(enum response_aside aside);

#endif
