/*
 * An audience is a Liquid condition over people: which profiles it is true
 * for. It is asked as a mail asks its conditions: of the same fields, tables
 * and thresholds. What a campaign may show of a person is another question.
 */
#ifndef INLAY_TOOLS_AUDIENCE_H
#define INLAY_TOOLS_AUDIENCE_H

#include "store/catalog/catalog.h"
#include "tools/cli.h"

struct audience;
struct profile;

struct audience_options {
	const struct catalog *catalog;	 /* must outlive the audience */
	const struct campaign *campaign; /* whose rules count, or NULL */
	int64_t now;
};

/* name is what the condition is called in errors. 0, or -1: not a
 * condition. */
int audience_open(struct cli *cli, const struct audience_options *options,
    struct span condition, const char *name, struct audience **audience,
    struct err *err);

/* What its condition asks for; lives as long as it. */
const struct manifest *audience_manifest(const struct audience *audience);

/* Ends it and clears the pointer; NULL is fine. */
void audience_close(struct audience **audience);

/* 1 true, 0 false, -1 failed. Not for two threads at once. */
int audience_test(struct audience *audience, const struct profile *profile,
    struct arena *arena, struct err *err);

#endif
