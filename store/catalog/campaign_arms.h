/*
 * The split of a campaign: its arms with what they pin, the variants that have
 * a hash of their own, and whether two documents deal people out alike.
 */
#ifndef INLAY_STORE_CAMPAIGN_ARMS_H
#define INLAY_STORE_CAMPAIGN_ARMS_H

#include "store/catalog/campaign.h"

/* Their keys, for the manual. */
extern const struct yaml_rule campaign_arm_rules[];
extern const struct yaml_rule campaign_variant_rules[];

/* One arm, one variant, from the node. 0 or -1. */
int campaign_arm_read(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err);
int campaign_variant_read(const struct yaml_reader *reader,
    const struct yaml *node, void *into, struct err *err);

/* Makes shares of the arms' weights; where there are no arms everybody is
 * personalised. 0, or -1: the same name twice, no weight, or a variant of the
 * campaign that has the name of an arm. */
int campaign_share_out(const struct yaml_reader *reader,
    const struct yaml *root, struct campaign *campaign, struct err *err);

/* Whether both put everybody into the same arm: names, order, shares, seed and
 * which of them are controls. */
bool campaign_arms_deal_alike(
    const struct campaign *one, const struct campaign *other);

/* The same of a variant, also where neither or one of them lists it; versions
 * that differ make a new deal, which is no change of the old one. */
bool campaign_variant_deals_alike(
    const struct campaign *one, const struct campaign *other, struct span name);

#endif
