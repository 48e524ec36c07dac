/*
 * Where a command that asks about a slot, and not for a mail, has it from: by
 * which campaign's rules, and by which tags, cut out of a mail or drawn from a
 * pool of blocks.
 */
#ifndef INLAY_TOOLS_SLOT_SOURCE_H
#define INLAY_TOOLS_SLOT_SOURCE_H

#include "store/catalog/catalog.h"
#include "tools/message/excerpt.h"

/* The campaign of --campaign, else of the mail that --message names, else the
 * only one that runs at that moment; it is of the catalog. 0, or -1: there is
 * no such, or nobody said which. */
int slot_source_campaign(struct cli *cli, const struct catalog *catalog,
    int64_t now, const struct campaign **campaign, struct err *err);

/* The slot's tags: those of the mail, or of all blocks of --pool, else of the
 * pool of its name. 0 or -1. */
int slot_source_tags(struct cli *cli, const struct catalog *catalog,
    const struct campaign *campaign, const char *slot, struct excerpt *excerpt,
    struct err *err);

/* Whether it may stand in a template and in a header. */
bool slot_source_name(const char *name);

#endif
