/*
 * A study is the one walk over everybody's history that a report is made
 * from: whom campaigns enrolled, and what those people did afterwards.
 *
 * S1 The unit is the person, whatever they were sent: what counts begins at
 *    the first enrolment in a version of a campaign, bounced or not.
 * S2 Windows are half open, [enrolment, enrolment + within). Whose window is
 *    still open is in no comparison.
 * S3 What answers one mail (click, reply, unsubscribe, complaint) counts for
 *    the campaign of that mail. Everything else counts by its time alone:
 *    what it is ascribed to may be an effect of the arm.
 * S4 What comes after the moment of the study has not happened yet.
 * S5 What robots did (response_aside) counts nowhere.
 */
#ifndef INLAY_TOOLS_STUDY_H
#define INLAY_TOOLS_STUDY_H

#include "store/catalog/catalog.h"
#include "tools/measure/sums.h"

/* Campaigns that are looked at as one. */
enum pool_kind { POOL_NONE, POOL_TOPIC, POOL_HOLDOUT };

struct study_options {
	const struct catalog *catalog;
	int64_t now;
	int64_t since;	     /* of first enrolments; INT64_MIN: all */
	struct span segment; /* only its people; "" all */
	enum pool_kind pool;
	struct span pooled; /* the topic or the seed */
};

struct study;

/* NULL: memory. The options' catalog outlives it. */
struct study *study_new(const struct study_options *options, struct err *err);
void study_free(struct study **study);

/* One person; the arena is for what is needed until it returns. 0 or -1. */
int study_add(struct study *study, const struct history *history,
    struct arena *arena, struct err *err);

/* What it came to. */
struct sums *study_sums(struct study *study);

/* The campaign whose goal the pool takes: the first of it that says one; NULL
 * where none does. Those with another goal are in no pool. */
const struct campaign *study_pooled(const struct study *study);

/* Whether a campaign is in the pool. */
bool study_pools(const struct study *study, const struct campaign *campaign);

/* Whether it is left out of it for its goal alone. */
bool study_leaves_out(
    const struct study *study, const struct campaign *campaign);

#endif
