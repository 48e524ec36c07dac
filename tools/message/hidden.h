/*
 * What CSS hides in an HTML text. Filters take it for a trick, but for the
 * preview text with which nearly every newsletter begins.
 */
#ifndef INLAY_TOOLS_HIDDEN_H
#define INLAY_TOOLS_HIDDEN_H

#include "tools/message/finding.h"

/* Adds a finding of rule `hidden` for the first hidden element behind the
 * first text that shows. where: the part's title. */
void hidden_look(
    struct findings *findings, struct span where, struct span html);

#endif
