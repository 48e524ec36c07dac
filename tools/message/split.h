/*
 * What a campaign's split says and its message does not: variants that the
 * arm cannot choose, weights of wordings that nobody wrote, blocks that an arm
 * pins where they are no option.
 */
#ifndef INLAY_TOOLS_SPLIT_H
#define INLAY_TOOLS_SPLIT_H

#include "milter/decide/outline.h"
#include "tools/message/finding.h"

/* Adds what is wrong between findings->campaign and the outline. */
void split_look(struct findings *findings, const struct outline *outline);

#endif
