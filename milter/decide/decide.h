/*
 * Who gets what, and why: one pure function from campaign, schema, profile,
 * history, outline and `now` to a decision. It promises no I/O and no clock:
 * the same input gives the same decision, and an absent field is absent for
 * the whole message.
 */
#ifndef INLAY_MILTER_DECIDE_H
#define INLAY_MILTER_DECIDE_H

#include "milter/decide/assign.h"
#include "milter/decide/outline.h"
#include "milter/decide/refusal.h"
#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/catalog/campaign.h"
#include "store/catalog/catalog.h"
#include "store/record/history.h"

struct profile;
struct observation;

/* Why a field is absent, the first that applies. */
enum absence {
	ABSENCE_NONE,	     /* visible */
	ABSENCE_UNKNOWN,     /* the schema has no such field */
	ABSENCE_SPECIAL,     /* class special: never */
	ABSENCE_RECIPIENT,   /* nobody known by that address */
	ABSENCE_RESTRICTED,  /* the data may not be used (GDPR art. 18) */
	ABSENCE_OBJECTION,   /* objected to profiling */
	ABSENCE_CONSENT,     /* no consent for the campaign's purpose */
	ABSENCE_HOLDOUT,     /* global holdout */
	ABSENCE_LANE,	     /* in neither lane of the experiment */
	ABSENCE_CONTROL,     /* control arm */
	ABSENCE_SENSITIVITY, /* this cell does not gain from it */
	ABSENCE_CLASS,	     /* class above the arm's intensity */
	ABSENCE_VALUE,	     /* no value */
	ABSENCE_INVALID,     /* only invalid values */
	ABSENCE_STALE,	     /* too old */
	ABSENCE_TRUST,	     /* below the trust threshold */
	ABSENCE_BUDGET,	     /* over the message's intrusion budget */
	ABSENCE_REPLAY,	     /* not in the recorded decision */
	ABSENCES
};

/* Why an option lost, the first that applies. */
enum loss {
	LOSS_NONE,	 /* chosen */
	LOSS_NEUTRAL,	 /* this copy is neutral: every slot shows its else */
	LOSS_MISSING,	 /* names a stored block that is not there */
	LOSS_EARLY,	 /* valid_from is still to come */
	LOSS_LATE,	 /* valid_until has passed */
	LOSS_TOPIC,	 /* the block belongs to another topic */
	LOSS_FIELD,	 /* a field it needs is absent */
	LOSS_PERSON_CAP, /* the person got as much as allowed */
	LOSS_POOL_CAP,	 /* its pool was shown as often as allowed */
	LOSS_CAP,	 /* shown as often as allowed */
	LOSS_COOLDOWN,	 /* shown too recently */
	LOSS_TAKEN,	 /* another slot of this message shows it */
	LOSS_CONDITION,	 /* its condition is not true */
	LOSS_RANK,	 /* eligible, another came first */
	LOSS_BUDGET,	 /* over the intrusion budget */
	LOSS_PINNED,	 /* the arm shows another option in this slot */
	LOSS_REPLAY,	 /* the recorded decision says otherwise */
	LOSSES
};

enum lane { LANE_NONE, LANE_EXPLORATION, LANE_EXPLOITATION };

/* What the sensitivity cell says. */
enum feeling { FEELING_NO_CELL, FEELING_NEUTRAL, FEELING_GAIN, FEELING_HARM };

struct decided_field {
	struct span name;	   /* without "profile." */
	const struct field *field; /* NULL: unknown to the schema */
	enum absence absence;
	bool shown; /* visible, and a piece that shows uses it */
	bool derived;
	bool conflict; /* sources disagree */
	double trust;  /* of the surviving value, 0..1 */
	double threshold;
	/* The survivor, also where the field is absent for another reason;
	 * NULL where there is none. Only a visible one may be rendered. */
	const struct observation *value;
};

struct decided_option {
	enum loss loss;
	struct span identity; /* what exposures call it: the stored block's
				 id, or CAMPAIGN/SLOT/OPTION */
	uint32_t seen;	      /* exposures that count, ever */
	uint32_t counted;     /* of these in the window */
	uint32_t cap;
	int64_t last;	/* the latest, or INT64_MIN */
	unsigned field; /* LOSS_FIELD, LOSS_CONDITION: the absent field, an
			   index into decision.fields, or OUTLINE_NONE */
};

struct decided_slot {
	const struct outline_slot *slot;
	int chosen; /* index of the option, or -1 for `else` */
	struct decided_option *options;
	const struct pin *pin; /* what the arm has it show; NULL: it is free */
	enum slot_fall fall;   /* why it is `else`, in a copy that rotates */
};

struct decided_variant {
	const struct outline_variant *variant;
	int chosen;  /* index of the `when`, or -1 for `else` */
	bool by_arm; /* it shows what is named as the arm is: no bucket */
	double bucket;
	struct assign_range range; /* of the choice: what buckets it owns */
	double propensity;	   /* of the choice; 1 in a neutral copy */
};

