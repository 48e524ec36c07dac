#include "tests/suites/decide/product.h"
#include "tests/suites/decide/vectors.h"

#include "milter/decide/assign.h"
#include "milter/decide/budget.h"
#include "milter/decide/census.h"
#include "milter/decide/sensitivity.h"
#include "milter/decide/trust.h"
#include "store/base/arena.h"
#include "store/base/regex.h"
#include "store/base/unicode.h"

#define DAY 86400.0

/* The contents of a case as stored blocks, by id. */
static size_t
blocks_of(const json_t *contents, struct block *blocks)
{
	size_t count = list_size(contents);

	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(contents, i);
		size_t at = i;

		for (; at > 0 &&
		       span_cmp(blocks[at - 1].id, text_at(one, "id")) > 0;
		     at--)
			blocks[at] = blocks[at - 1];
		blocks[at] = (struct block){ .id = text_at(one, "id"),
			.priority = number_at(one, "priority", 0),
			.cap = (uint32_t)number_at(one, "cap", 1),
			.window = time_at(one, "window", 0),
			.valid_from = time_at(one, "valid_from", INT64_MIN),
			.valid_until = time_at(one, "valid_until", INT64_MAX),
			.condition =
			    !truth_at(one, "segment", true)   ? SPAN("no")
			    : !truth_at(one, "data_ok", true) ? SPAN("data")
							      : SPAN("") };
	}
	return count;
}

bool
run_selection(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *shown = json_object_get(input, "exposures");
	struct block blocks[LIST_MAX];
	struct exposure exposures[LIST_MAX];
	struct exposure_slot slots[LIST_MAX];
	struct history history = { .exposures = exposures,
		.exposure_count = list_size(shown) };
	size_t count = blocks_of(json_object_get(input, "contents"), blocks);
	struct span got;

	for (size_t i = 0; i < history.exposure_count; i++) {
		const json_t *one = json_array_get(shown, i);

		slots[i] =
		    (struct exposure_slot){ .block = text_at(one, "content") };
		exposures[i] = (struct exposure){ .time = time_at(one, "t", 0),
			.state = span_eq(text_at(one, "state"), SPAN("bounced"))
				     ? EXPOSURE_BOUNCED
				     : EXPOSURE_DELIVERED,
			.slots = &slots[i],
			.slot_count = 1 };
	}
	got = pool_show(blocks, count, &history, time_at(input, "now", 0));
	return span_eq(text_at(test, "expect"),
	    got.len != 0 ? got : text_at(input, "fallback"));
}

/* Whether enrol() puts the unit where a case of version 2 says. */
static bool
enrols_as_expected(const json_t *test, const char *key, struct span unit,
    const double *shares, size_t count)
{
	const json_t *expected = json_object_get(test, key);
	struct experiment experiment;
	struct enrolled got;

	experiment_make(&experiment, text_at(test, "seed"), shares, count);
	got = experiment_enrol(&experiment, unit, NULL);
	return number_at(test, "bucket", -1) == got.bucket &&
	       (expected == NULL || json_integer_value(expected) == got.arm);
}

bool
run_hash_v2(const json_t *test)
{
	static const double halves[] = { 0.5, 0.5 };
	static const double tenths[] = { 0.1, 0.45, 0.45 };
	const json_t *holdout = json_object_get(test, "holdout5");
	struct span unit = text_at(test, "unit");
	struct experiment experiment;
	double bucket;

	if (number_at(test, "version", 2) != 2)
		return assign_bucket(text_at(test, "seed"), unit,
			   (unsigned)number_at(test, "version", 2), &bucket) &&
		       number_at(test, "bucket", -1) == bucket;
	experiment_make(&experiment, SPAN("x"), halves, 2);
	experiment.campaign.holdout_seed = text_at(test, "seed");
	experiment.campaign.holdout = 0.05;
	return (holdout == NULL ||
		   json_is_true(holdout) ==
		       experiment_enrol(&experiment, unit, NULL).holdout) &&
	       enrols_as_expected(test, "var_50_50", unit, halves, 2) &&
	       enrols_as_expected(test, "var_10_45_45", unit, tenths, 3);
}

bool
run_consent(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *list = json_object_get(input, "consents");
	struct consent consents[LIST_MAX];
	struct profile profile = { .consents = consents };
	struct span expect = text_at(test, "expect");

	profile.consent_count = list_size(list);
	for (size_t i = 0; i < profile.consent_count; i++) {
		const json_t *one = json_array_get(list, i);
		struct span status = text_at(one, "status");

		consents[i] = (struct consent){
			.type = text_at(one, "type"),
			.status =
			    span_eq(status, SPAN("GRANTED"))  ? CONSENT_GRANTED
			    : span_eq(status, SPAN("DENIED")) ? CONSENT_DENIED
							      : CONSENT_REVOKED,
			.at = time_at(one, "status_t", 0),
			.has_revoke_at =
			    json_is_number(json_object_get(one, "revoke_t")),
			.revoke_at = time_at(one, "revoke_t", 0),
		};
	}
	profile.object_profiling = truth_at(input, "object_profiling", false);
	profile.object_marketing = truth_at(input, "object_marketing", false);
	profile.suppressed = truth_at(input, "suppressed", false);
	return span_eq(person_permission(&profile, SPAN("email"),
			   SPAN("personalisation"), time_at(input, "now", 0)),
	    span_eq(expect, SPAN("reject")) || span_eq(expect, SPAN("neutral"))
		? expect
		: SPAN("personal"));
}

