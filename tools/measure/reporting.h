/*
 * What the parts of a report share while its tree is made.
 */
#ifndef INLAY_TOOLS_REPORTING_H
#define INLAY_TOOLS_REPORTING_H

#include <jansson.h>

#include "tools/measure/arms.h"
#include "tools/measure/report.h"

#define REPORT_ALPHA 0.05
#define REPORT_POWER 0.8

struct reporting {
	const struct report_ask *ask;
	const struct campaign *campaign;
	const struct measure *measure;
	const struct arms *arms;
	struct arm_sums control, treated; /* each side as one arm */
	double people;	/* enrolled that are compared, of all arms */
	double planned; /* that the sequence of both sides is tuned to */
	bool alarm;	/* of the sample ratio */
	bool early;	/* min_days are not over */
	struct comparison best; /* of the goal: the arm that decides */
	struct span best_arm;	/* "" none */
};

/* What a number is of, which says how it is written. */
extern const char unit_rate[];	 /* a share of people */
extern const char unit_points[]; /* a difference of two shares */
extern const char unit_money[];

/* Of a goal's mean, and of a difference of two. */
const char *unit_of_mean(const struct goal *goal);
const char *unit_of_difference(const struct goal *goal);

/* A number as a report tells it: of how many people, how many of them did it,
 * between what, and by which method. NULL for an interval there is none of; k
 * below 0 where nothing is counted. */
struct figure {
	double value, n, k;
	const char *unit;
	const struct interval *interval;
	const char *method;
};
json_t *report_figure(const struct figure *figure);

/* A number; null for what is none. */
json_t *report_real(double value);
json_t *report_count(uint64_t count);

/* A stretch of time in days. */
json_t *report_days(int64_t seconds);

/* Sets what every report begins with. */
void report_head(json_t *tree, const struct report_ask *ask);

/* One goal over the arms; also sets what decides where it is the goal. alpha
 * is each comparison's. */
json_t *report_effect(struct reporting *reporting, size_t goal, double alpha);

/* The goals that decide nothing, over the arms: they share alpha. */
json_t *report_also(struct reporting *reporting);

/* The lists "segments" and "clusters", and the map of clusters by topics. */
json_t *report_segments(const struct reporting *reporting);
json_t *report_clusters(const struct reporting *reporting);
json_t *report_heat(const struct reporting *reporting);

/* The difference as it grew, a point for each day that a window closed. */
json_t *report_series(const struct reporting *reporting);

/* What the test can see. */
json_t *report_power(const struct reporting *reporting);

/* Whether it is known what a response is worth. */
bool report_worth(const struct reporting *reporting);

/* Costs and gains; sets word to "pays", "does not pay", "not proven". */
json_t *report_money(const struct reporting *reporting, const char **word);

/* How people answered to a block shown to them the nth time. */
json_t *report_showings(const struct reporting *reporting);

#endif
