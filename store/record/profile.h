/*
 * A profile is what sources have told about one person: consents,
 * objections, and observations of fields. It decodes into an arena and
 * encodes compactly; what a later version wrote is refused, not misread.
 */
#ifndef INLAY_STORE_PROFILE_H
#define INLAY_STORE_PROFILE_H

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/record/bounce.h"

enum consent_status { CONSENT_GRANTED, CONSENT_DENIED, CONSENT_REVOKED };

/* One statement about one purpose; the latest before now counts. */
struct consent {
	struct span type; /* the purpose: "email", "personalisation", … */
	enum consent_status status;
	int64_t at;	    /* Unix seconds */
	bool has_revoke_at; /* granted only until: */
	int64_t revoke_at;
	struct span source; /* who says so; may be empty */
};

/* How the text of a value is to be read. */
enum observed_type {
	OBSERVED_STRING,  /* UTF-8 as it is */
	OBSERVED_NUMBER,  /* as JSON writes numbers */
	OBSERVED_BOOLEAN, /* "true" or "false" */
	OBSERVED_DATE,	  /* ISO 8601 */
	OBSERVED_JSON	  /* a JSON array or object */
};

struct observation {
	struct span field; /* as the schema calls it */
	enum observed_type type;
	struct span value; /* text */
	struct span source;
	int64_t observed_at; /* Unix seconds */
	bool retracted;	     /* the source says there is none (a null) */
};

struct profile {
	struct span address; /* normalised */
	bool object_profiling;
	bool object_marketing;
	bool suppressed; /* bounced, complained, on a block list */
	bool restricted; /* stored, but not to be used (GDPR art. 18) */
	struct consent *consents; /* by type, then at */
	size_t consent_count;
	struct observation *observations; /* by field, then source */
	size_t observation_count;
	struct bounce *bounces; /* by day, see bounces_settle */
	size_t bounce_count;
	int64_t forgiven;   /* the last day whose bounces count no more */
	int64_t changed_at; /* newest merge, Unix seconds */
};

/* Reads a record's bytes; the profile points into them and the arena.
 * 0, or -1 with ERR_INPUT (malformed, or written by a newer version) or
 * ERR_MEMORY. */
int profile_decode(struct span bytes, struct arena *arena,
    struct profile *profile, struct err *err);

/* Appends the record's bytes. Lists in any order; they come out sorted.
 * 0, or -1 with ERR_INPUT (a value or the whole is too long) or ERR_MEMORY
 * when the buf is full. */
int profile_encode(const struct profile *profile, struct arena *arena,
    struct buf *out, struct err *err);

/* Brings an update into the profile, sorted, in the arena: per field and
 * source the newer observation stays, of equally old ones the update's;
 * consents of one type and moment likewise; objections, suppression,
 * restriction and bounces are added, never taken back (set the fields for
 * that), and what either has forgiven is.
 * 1 something changed, 0 nothing did, -1 memory. */
int profile_merge(struct profile *profile, const struct profile *update,
    struct arena *arena, struct err *err);

/* Adds a bounce, where its day is not forgiven and nothing worse stands there.
 * 1 something changed, 0 nothing did, -1 memory. */
int profile_bounce(struct profile *profile, const struct bounce *bounce,
    struct arena *arena, struct err *err);

/* Takes back the bounces up to that day, for good: reading the same log again
 * does not bring them back. */
void profile_forgive(struct profile *profile, int64_t day);

/* All observations of a field: *count of them, adjacent; NULL for none. */
const struct observation *profile_observations(
    const struct profile *profile, struct span field, size_t *count);

/* Takes all observations of a field away. 1 there were some, 0 none. */
int profile_forget(struct profile *profile, struct span field);

#endif
