#include "tools/people/survivor.h"

#define SOURCES_MAX 64 /* testimonies weighed of one field */
#define NO_RANK 1000

struct survivor
survivor_find(const struct schema *schema, const struct profile *profile,
    struct span name, const struct field *field, int64_t now)
{
	struct testimony testimonies[SOURCES_MAX];
	struct survivor found = { .seen = NULL };
	struct trust trust;
	double threshold = schema->min_trust;
	size_t count;
	const struct observation *seen =
	    profile_observations(profile, name, &count);

	if (field && field->min_trust >= 0)
		threshold = field->min_trust;
	if (count > SOURCES_MAX)
		count = SOURCES_MAX;
	for (size_t i = 0; i < count; i++) {
		const struct source *source =
		    schema_source(schema, seen[i].source);

		testimonies[i] = (struct testimony){ .source = seen[i].source,
			.value = seen[i].value,
			.at = seen[i].observed_at,
			.valid = !seen[i].retracted &&
				 (!field || !field_fault(field, seen[i].value)),
			.quality = schema_quality(schema, seen[i].source, name),
			.rank = source ? source->rank : NO_RANK };
	}
	trust = trust_survivor(testimonies, count, now);
	found.conflict = trust.conflict;
	found.confidence = trust.confidence;
	if (trust.survivor < 0)
		return found;
	found.seen = &seen[trust.survivor];
	found.usable = trust_usable(&trust, threshold);
	return found;
}
