/*
 * Placeholders of other mailing systems, which no template engine of ours
 * reads: they would reach people as they stand.
 */
#ifndef INLAY_TOOLS_FOREIGN_H
#define INLAY_TOOLS_FOREIGN_H

#include "tools/message/finding.h"

/* Adds a finding of rule `placeholder` for each system's first one in the
 * text. where: the part's title, or "header Subject". */
void foreign_look(
    struct findings *findings, struct span where, struct span text);

#endif
