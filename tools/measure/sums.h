/*
 * Sums are all that a report knows of people: how many, how many of them
 * responded, and for what; by campaign, version, arm, segment and cluster.
 * Their memory does not grow with the people.
 */
#ifndef INLAY_TOOLS_SUMS_H
#define INLAY_TOOLS_SUMS_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/catalog/campaign.h"
#include "store/record/history.h"
#include "tools/measure/roll.h"
#include "tools/measure/sample.h"

/* The most things that one campaign measures: goal, also and guards. */
#define SUMS_GOALS MEASURE_GOALS

/* Showings of a block beyond this one count as this one. */
#define SUMS_SHOWINGS 10

/* What one goal came to. An outcome is 1 or 0, or capped money. */
struct goal_sums {
	uint64_t people;	/* whose window is closed */
	uint64_t responded;	/* of these */
	uint64_t open;		/* whose window is still open */
	uint64_t open_so_far;	/* of these, responded already */
	double uncapped;	/* the sum of their outcomes without a cap */
	struct moments moments; /* of what they did, and did before */
};

struct group_key {
	uint32_t campaign, arm, segment, cluster; /* names */
	uint32_t version, eligible;		  /* enum exposure_eligible */
};

/* The people enrolled on the first day that anybody was, and on the next: a
 * number that is known early and that no later day moves. */
struct opening {
	int64_t day; /* since the epoch */
	uint64_t people[2];
};

struct group {
	uint64_t enrolled, bounced, clicked;
	int64_t first, last; /* moments of first enrolments */
	struct opening opening;
	struct goal_sums goals[SUMS_GOALS];
};

/* The people whose window of the goal closed on that day since the epoch. */
struct day_key {
	uint32_t campaign, arm, version, eligible;
	int64_t day;
};

struct day_sums {
	uint64_t people, responded;
	struct moments moments;
};

/* A block shown the nth time to people of an arm. */
struct showing_key {
	uint32_t campaign, block, nth, control;
};

struct showing_sums {
	uint64_t shown, responded;
};

/* A campaign whose copies show a block. */
struct use_key {
	uint32_t block, campaign;
};

/* Outcomes of enrolments in several campaigns, by who was personalised: 0 the
 * control, 1 the others. Variances are of people, who may have many. */
struct pool_sums {
	uint64_t people[2]; /* by the side of their first enrolment */
	uint64_t enrolments[2], responded[2], open;
	double sum[2]; /* of outcomes, y; m is the person's enrolments */
	double yy[2], ym[2], mm[2];
	double y0y1, y0m1, m0y1, m0m1;
	struct opening opening; /* of the first enrolments */
};

struct sums {
	struct arena *arena;
	struct roll names;    /* hash -> struct span; its number is the name */
	struct roll groups;   /* group_key -> group */
	struct roll days;     /* day_key -> day_sums */
	struct roll showings; /* showing_key -> showing_sums */
	struct roll uses;     /* use_key -> uint64_t exposures */
	struct roll folded;   /* name of a campaign -> uint64_t people */
	struct pool_sums pool[ELIGIBLES];
	uint64_t people, damaged;
	uint32_t currency; /* the name of the first that came; 0: none */
	bool mixed;	   /* another came, too */
};

/* 0, or -1 memory. */
int sums_init(struct sums *sums, struct err *err);
void sums_deinit(struct sums *sums);

/* The number of a name, from 1; 0 for "". UINT32_MAX: memory. */
uint32_t sums_name(struct sums *sums, struct span name);

/* And back. */
struct span sums_word(const struct sums *sums, uint32_t name);

/* The day since the epoch that a moment is in, of UTC. */
int64_t sums_day(int64_t moment);

/* One person, enrolled then. */
struct opening opening_of(int64_t moment);

/* How many people a confidence sequence is tuned to that is shown once each
 * of two arms has the responses needed: those of the opening, at least as many
 * as must respond. */
double opening_planned(const struct opening *opening, double needed);

/* Adds all of `from` into. */
void opening_add(struct opening *into, const struct opening *from);
void goal_sums_add(struct goal_sums *into, const struct goal_sums *from);
void group_add(struct group *into, const struct group *from);

#endif
