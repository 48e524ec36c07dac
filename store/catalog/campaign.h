/*
 * A campaign is everything a mailing needs beside its template: who may get
 * it and when, the arms and the control group, how far personalising may go,
 * and what the copies look like outside. Parsed from YAML, immutable.
 */
#ifndef INLAY_STORE_CAMPAIGN_H
#define INLAY_STORE_CAMPAIGN_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/base/zone.h"
#include "store/catalog/measure.h"
#include "store/catalog/yaml.h"

/* How personal a copy may be; each level shows the classes of those below. */
enum intensity { INTENSITY_NEUTRAL, INTENSITY_SEGMENT, INTENSITY_INDIVIDUAL };

enum missing_policy { MISSING_REFUSE, MISSING_BLANK };
enum unknown_policy { UNKNOWN_NEUTRAL, UNKNOWN_REFUSE };
enum abort_policy { ABORT_DISCARD, ABORT_REJECT };
enum refuse_policy { REFUSE_BOUNCE, REFUSE_DISCARD };

struct segment {
	struct span name;
	struct span condition; /* a Liquid condition */
	unsigned line;	       /* where it stands in the document */
};

/* What an arm shows in a slot, where it may be shown. */
struct pin {
	struct span slot;
	struct span option; /* a stored block, or an option of the slot */
};

struct arm {
	struct span name;
	double weight; /* >= 0; the parser refuses a sum of 0 */
	double share;  /* weight over the sum of all weights */
	enum intensity intensity;
	bool control;
	struct pin *pins; /* `slots:` */
	size_t pin_count;
};

struct variant_share {
	struct span name; /* of a `when`, or "else" */
	double weight;
	double share; /* weight over the sum of the variant's weights */
};

/* A variant with a hash of its own, that the campaign gives weights. */
struct variant {
	struct span name;
	uint32_t version;	      /* another one deals anew; 1 if unsaid */
	struct variant_share *shares; /* as listed: the ranges of the hash */
	size_t count;
	double sum; /* of the weights */
};

enum cap_scope {
	CAP_PERSON, /* all messages of this campaign to one person */
	CAP_TOPIC,  /* all messages of its topic to one person */
	CAP_BLOCK,
	CAP_POOL
};

#define CAP_UNSET 0	     /* a cap nobody gave */
#define CAP_NONE 0xffffffffu /* no cap */
#define SPAN_UNSET (-1)	     /* a span of time nobody gave */

/* What the campaign says instead of the block itself. */
struct cap {
	enum cap_scope scope;
	struct span name; /* of block or pool, "" otherwise */
	uint32_t cap;	  /* exposures within the window; or CAP_UNSET */
	int64_t window;	  /* seconds, 0 for ever; or SPAN_UNSET */
	int64_t cooldown; /* seconds between two; or SPAN_UNSET */
};

struct header_template {
	struct span name;      /* RFC 5322 field name */
	struct span template;  /* Liquid text */
	unsigned line, column; /* where the text stands in the document */
};

/* The rules of one way to reach people, beside those of the campaign. */
struct channel {
	struct span name;
	struct span permission; /* consent instead of the campaign's; or "" */
	struct span objection;	/* a purpose whom who denied it is not reached
				   for; or "" */
	struct span *needs;	/* fields without which nobody is reached */
	size_t need_count;
	double cost;		/* of reaching one person; < 0: it says none */
	uint32_t capacity;	/* people on one list; 0: no limit */
	uint32_t opens, closes; /* seconds of the day; closes 0: always */
};

/* Which links carry a mark, that an answer is known again by. */
struct campaign_links {
	struct span *domains; /* normalised; "*.shop.example" is all below */
	size_t domain_count;  /* 0: no link does */
	struct span mark;     /* name of the parameter; "iv" if unsaid */
	struct span purpose;  /* consent needed; "measurement" if unsaid */
};

