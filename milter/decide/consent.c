#include "milter/decide/consent.h"

/* Whether one statement grants its purpose at that moment. */
static bool
statement_grants(const struct consent *statement, int64_t now)
{
	return statement->status == CONSENT_GRANTED &&
	       (!statement->has_revoke_at || statement->revoke_at > now);
}

/* The statement that counts; NULL where nobody made one. */
static const struct consent *
latest_statement(const struct profile *profile, struct span type, int64_t now)
{
	const struct consent *latest = NULL;

	for (size_t i = 0; i < profile->consent_count; i++) {
		const struct consent *one = &profile->consents[i];

		if (one->at > now || !span_eq(one->type, type))
			continue;
		if (latest == NULL || one->at > latest->at ||
		    (one->at == latest->at && !statement_grants(one, now)))
			latest = one;
	}
	return latest;
}

bool
consent_given(const struct profile *profile, struct span purpose, int64_t now)
{
	const struct consent *latest;

	if (purpose.len == 0)
		return true;
	latest = latest_statement(profile, purpose, now);
	return latest != NULL && statement_grants(latest, now);
}

bool
consent_refused(const struct profile *profile, struct span purpose, int64_t now)
{
	const struct consent *latest = latest_statement(profile, purpose, now);

	return latest != NULL && !statement_grants(latest, now);
}
