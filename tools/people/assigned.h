/*
 * Changing the split of a running experiment: people who were dealt an arm
 * keep it, and a report would mix two splits. So a campaign's document whose
 * split differs from the stored one is another version of the experiment.
 */
#ifndef INLAY_TOOLS_ASSIGNED_H
#define INLAY_TOOLS_ASSIGNED_H

#include "store/catalog/campaign.h"
#include "store/engine/engine.h"
#include "tools/cli.h"

/* Fails where the document, the campaign of that file, deals people out
 * differently from the stored one of this id and version, and some are
 * assigned already: their number is told. Walks over everybody only where it
 * does. What is stored and cannot be read may be replaced. 0 or -1. */
int assigned_check(struct cli *cli, const struct entry *document,
    const struct campaign *campaign, const char *file, struct err *err);

#endif