struct campaign {
	struct span id;
	struct span tenant;	/* "default" if unsaid */
	struct span topic;	/* the id if unsaid */
	struct span purpose;	/* consent needed to personalise, or "" */
	struct span permission; /* consent needed to mail at all, or "" */
	struct span text;	/* `about:`, one line for people */
	int64_t from;		/* from <= now < until */
	int64_t until;
	struct segment *segments; /* as listed: the first that is true */
	size_t segment_count;
	struct arm *arms; /* as listed: the ranges of the hash */
	size_t arm_count;
	struct variant *variants;
	size_t variant_count;
	struct span seed;	  /* the id if unsaid */
	uint32_t version;	  /* of the experiment; 1 if unsaid */
	struct span holdout_seed; /* "holdout" if unsaid */
	double holdout;		  /* share, 0..1 */
	struct span namespace;	  /* "" : none */
	double namespace_from;	  /* from <= bucket < to */
	double namespace_to;
	double exploration;  /* share of that lane, 0..1 */
	double exploitation; /* share of that lane; the rest if unsaid */
	double min_trust;    /* < 0: the schema's */
	enum missing_policy missing;
	enum unknown_policy unknown_recipient;
	bool has_budget;
	uint32_t budget_points;
	uint32_t budget_identifying; /* fields of class identifying and up */
	struct cap *caps;
	size_t cap_count;
	struct header_template
	    *headers; /* added to or replacing the message's */
	size_t header_count;
	struct span signing_domain; /* "" : the From domain's */
	struct campaign_links links;
	struct channel *channels;
	size_t channel_count;
	struct span unsubscribe_url;	/* template, or "" */
	struct span unsubscribe_mailto; /* template, or "" */
	bool unsubscribe_post;		/* one click, RFC 8058 */
	int64_t token_ttl;		/* seconds */
	enum abort_policy abort;
	enum refuse_policy refuse; /* who may not be mailed: 550, or silence */
	uint32_t ledger_days;	   /* 0: it does not say */
	struct measure measure;
	struct costs costs;
	struct span *waived; /* rules of `campaign lint` that do not apply */
	size_t waived_count;
	bool why;		   /* {% why %} may speak */
	struct span zone;	   /* IANA name of the clocks below; "": UTC */
	const struct zone *clocks; /* days begin and moments are told by them;
				      UTC where the system has no such zone */
	struct span locale;	   /* of numbers, dates, words; "": English */
};

/* file names the document in errors. 0, or -1: not a campaign, with line
 * and column. */
int campaign_parse(struct span text, const char *file, struct arena *arena,
    struct campaign **campaign, struct err *err);

/* Whose records its recipients have. */
struct span campaign_tenant(
    const struct campaign *campaign, struct span default_tenant);

/* -1 it is still to begin, 0 it is running at that moment, 1 it is over. */
int campaign_phase(const struct campaign *campaign, int64_t now);

/* The cap of that scope and name; NULL where the campaign says nothing. */
const struct cap *campaign_cap(
    const struct campaign *campaign, enum cap_scope scope, struct span name);

/* The arm of that name, or NULL. */
const struct arm *campaign_arm(
    const struct campaign *campaign, struct span name);

/* What the campaign says of the variant; NULL where it says nothing. */
const struct variant *campaign_variant(
    const struct campaign *campaign, struct span name);

/* The channel of that name, "" being email. */
struct span channel_name(struct span name);

/* Whether what goes out by it is mail, which bounces and is reported on. */
bool channel_is_mail(struct span name);

/* The rules of that channel, "" being email; NULL where it has none. */
const struct channel *campaign_channel(
    const struct campaign *campaign, struct span name);

/* Whether a rule of `campaign lint` is waived. */
bool campaign_waives(const struct campaign *campaign, const char *rule);

const char *intensity_word(enum intensity intensity);

/* The keys of a campaign, for the manual. */
extern const struct yaml_manual campaign_keys[];

#endif
