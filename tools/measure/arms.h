/*
 * The arms of one version of a campaign, as the sums have them: how many
 * people are in each and what they did; of everybody, of one segment or of
 * one cluster.
 */
#ifndef INLAY_TOOLS_ARMS_H
#define INLAY_TOOLS_ARMS_H

#include "tools/measure/comparison.h"
#include "tools/measure/evidence.h"
#include "tools/measure/sums.h"

#define ARMS_MAX 32 /* arms beyond are in no comparison */

struct arm_sums {
	struct span name;
	double share; /* of the people, as the campaign deals them */
	bool control;
	struct group by[ELIGIBLES];
};

/* Whose sums; UINT32_MAX stands for all. */
struct arms_of {
	uint32_t segment, cluster;
};

struct arms {
	const struct campaign *campaign;
	struct arm_sums list[ARMS_MAX];
	size_t count;
	size_t treated;	       /* arms that are no control and have a share */
	bool known;	       /* of anybody it is recorded whether eligible */
	struct group held_out; /* by the holdout over all campaigns */
	struct group outside;  /* in no lane, or elsewhere in the namespace */
	struct group gone;     /* in arms that the campaign has no more */
	uint64_t earlier;      /* people of other versions */
};

void arms_gather(const struct sums *sums, const struct campaign *campaign,
    struct arms_of of, struct arms *arms);

/* The sums of an arm that are compared: of the eligible, where it is known who
 * they are, otherwise of all. */
struct group arm_compared(const struct arms *arms, const struct arm_sums *arm);

/* Of all the arm's people. */
struct group arm_everybody(const struct arm_sums *arm);

/* All the control arms as one, with its share among them and the treated. */
struct arm_sums arms_control(const struct arms *arms);

/* All arms that are no control as one. */
struct arm_sums arms_treated(const struct arms *arms);

/* What an arm's people did of the nth goal, ready to be compared. */
struct comparison_arm arm_ready(
    const struct arms *arms, const struct arm_sums *arm, size_t goal);
struct comparison_arm group_ready(
    const struct goal *goal, const struct goal_sums *sums, double share);

/* The people that the sequence of two arms' difference is tuned to. */
double arms_planned(const struct arms *arms, const struct arm_sums *one,
    const struct arm_sums *other);

/* How the people fell upon the arms: of all, or of the eligible. Nothing but
 * one arm raises no alarm. */
struct sample_ratio arms_ratio(const struct arms *arms, bool eligible);

/* Whether either alarms. */
bool arms_alarm(const struct arms *arms);

#endif
