/*
 * Choosing fills the slots: for every option the reason why it cannot show,
 * then one of the others by the rules of select.h.
 */
#ifndef INLAY_MILTER_CHOOSE_H
#define INLAY_MILTER_CHOOSE_H

#include "milter/decide/decide.h"

/* Chooses for all slots of the outline, in their order; without rotation
 * every slot shows its else. 0 or -1. */
int choose_slots(struct decision *decision, bool rotate, struct err *err);

#endif
