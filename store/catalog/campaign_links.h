/*
 * The `links:` of a campaign: on which domains a link carries a mark.
 */
#ifndef INLAY_STORE_CAMPAIGN_LINKS_H
#define INLAY_STORE_CAMPAIGN_LINKS_H

#include "store/catalog/campaign.h"

/* Its keys, for the manual. */
extern const struct yaml_rule campaign_link_rules[];

/* Reads the node into the campaign. 0 or -1. */
int campaign_links_read(const struct yaml_reader *reader,
    const struct yaml *node, void *into, struct err *err);

/* Whether links to that host, normalised, carry the mark. A domain does not
 * stand for those below it. */
bool campaign_links_own(const struct campaign_links *links, struct span host);

#endif
