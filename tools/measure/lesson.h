/*
 * Lessons are gathered in one walk over everybody's history: what clusters of
 * people were sent of a topic, personal or neutral by lot, and did then.
 */
#ifndef INLAY_TOOLS_LESSON_H
#define INLAY_TOOLS_LESSON_H

#include "store/catalog/catalog.h"
#include "store/record/history.h"
#include "tools/measure/learning.h"
#include "tools/measure/sums.h"

/* A cell with its names, and when what it was learned of left. */
struct lesson {
	struct span cluster, topic;
	struct learned_cell cell;
	int64_t from, until;
};

struct lessons {
	struct sums sums;  /* for its names */
	struct roll cells; /* cluster and topic -> struct lesson */
	int64_t since;	   /* of copies; INT64_MIN: all */
};

int lessons_init(struct lessons *lessons, int64_t since, struct err *err);
void lessons_deinit(struct lessons *lessons);

/* One person. Only copies count that were eligible, left, and were personal
 * or neutral by lot alone: by the arm, the control, the holdout. 0 or -1. */
int lessons_add(
    struct lessons *lessons, const struct history *history, struct err *err);

/* The lessons by topic and cluster, their cells filled at the costs of the
 * topic's campaigns in the catalog. 0 or -1. */
int lessons_finish(struct lessons *lessons, const struct catalog *catalog,
    struct arena *arena, struct lesson **list, size_t *count, struct err *err);

#endif
