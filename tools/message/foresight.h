/*
 * What a campaign's split will be able to see, told before anything is sent:
 * from the people who may be compared, at a rate that many mailings have.
 */
#ifndef INLAY_TOOLS_FORESIGHT_H
#define INLAY_TOOLS_FORESIGHT_H

#include "tools/message/finding.h"

/* Adds what so many eligible people can show, and a share of control that
 * shows more. A campaign without control, and nobody, tell nothing. */
void foresight_tell(struct findings *findings, uint64_t eligible);

#endif