struct decision {
	enum refusal refusal;	/* all below is empty where it is not NONE */
	struct bounced bounced; /* of REFUSAL_BOUNCED */
	const struct campaign *campaign;
	const struct channel *channel; /* its rules; NULL: it has none */
	struct decided_field *needs;   /* as channel.needs, with their values */
	bool holdout;
	double holdout_bucket;
	enum lane lane;
	double lane_bucket;
	int arm;	      /* index into campaign.arms; -1: in none */
	struct span arm_name; /* "holdout" or "none" where arm is -1 */
	double bucket;
	struct assign_range range; /* of the arm: what buckets it owns */
	bool sticky;		   /* kept from an earlier message */
	bool forced;		   /* preview's pretence */
	double propensity;	   /* of this arm for this recipient */
	uint32_t version;	   /* of the experiment */
	enum absence neutral;	   /* why the whole copy is neutral, or NONE */
	enum intensity intensity;  /* of this copy, after all of the above */
	enum feeling feeling;
	/* Of the person, whatever the arm; "" and -1 where there is none. */
	struct span cluster;
	int segment; /* index into campaign.segments */
	enum exposure_eligible eligible;
	struct decided_field *fields; /* as outline.fields */
	unsigned field_count;
	struct decided_slot *slots; /* as outline.slots */
	unsigned slot_count;
	struct decided_variant *variants; /* as outline.variants */
	unsigned variant_count;
	unsigned points;      /* intrusion score of what shows */
	unsigned identifying; /* fields of class identifying and up */
	bool replayed;
	struct decided_field *input;	      /* the least trusted that
						 decision_input gave out */
	const struct decide_request *request; /* a copy, in the arena */
	struct arena *arena;
	const struct outline *outline;
};

struct decide_request {
	const struct catalog *catalog;
	const struct campaign *campaign;
	const struct profile *profile; /* NULL: unknown recipient */
	bool erased; /* a tombstone stands where the profile was */
	const struct history *history; /* NULL: none */
	const struct outline *outline;
	struct span unit;    /* the normalised address */
	struct span channel; /* "" is "email" */
	int64_t now;
	int64_t heard;		 /* what the person had said by then counts;
				    0: by now */
	struct span arm;	 /* pretended arm, or "" */
	const struct span *seen; /* pretended exposures: block or option */
	size_t seen_count;
	/* Whether an option's condition is true, with only the decision's
	 * visible fields in sight: 1, 0, or -1 and err. Asked only for
	 * conditional options whose needed fields are visible. NULL: all
	 * conditions are true. */
	int (*option_test)(void *context, const struct decision *decision,
	    unsigned slot, unsigned option, struct err *err);
	/* The same for the condition of a stored block. */
	int (*block_test)(void *context, const struct decision *decision,
	    const struct block *block, struct err *err);
	/* The same for a segment of the campaign. */
	int (*segment_test)(void *context, const struct decision *decision,
	    unsigned segment, struct err *err);
	/* The value of a derived field, from decision_input: 1 and the text,
	 * 0: no value, -1. NULL: derived fields have no value. */
	int (*derive)(void *context, const struct decision *decision,
	    const struct field *field, struct arena *arena, struct span *value,
	    struct err *err);
	void *context;
};

/* 1: decided; 0: nothing may be mailed, decision->refusal says why; -1: a
 * condition failed or the arena is full. */
int decide(const struct decide_request *request, struct arena *arena,
    struct decision **decision, struct err *err);

/* Its first step alone, whether the person may be mailed, for which there need
 * be no outline: 1; 0, decision->refusal says why not; -1 (arena). */
int decide_refusal(const struct decide_request *request, struct arena *arena,
    struct decision **decision, struct err *err);

/* The recorded decision again, for a retry (I2): arm, lane, visible fields
 * and choices are the entry's; nothing is decided. What the entry names and
 * the outline or profile no longer has is absent. request->now is that of the
 * retry: what the person has said until then rules, and nothing else has
 * changed. 1; 0: the person now refuses; -1. */
int decide_replay(const struct decide_request *request,
    const struct exposure *recorded, struct arena *arena,
    struct decision **decision, struct err *err);

/* What is known of a person, whatever a copy may show of it: every field of
 * the outline is visible that can be relied on and is not special. For
 * conditions over people, which no copy asks. 0, or -1 (arena). */
int decide_known(const struct decide_request *request, struct arena *arena,
    struct decision **decision, struct err *err);

/* What the history must keep to replay it: every member of the entry but tag,
 * channel, state, state_at and edition, which stay as they are. Texts point
 * into arena, campaign and outline. 0 or -1 (arena). */
int decision_record(const struct decision *decision, int64_t now,
    struct arena *arena, struct exposure *entry, struct err *err);

/* The same of a copy that does not leave, whoever refused it: the enrolment
 * only. The person is dealt an arm even where nothing may be mailed. */
int decision_record_unsent(const struct decision *decision, int64_t now,
    struct arena *arena, struct exposure *entry, struct err *err);

/* What a refused decision is told with; bounced is the decision's own. */
struct refusal_names decision_names(const struct decision *decision);

/* What was decided about a field (name without "profile."); NULL where the
 * outline does not ask for it. Its value may be rendered only where absence
 * is ABSENCE_NONE: the one way from a profile into a rendering. */
const struct decided_field *decision_field(
    const struct decision *decision, struct span name);

/* Stable words for logs, records and JSON: "trust", "cap", "holdout", …;
 * "" for ABSENCE_NONE and LOSS_NONE. */
const char *absence_word(enum absence absence);
const char *loss_word(enum loss loss);

/* What tells people, a sentence without its end mark. */
const char *absence_text(enum absence absence);
const char *loss_text(enum loss loss);

/* What the data themselves lack, "too old"; NULL where they are no reason. */
const char *absence_lack(enum absence absence);

/* Stable words, as above. */
const char *lane_word(enum lane lane);
const char *feeling_word(enum feeling feeling);

/* A field as material for a derived one: its value may count even where its
 * class is above the copy's intensity, for the derived field has a class of
 * its own; never a special one, never a derived one. 1 and *field, 0 none,
 * -1 memory. Only for the derive callback. */
int decision_input(const struct decision *decision, struct span name,
    struct decided_field *field, struct err *err);

#endif
