/*
 * Whether somebody's bounces suppress them, by the rule of the schema. Nothing
 * of it is stored: the bounces are, so that another rule judges them anew.
 */
#ifndef INLAY_MILTER_BOUNCED_H
#define INLAY_MILTER_BOUNCED_H

#include "store/base/buf.h"
#include "store/catalog/schema.h"
#include "store/record/profile.h"

/* The bounces that did it. */
struct bounced {
	bool hard;	/* by the rule of hard ones */
	uint32_t count; /* so many */
	int64_t last;	/* day of the last */
};

/* True where they suppress the person; *bounced, unless NULL, tells which. */
bool bounced_find(const struct profile *profile,
    const struct bounce_rules *rules, struct bounced *bounced);

/* Adds "1 hard bounce on 2026-11-03". */
void bounced_tell(const struct bounced *bounced, struct buf *text);

#endif