bool
run_sensitivity(const json_t *test)
{
	const json_t *in = json_object_get(test, "input");
	static const char *const states[] = { "suppress", "neutral",
		"personalise" };
	struct sensitivity asked = {
		.personal = { number_at(in, "pi_p", 0),
		    number_at(in, "psi_p", 0), number_at(in, "n_p", 0),
		    number_at(in, "s_p", 0), number_at(in, "l_p", 0) },
		.generic = { number_at(in, "pi_g", 0),
		    number_at(in, "psi_g", 0), number_at(in, "n_g", 0),
		    number_at(in, "s_g", 0), number_at(in, "l_g", 0) },
		.value = number_at(in, "v", 0),
		.loss = number_at(in, "L", 0),
		.cost = number_at(in, "c", 0),
		.cell_gain = number_at(in, "H_cell", 0),
		.cell_deviation = number_at(in, "sd_cell", 0),
		.objected = truth_at(in, "objection", false) ||
			    truth_at(in, "objected", false) ||
			    truth_at(in, "object_profiling", false),
	};
	struct sensitivity_verdict out = sensitivity_judge(&asked);
	json_t *got = json_pack("{s:[f,f], s:[f,f], s:f, s:f, s:f, s:f, s:f, "
				"s:f, s:s, s:s}",
	    "post_resp", out.response[0], out.response[1], "post_loss",
	    out.losing[0], out.losing[1], "H", out.gain, "sd", out.deviation,
	    "p_harm_individual", out.harm_individual, "p_gain_individual",
	    out.gain_individual, "p_harm_cell", out.harm_cell, "p_gain_cell",
	    out.gain_cell, "state", states[out.state], "why", out.why);
	bool passes = same(json_object_get(test, "expect"), got, 1e-9);

	json_decref(got);
	return passes;
}

/* The index of a field among the names the case gives a class. */
static unsigned
field_index(const json_t *fields, const char *name, size_t count)
{
	const char *key;
	json_t *value;
	unsigned index = 0;

	json_object_foreach((json_t *)(uintptr_t)fields, key, value)
	{
		if (strcmp(key, name) == 0)
			return index;
		index++;
	}
	return (unsigned)count - 1;
}

bool
run_budget(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *fields = json_object_get(input, "fields");
	const json_t *blocks = json_object_get(input, "blocks");
	static unsigned used[LIST_MAX][LIST_MAX];
	struct budget_piece pieces[LIST_MAX];
	enum field_class classes[LIST_MAX];
	unsigned char counted[LIST_MAX];
	size_t count = list_size(blocks), known = 0;
	json_t *got = json_pack("{s:[], s:[]}", "personalised", "neutralised");
	json_t *value;
	const char *key;
	struct budget left;
	bool passes;

	json_object_foreach((json_t *)(uintptr_t)fields, key,
	    value) if (known < LIST_MAX - 1) classes[known++] =
	    (enum field_class)json_integer_value(value);
	classes[known++] = CLASS_PUBLIC; /* a field without a class */
	for (size_t i = 0; i < count; i++) {
		const json_t *block = json_array_get(blocks, i);
		const json_t *names = json_object_get(block, "fields");

		pieces[i] = (struct budget_piece){ used[i], list_size(names),
			number_at(block, "utility", 0), false };
		for (size_t j = 0; j < pieces[i].field_count; j++)
			used[i][j] = field_index(fields,
			    json_string_value(json_array_get(names, j)), known);
	}
	left = budget_fit(pieces, count, classes, known,
	    number_at(input, "budget", 0), number_at(input, "max_1to1", 0),
	    counted);
	for (size_t i = 0; i < count; i++)
		json_array_append(
		    json_object_get(got,
			pieces[i].neutral ? "neutralised" : "personalised"),
		    json_object_get(json_array_get(blocks, i), "id"));
	json_object_set_new(got, "score", json_integer(left.points));
	json_object_set_new(got, "n_1to1", json_integer(left.identifying));
	passes = same_sets(json_object_get(test, "expect"), got);
	json_decref(got);
	return passes;
}

