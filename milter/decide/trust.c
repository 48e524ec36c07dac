#include "milter/decide/trust.h"

#include <math.h>

#include "store/base/unicode.h"

/* What one source says about one field. */
struct testimony {
	struct span source;
	struct span value;
	int64_t at;
	bool valid;
	const struct quality *quality;
	unsigned rank; /* 1 wins ties */
};

struct trust {
	int survivor; /* index of the testimony, or -1 */
	double confidence;
	bool conflict;
};

#define SECONDS_A_DAY 86400.0
#define ROUNDING 1e-9
#define FEW 8 /* testimonies that need no allocation */

/* What of a source's weight is left after that many seconds, 0..1. */
static double
trust_decay(const struct quality *quality, int64_t age)
{
	double periods;

	if (age < 0)
		age = 0;
	if (!(quality->period_days > 0))
		return quality->decay == DECAY_NONE || age == 0 ? 1 : 0;
	periods = (double)age / SECONDS_A_DAY / quality->period_days;
	switch (quality->decay) {
	case DECAY_LINEAR:
		return periods < 1 ? 1 - periods : 0;
	case DECAY_HALF_LIFE:
		return pow(0.5, periods);
	case DECAY_NONE:
		break;
	}
	return 1;
}

/* What a testimony is worth by itself at that moment, 0..1. */
static double
trust_worth(const struct testimony *testimony, int64_t now)
{
	const struct quality *quality = testimony->quality;
	int64_t age;

	if (!testimony->valid)
		return 0;
	if (quality->decay == DECAY_NONE)
		return quality->weight / 100;
	if (__builtin_sub_overflow(now, testimony->at, &age))
		age = now < testimony->at ? 0 : INT64_MAX;
	return quality->weight / 100 * trust_decay(quality, age);
}

/* Whether one survives the other, their worths given. */
static bool
testimony_beats(const struct testimony *one, double worth,
    const struct testimony *other, double other_worth)
{
	if (worth != other_worth)
		return worth > other_worth;
	if (one->at != other->at)
		return one->at > other->at;
	return one->rank < other->rank;
}

static int
survivor_find(const struct testimony *testimonies, size_t count, int64_t now)
{
	int best = -1;
	double best_worth = 0;

	for (size_t i = 0; i < count; i++) {
		double worth = trust_worth(&testimonies[i], now);

		if (worth > 0 &&
		    (best < 0 || testimony_beats(&testimonies[i], worth,
				     &testimonies[best], best_worth))) {
			best = (int)i;
			best_worth = worth;
		}
	}
	return best;
}

/* The most that the source of testimony first says for the value, counted
 * where it speaks for it for the first time; 0 otherwise. */
static double
source_support(const struct testimony *testimonies, size_t count, size_t first,
    struct span value, int64_t now)
{
	double most = 0;

	for (size_t i = 0; i < count; i++) {
		double worth;

		if (!span_eq(testimonies[i].source, testimonies[first].source))
			continue;
		worth = trust_worth(&testimonies[i], now);
		if (!(worth > 0) || !unicode_same(testimonies[i].value, value))
			continue;
		if (i < first)
			return 0;
		if (worth > most)
			most = worth;
	}
	return most;
}

static struct trust
trust_survivor(const struct testimony *testimonies, size_t count, int64_t now)
{
	struct trust out = { survivor_find(testimonies, count, now), 0, false };
	double doubt = 1;
	struct span value;

	if (out.survivor < 0)
		return out;
	value = testimonies[out.survivor].value;
	for (size_t i = 0; i < count; i++) {
		if (!(trust_worth(&testimonies[i], now) > 0))
			continue;
		if (unicode_same(testimonies[i].value, value))
			doubt *= 1 - source_support(
					 testimonies, count, i, value, now);
		else
			out.conflict = true;
	}
	out.confidence = 1 - doubt;
	return out;
}

bool
trust_reaches(double confidence, double threshold)
{
	return confidence >= threshold - ROUNDING;
}

/* ---- a person's field ---- */

double
trust_threshold(const struct schema *schema, const struct campaign *campaign,
    const struct field *field)
{
	if (field != NULL && field->min_trust >= 0)
		return field->min_trust;
	if (campaign != NULL && campaign->min_trust >= 0)
		return campaign->min_trust;
	return schema->min_trust;
}

static bool
observation_stale(const struct field *field, int64_t at, int64_t now)
{
	int64_t age;

	return field != NULL && field->max_age > 0 &&
	       !__builtin_sub_overflow(now, at, &age) && age > field->max_age;
}

static enum shortfall
observation_shortfall(const struct trust_question *question,
    const struct observation *observation)
{
	const struct field *field = question->field;

	if (observation->retracted || observation->value.len == 0)
		return SHORTFALL_VALUE;
	if (observation_stale(field, observation->observed_at, question->now))
		return SHORTFALL_STALE;
	if (field != NULL && field_fault(field, observation->value) != NULL)
		return SHORTFALL_INVALID;
	return SHORTFALL_TRUST;
}

/* What the observation is worth as evidence; *least becomes the smaller
 * shortfall. */
static struct testimony
observation_testify(const struct trust_question *question,
    const struct observation *observation, enum shortfall *least)
{
	const struct schema *schema = question->schema;
	const struct source *source =
	    schema_source(schema, observation->source);
	enum shortfall own = observation_shortfall(question, observation);

	if (own < *least)
		*least = own;
	return (struct testimony){
		.source = observation->source,
		.value = observation->value,
		.at = observation->observed_at,
		.valid = own == SHORTFALL_TRUST,
		.quality =
		    schema_quality(schema, observation->source, question->name),
		.rank = source != NULL ? source->rank : UINT32_MAX,
	};
}

/* The survivor with its value as the schema's list spells it. 0 or -1. */
static int
spell(const struct trust_question *question, struct arena *arena,
    struct trusted *trusted, struct err *err)
{
	struct observation *spelled;
	struct span value;

	if (question->field == NULL || trusted->value == NULL)
		return 0;
	value = trusted->value->value;
	if (field_spelling(question->field, arena, &value, err) < 0)
		return -1;
	if (span_eq(value, trusted->value->value))
		return 0;
	spelled = ARENA_NEW(arena, struct observation);
	if (spelled == NULL)
		return err_set(err, ERR_MEMORY, "no memory for a value");
	*spelled = *trusted->value;
	spelled->value = value;
	trusted->value = spelled;
	return 0;
}

int
trust_field(const struct trust_question *question, struct arena *arena,
    struct trusted *trusted, struct err *err)
{
	struct testimony few[FEW], *said = few;
	enum shortfall least = SHORTFALL_VALUE;
	const struct observation *seen;
	struct trust trust;
	size_t count = 0;

	seen = profile_observations(question->profile, question->name, &count);
	if (count > FEW) {
		said = arena_calloc(arena, count, sizeof *said);
		if (said == NULL)
			return err_set(
			    err, ERR_MEMORY, "no memory for a field's sources");
	}
	for (size_t i = 0; i < count; i++)
		said[i] = observation_testify(question, &seen[i], &least);
	trust = trust_survivor(said, count, question->now);
	*trusted = (struct trusted){
		.value = trust.survivor >= 0 ? &seen[trust.survivor] : NULL,
		.trust = trust.confidence,
		.threshold = trust_threshold(
		    question->schema, question->campaign, question->field),
		.conflict = trust.conflict,
	};
	trusted->shortfall =
	    trusted->value != NULL &&
		    trust_reaches(trusted->trust, trusted->threshold)
		? SHORTFALL_NONE
		: least;
	return spell(question, arena, trusted, err);
}
