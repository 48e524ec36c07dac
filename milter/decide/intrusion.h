/*
 * Holds a copy to the campaign's intrusion budget: the least useful pieces
 * go neutral first, a slot among them then shows its next option that fits,
 * and what is left over of what they asked for becomes absent.
 */
#ifndef INLAY_MILTER_INTRUSION_H
#define INLAY_MILTER_INTRUSION_H

#include "milter/decide/choose.h"

/* After the slots are chosen. Sets points, identifying, and which fields
 * show. 0, or -1. */
int intrusion_hold(
    struct decision *decision, struct chooser *chooser, struct err *err);

#endif
