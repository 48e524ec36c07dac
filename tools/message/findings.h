/*
 * What is wrong with a message, found in its templates and its parts without
 * a recipient.
 */
#ifndef INLAY_TOOLS_FINDINGS_H
#define INLAY_TOOLS_FINDINGS_H

#include "tools/message/finding.h"

/* What the message's templates tell without a recipient: slots without a
 * neutral else, blocks that are not stored, fields that no schema knows, tags
 * without a default, raw uses, parts that leave encoded or should and cannot,
 * and what bulk.h finds. 0; -1: the message itself is refused, err says
 * why. */
int findings_message(struct findings *findings, struct span message,
    struct arena *arena, struct err *err);

#endif
