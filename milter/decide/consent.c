#include "milter/decide/consent.h"

/* Whether one statement grants its purpose at that moment. */
static bool
statement_grants(const struct consent *statement, int64_t now)
{
	return statement->status == CONSENT_GRANTED &&
	       (!statement->has_revoke_at || statement->revoke_at > now);
}

static bool
granted(
    const struct consent *consents, size_t count, struct span type, int64_t now)
{
	const struct consent *latest = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct consent *one = &consents[i];

		if (one->at > now || !span_eq(one->type, type))
			continue;
		if (latest == NULL || one->at > latest->at ||
		    (one->at == latest->at && !statement_grants(one, now)))
			latest = one;
	}
	return latest != NULL && statement_grants(latest, now);
}

bool
consent_given(const struct profile *profile, struct span purpose, int64_t now)
{
	return purpose.len == 0 ||
	       granted(profile->consents, profile->consent_count, purpose, now);
}
