/*
 * Consent is what a person's statements come to: the latest up to now counts
 * for each purpose. Objections (GDPR art. 21) are absolute and decide's.
 */
#ifndef INLAY_MILTER_CONSENT_H
#define INLAY_MILTER_CONSENT_H

#include "store/record/profile.h"

/* Whether the person grants the purpose at that moment: the latest statement
 * made by then grants, and its revocation, if any, lies after it. Of several
 * made at once the one that grants least counts. A purpose without a name
 * needs nobody's consent. */
bool consent_given(
    const struct profile *profile, struct span purpose, int64_t now);

/* Whether the latest statement about the purpose takes it back or denies it;
 * who said nothing has not refused. */
bool consent_refused(
    const struct profile *profile, struct span purpose, int64_t now);

#endif
