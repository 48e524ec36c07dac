/*
 * Whether a copy may be measured: its links carry a mark only for whom that
 * is right, whichever arm the person is in.
 */
#ifndef INLAY_MILTER_MEASURED_H
#define INLAY_MILTER_MEASURED_H

#include "milter/decide/decide.h"

/* Whether the person consents to the purpose of the campaign's marks, as of
 * the decision and still, and objects to nothing: a retry never marks what
 * the first attempt did not. */
bool measured_allowed(const struct decide_request *request);

#endif
