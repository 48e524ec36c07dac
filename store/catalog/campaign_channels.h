/*
 * The `channels:` of a campaign: whom each channel may be used for, and when.
 */
#ifndef INLAY_STORE_CAMPAIGN_CHANNELS_H
#define INLAY_STORE_CAMPAIGN_CHANNELS_H

#include "store/catalog/campaign.h"

/* Its keys, for the manual. */
extern const struct yaml_rule campaign_channel_rules[];

/* Reads one channel. 0 or -1. */
int campaign_channel_read(const struct yaml_reader *reader,
    const struct yaml *node, void *into, struct err *err);

/* Whether the channel has no hours, or the moment lies in them as the clocks
 * show it. */
bool channel_open(
    const struct channel *channel, const struct zone *clocks, int64_t now);

#endif
