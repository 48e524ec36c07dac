/*
 * Trust says what a field's value is worth. Each source's word weighs
 * weight x decay(age), an invalid or stale one nothing; the weightiest
 * survives, and sources that agree strengthen each other.
 */
#ifndef INLAY_MILTER_TRUST_H
#define INLAY_MILTER_TRUST_H

#include "store/base/arena.h"
#include "store/base/span.h"
#include "store/catalog/campaign.h"
#include "store/catalog/schema.h"
#include "store/record/profile.h"

/* Whether that confidence reaches the threshold, rounding forgiven. */
bool trust_reaches(double confidence, double threshold);

/* What a field needs: its own threshold, the campaign's, the schema's, the
 * first that is said. field and campaign may be NULL. */
double trust_threshold(const struct schema *schema,
    const struct campaign *campaign, const struct field *field);

/* What a person's field lacks to be relied on, the first that applies. */
enum shortfall {
	SHORTFALL_NONE,
	SHORTFALL_TRUST,   /* below the threshold */
	SHORTFALL_STALE,   /* nothing but what is too old */
	SHORTFALL_INVALID, /* nothing but invalid values */
	SHORTFALL_VALUE,   /* nothing at all */
	SHORTFALLS
};

/* Which value of which field, by whose rules. */
struct trust_question {
	const struct schema *schema;
	const struct campaign *campaign; /* NULL: none asks */
	const struct profile *profile;
	const struct field *field; /* NULL: not in the schema */
	struct span name;
	int64_t now;
};

struct trusted {
	const struct observation *value; /* the survivor, or NULL */
	double trust;			 /* of it, 0..1 */
	double threshold;
	bool conflict; /* believable sources disagree */
	enum shortfall shortfall;
};

/* The one rule of which value a field has and how far it is trusted, for mail
 * and commands alike. The arena is for people with many sources. 0, or -1
 * ERR_MEMORY. */
int trust_field(const struct trust_question *question, struct arena *arena,
    struct trusted *trusted, struct err *err);

#endif
