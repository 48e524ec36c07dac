/*
 * Eligible is who can be moved by the campaign at all: in at least one arm
 * that is no control their copy would differ from the neutral one. It is
 * judged the same way in every arm, control and holdout included, or a
 * comparison of the eligible would compare different people.
 */
#ifndef INLAY_MILTER_ELIGIBLE_H
#define INLAY_MILTER_ELIGIBLE_H

#include "milter/decide/decide.h"

/* Sets decision->eligible, of a decision whose copy is decided. Decides copies
 * of other arms only where this one does not tell. 0 or -1. */
int eligible_judge(struct decision *decision, struct err *err);

#endif
