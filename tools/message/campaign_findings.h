/*
 * What a campaign promises and cannot keep, told without people or message.
 */
#ifndef INLAY_TOOLS_CAMPAIGN_FINDINGS_H
#define INLAY_TOOLS_CAMPAIGN_FINDINGS_H

#include "tools/message/finding.h"

/* Adds the findings of the rules arms, control, window, caps and costs. */
void campaign_findings(struct findings *findings, int64_t now);

#endif
