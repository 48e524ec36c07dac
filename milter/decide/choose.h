/*
 * Choosing fills the slots: for every option the reason why it cannot show,
 * then of the others the unseen before the seen, the higher priority, the
 * least recently seen, the listed order; where nothing is eligible, `else`.
 */
#ifndef INLAY_MILTER_CHOOSE_H
#define INLAY_MILTER_CHOOSE_H

#include "milter/decide/decide.h"

struct chooser;

/* Chooses for all slots of the outline, in their order; without rotation
 * every slot shows its else. The chooser lives in the decision's arena. 0 or
 * -1. */
int choose_slots(struct decision *decision, bool rotate,
    struct chooser **chooser, struct err *err);

/* Chooses for one slot again, among what fits; the slots before it are
 * final. What is eligible and does not fit has LOSS_BUDGET. 0 or -1. */
int choose_again(struct chooser *chooser, unsigned slot,
    bool (*fits)(void *context, unsigned slot, unsigned option), void *context,
    struct err *err);

/* Whether it is that option, or that stored block, that the arm pins. */
bool pin_names(const struct pin *pin, const struct outline_option *option);

#endif