/* The sources of a case as a schema has them, by name. */
static size_t
sources_of(const json_t *rules, struct source *sources)
{
	const char *name;
	json_t *rule;
	size_t count = 0;

	json_object_foreach((json_t *)(uintptr_t)rules, name, rule)
	{
		struct span decay = text_at(rule, "decay");
		size_t at = count;

		if (count == LIST_MAX)
			break;
		count++;
		for (; at > 0 &&
		       span_cmp(sources[at - 1].name, span_str(name)) > 0;
		     at--)
			sources[at] = sources[at - 1];
		sources[at] = (struct source){ .name = span_str(name),
			.quality = { number_at(rule, "weight", 0),
			    span_eq(decay, SPAN("linear")) ? DECAY_LINEAR
			    : span_eq(decay, SPAN("half_life"))
				? DECAY_HALF_LIFE
				: DECAY_NONE,
			    number_at(rule, "period_days", 0) },
			.rank = (unsigned)number_at(rule, "rank", LIST_MAX) };
	}
	return count;
}

static bool
trust_as_expected(const json_t *test, const struct trusted *out)
{
	const struct observation *best = out->value;
	json_t *got = json_pack("{s:o, s:f, s:b, s:b, s:o}", "value",
	    json_text(best ? best->value : SPAN_NONE), "confidence", out->trust,
	    "usable", out->shortfall == SHORTFALL_NONE, "conflict",
	    out->conflict, "source",
	    json_text(best ? best->source : SPAN_NONE));
	bool passes = same(json_object_get(test, "expect"), got, 1e-9);

	json_decref(got);
	return passes;
}

bool
run_trust(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *list = json_object_get(input, "observations");
	static struct source sources[LIST_MAX];
	struct observation seen[LIST_MAX];
	struct schema schema = { .sources = sources };
	struct field field = { .name = SPAN("field") };
	struct profile profile = { .observations = seen,
		.observation_count = list_size(list) };
	struct trust_question question = { .schema = &schema,
		.profile = &profile,
		.field = &field,
		.name = field.name,
		.now = time_at(input, "now", 0) };
	struct arena *arena = arena_new(1 << 20);
	struct trusted out;
	struct err err = ERR_INIT;
	bool passes;

	field.min_trust = number_at(input, "threshold", 0);
	schema.source_count =
	    sources_of(json_object_get(input, "quality"), sources);
	for (size_t i = 0; i < profile.observation_count; i++) {
		const json_t *one = json_array_get(list, i);

		seen[i] = (struct observation){ .field = field.name,
			.value = text_at(one, "value"),
			.source = text_at(one, "source"),
			.observed_at = time_at(one, "t", 0),
			.retracted = !truth_at(one, "valid", true) };
	}
	passes = trust_field(&question, arena, &out, &err) == 0 &&
		 trust_as_expected(test, &out);
	arena_free(&arena);
	return passes;
}

/* A rate, or null where there is nothing to be a part of. */
static json_t *
rate(uint64_t part, uint64_t whole)
{
	return whole ? json_real((double)part / (double)whole) : json_null();
}

static bool
is_placeholder(const json_t *list, struct span text)
{
	size_t index;
	json_t *one;

	json_array_foreach(
	    list, index, one) if (unicode_same(text, text_of(one))) return true;
	return false;
}

static json_t *
quality_report(struct census *census)
{
	struct census_report out = census_report(census);
	json_t *got = json_pack("{s:I, s:f, s:o, s:o, s:o, s:o, s:f, s:o, "
				"s:o, s:f}",
	    "n", (json_int_t)out.count, "fill_rate",
	    out.count ? (double)out.filled / (double)out.count : 0.0,
	    "validity_rate", rate(out.valid, out.filled), "suspicious_rate",
	    rate(out.placeholders, out.filled), "top_value",
	    out.filled ? json_text(out.top) : json_null(), "top_share",
	    rate(out.top_count, out.filled), "entropy_bits", out.entropy,
	    "median_age_days",
	    out.filled ? json_real(out.median_age / DAY) : json_null(),
	    "fresh_rate", rate(out.fresh, out.filled), "usable_rate",
	    out.count ? (double)out.usable / (double)out.count : 0.0);

	return got;
}

bool
run_quality(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *values = json_object_get(input, "values");
	struct arena *arena = arena_new(1 << 20);
	struct census *census = census_new(1 << 24, time_at(input, "now", 0),
	    (int64_t)(number_at(input, "max_age_days", 0) * DAY));
	struct regex *regex = NULL;
	bool passes = false;
	size_t index;
	json_t *one, *got;

	if (regex_compile(text_at(input, "pattern"), arena, &regex, NULL) < 0)
		goto out;
	json_array_foreach(values, index, one)
	{
		struct census_value value = { text_at(one, "v"),
			time_at(one, "t", 0), false, false };

		value.valid = regex_matches(regex, value.text);
		value.placeholder = is_placeholder(
		    json_object_get(input, "placeholders"), value.text);
		census_add(census, &value, NULL);
	}
	got = quality_report(census);
	passes = same(json_object_get(test, "expect"), got, 1e-9);
	json_decref(got);
out:
	census_free(&census);
	arena_free(&arena);
	return passes;
}
