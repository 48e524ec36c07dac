/*
 * Findings are what is wrong with a campaign or its message before anybody
 * gets it. Each belongs to a rule that the campaign may list under `waive:`.
 */
#ifndef INLAY_TOOLS_FINDINGS_H
#define INLAY_TOOLS_FINDINGS_H

#include <stdio.h>

#include <jansson.h>

#include "store/catalog/catalog.h"

struct findings {
	const struct catalog *catalog;
	const struct campaign *campaign;
	struct span campaign_header; /* as the settings name it */
	FILE *out;		     /* told at once, or */
	json_t *list;		     /* gathered here */
	unsigned problems;	     /* that are not waived */
};

void finding(struct findings *findings, const char *rule, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* What the message's templates tell without a recipient: slots without a
 * neutral else, blocks that are not stored, fields that no schema knows, tags
 * without a default, raw uses, and what bulk_look() finds. 0; -1: the message
 * itself is refused, err says why. */
int findings_message(struct findings *findings, struct span message,
    struct arena *arena, struct err *err);

#endif
