/*
 * An audience is a Liquid condition over people: which profiles it is true
 * for. Fields count by their surviving, trusted value; what a campaign may
 * show of them is another question.
 */
#ifndef INLAY_TOOLS_AUDIENCE_H
#define INLAY_TOOLS_AUDIENCE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct audience;
struct profile;
struct schema;

/* name is what the condition is called in errors. schema must outlive the
 * audience. 0, or -1: not a condition. */
int audience_open(struct span condition, const char *name,
    const struct schema *schema, int64_t now, struct audience **audience,
    struct err *err);
void audience_close(struct audience **audience);

/* 1 true, 0 false, -1 failed. Not for two threads at once. */
int audience_test(struct audience *audience, const struct profile *profile,
    struct arena *arena, struct err *err);

#endif
