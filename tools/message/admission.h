/*
 * Admission is what inlayd asks of a message besides making a copy of it: the
 * header that makes it campaign mail, an allow rule that lets it through.
 * Commands ask the same, so that they refuse alike.
 */
#ifndef INLAY_TOOLS_ADMISSION_H
#define INLAY_TOOLS_ADMISSION_H

#include "milter/personalise.h"
#include "milter/settings.h"

/* Mail without the header passes unless every rule takes campaign mail only.
 * 0, or -1 ERR_CAMPAIGN. */
int admission_foreign(const struct settings *settings, struct err *err);

/* The request for the next rule that may let it through: the first where it
 * has none. Where the settings have no rule at all there is one request,
 * without a rule. 1, or 0 when all were asked. */
int admission_next(
    const struct settings *settings, struct personalise_request *request);

#endif
