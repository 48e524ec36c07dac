/*
 * A copy is what one arm would have a person see: how personal it may be, its
 * fields, slots and variants. The arm is given; whoever wants to know what
 * another arm would show asks for another copy.
 */
#ifndef INLAY_MILTER_COPY_H
#define INLAY_MILTER_COPY_H

#include "milter/decide/decide.h"

/* Sets all of the decision that follows from holdout, lane and arm. 0 or
 * -1. */
int copy_decide(struct decision *decision, struct err *err);

/* What the person has to say about personal mail, whatever the arm. */
enum absence copy_person_absence(const struct decide_request *request);

/* Until when the person is listened to. */
int64_t copy_heard_by(const struct decide_request *request);

/* Why the copy is as personal as it is, as an entry says it. */
enum exposure_reason copy_reason(const struct decision *decision);

#endif
