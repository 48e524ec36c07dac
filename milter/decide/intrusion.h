/*
 * Holds a copy to the campaign's intrusion budget: the least useful pieces
 * go neutral first, and what only they asked for becomes absent.
 */
#ifndef INLAY_MILTER_INTRUSION_H
#define INLAY_MILTER_INTRUSION_H

#include "milter/decide/decide.h"

/* After the slots are chosen. Sets points, identifying, and which fields
 * show. 0, or -1 ERR_MEMORY. */
int intrusion_hold(struct decision *decision, struct err *err);

#endif
