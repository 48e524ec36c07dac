/*
 * One person on the way through a study: what its parts share.
 */
#ifndef INLAY_TOOLS_WALKED_H
#define INLAY_TOOLS_WALKED_H

#include "tools/measure/study.h"

/* A campaign as the walk meets it. */
struct studied {
	const struct campaign *campaign;
	const struct goal *goals[SUMS_GOALS];
	size_t goal_count;
	bool pooled;
};

struct study {
	struct study_options options;
	struct sums sums;
	struct roll campaigns; /* name -> its place in list, plus 1 */
	struct studied *list;
	size_t count;
	const struct campaign *lead; /* of the pool */
};

/* The first enrolment of the person in a version of a campaign. */
struct anchor {
	const struct studied *studied;
	const struct exposure *entry;
	struct group_key key;
	bool control;
};

/* One person on the way through. */
struct walked {
	struct study *study;
	const struct history *history;
	const struct studied **whose;	 /* of each exposure; NULL: none */
	const struct studied **answered; /* by each response; NULL: unknown */
	struct anchor *anchors;
	size_t anchor_count;
};

/* What one person did of one goal in a stretch of time. */
struct deed {
	bool responded;
	double outcome;	 /* as it is compared: 1 or 0, or money from 0 up to
			  * the cap */
	double uncapped; /* 1 or 0, or the money less what was given back */
};

/* What of it is compared. */
struct reaction {
	bool closed, responded;
	double y, uncapped, before;
};

/* The campaign of that name; NULL: none that is stored. */
const struct studied *studied_of(struct study *study, struct span campaign);

/* The person's first enrolments. 0 or -1. */
int walked_anchors(struct walked *walked, struct arena *arena, struct err *err);

/* Adds what followed one of them to the sums. 0 or -1. */
int walked_add_anchor(
    struct walked *walked, const struct anchor *anchor, struct err *err);

bool walked_is_control(
    const struct studied *studied, const struct exposure *entry);

/* Which mail each response answers. 0 or -1. */
int walked_answers(struct walked *walked, struct arena *arena, struct err *err);

/* What they did within [from, until), the mail of that campaign sent. */
struct deed deed_between(const struct walked *walked,
    const struct studied *studied, const struct goal *goal, int64_t from,
    int64_t until);

/* Where the window of the goal ends that the anchor opens. */
int64_t deed_window_end(const struct anchor *anchor, const struct goal *goal);

struct reaction reaction_read(const struct walked *walked,
    const struct anchor *anchor, const struct goal *goal);

/* The blocks that the nth exposure showed. 0 or -1. */
int walked_add_blocks(struct walked *walked, size_t nth, struct err *err);

/* The person's part of the campaigns that are looked at as one. */
void walked_add_pool(struct walked *walked);

#endif
