/*
 * What a campaign is judged by and what things are worth: its goal and what
 * else is counted, and one list of costs in one currency. Both are parts of a
 * campaign's document.
 */
#ifndef INLAY_STORE_MEASURE_H
#define INLAY_STORE_MEASURE_H

#include "store/base/span.h"
#include "store/catalog/yaml.h"

/* Fewer responses in an arm, and its interval would not hold. */
#define MEASURE_RESPONSES 25

/* The most things that one campaign measures: goal, also and guards. */
#define MEASURE_GOALS 12

/* Something that people may do after they were mailed. */
struct goal {
	struct span event; /* the type of an event: "purchase", "click", … */
	int64_t within;	   /* seconds from the first enrolment, more than 0 */
	bool value;	   /* the money counts, not whether it happened */
	double cap; /* the most money that one person counts; 0: no cap */
	unsigned line, column; /* where it stands in the document */
};

struct measure {
	bool given;	   /* the campaign has a `measure:` */
	struct goal goal;  /* decides */
	struct goal *also; /* shown, never decides */
	size_t also_count;
	struct goal *guards; /* must not get worse */
	size_t guard_count;
	uint32_t min_days;	/* at least the longest window of `goal` */
	uint32_t said_days;	/* as written; 0: unsaid */
	uint32_t min_responses; /* in every arm, before an interval is told */
};

struct channel_cost {
	struct span channel;
	double cost;
};

struct costs {
	double response;      /* worth of one response without money */
	double margin;	      /* share of revenue that stays; 1 if unsaid */
	double loss;	      /* of a person who leaves */
	double complaint;     /* of one complaint */
	double send;	      /* of one personal copy */
	double content_hours; /* making the blocks, shared by their campaigns */
	double content_rate;  /* of an hour */
	double setup_hours;   /* making this campaign */
	double setup_rate;
	double fixed;
	double brand; /* an assumption, on a line of its own; may be < 0 */
	struct channel_cost *channels;
	size_t channel_count;
	unsigned former; /* bits: rows of costs_former that are written */
};

/* Keys of `costs:` that have other names today; the last has no former. */
struct former_cost {
	const char *former, *now;
};
extern const struct former_cost costs_former[];

/* What stands where a campaign says nothing. */
struct measure measure_unsaid(void);
struct costs costs_unsaid(void);

/* The nth of goal, also and guards; NULL past them. */
const struct goal *measure_goal(const struct measure *measure, size_t nth);

/* A map of the document into struct measure and struct costs. 0 or -1. */
yaml_call measure_read;
yaml_call costs_read;

/* Its keys, for the manual. */
extern const struct yaml_rule measure_rules[];
extern const struct yaml_rule goal_rules[];
extern const struct yaml_rule cost_rules[];

#endif
