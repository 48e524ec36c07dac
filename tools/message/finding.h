/*
 * Findings are what is wrong with a campaign or its message before anybody
 * gets it. Each belongs to a rule that the campaign may list under `waive:`;
 * the rule says how much it weighs. They are gathered, then told at once.
 */
#ifndef INLAY_TOOLS_FINDING_H
#define INLAY_TOOLS_FINDING_H

#include <stdio.h>

#include <jansson.h>

#include "store/catalog/catalog.h"

/* What a finding does to the mailing; the sections of a report. */
enum finding_kind {
	FINDING_STOPS,	 /* it should not leave like this */
	FINDING_COSTS,	 /* people get less than they could */
	FINDING_INFORMS, /* good to know */
	FINDING_KINDS
};

/* A rule by the name under which findings are told and waived. */
struct finding_rule {
	const char *rule;
	enum finding_kind kind; /* FINDING_KINDS: for information, and campaign
				   lint refuses the campaign for it */
};

/* Every rule, for the manual; the last has no name. */
extern const struct finding_rule finding_rules[];

struct found {
	const char *rule;
	enum finding_kind kind;
	bool waived;
	uint64_t people; /* it is about; 0: not about people */
	size_t nth;	 /* as they were found */
	struct span text;
};

struct findings {
	const struct catalog *catalog;
	const struct campaign *campaign;
	struct span campaign_header; /* as the settings name it */
	bool harden;		     /* as settings_harden says */
	struct arena *arena;	     /* keeps them */
	struct found *list;
	size_t count, room;
	uint64_t copies;   /* what shares of people are of; 0: none were made */
	unsigned problems; /* that stop the mailing and are not waived */
	unsigned lapses;   /* that campaign lint alone refuses, not waived */
};

/* Adds one; what it tells is one line. */
void finding(struct findings *findings, const char *rule, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* Adds one about that many people. */
void finding_of(struct findings *findings, const char *rule, uint64_t people,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds one at a place of the message, a block or the campaign. */
void finding_at(struct findings *findings, const char *rule, struct span where,
    unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Tells them all in three sections, most people first, in lines of at most 160
 * columns; empty sections are left out. */
void findings_print(struct findings *findings, FILE *out);

/* Sets a list in the object for each section: stops, costs, information. */
void findings_json(struct findings *findings, json_t *object);

#endif
