/*
 * Findings are what is wrong with a campaign or its message before anybody
 * gets it. Each belongs to a rule that the campaign may list under `waive:`.
 */
#ifndef INLAY_TOOLS_FINDING_H
#define INLAY_TOOLS_FINDING_H

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

/* Tells one, or that it is waived; what it tells is one line. */
void finding(struct findings *findings, const char *rule, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

#endif
