/*
 * Consent says whether a person may be mailed at all and whether the mail
 * may be personal. The latest statement before now counts for each purpose;
 * an objection (GDPR art. 21) is absolute.
 */
#ifndef INLAY_MILTER_CONSENT_H
#define INLAY_MILTER_CONSENT_H

#include "store/record/profile.h"

enum permission {
	PERMISSION_REJECT,  /* no mail */
	PERMISSION_NEUTRAL, /* mail without personal data */
	PERMISSION_PERSONAL
};

/* Whether the purpose is granted at that moment: the latest statement made
 * before it grants, and its revocation, if any, lies after it. Of several
 * made at once the one that grants least counts. */
bool consent_granted(const struct consent *consents, size_t count,
    struct span type, int64_t now);

/* What mailing needs the consent `mail` for, and personalising `purpose`;
 * an empty name needs none. */
enum permission consent_permission(const struct profile *profile,
    struct span mail, struct span purpose, int64_t now);

#endif
