/*
 * Runs decision vectors against our code: decide-suite [-v] FILE.json...
 * A file names its suite; one we do not implement is skipped, by name. Exit
 * 0 when nothing failed, 1 when something did, 2 for a file that is no suite.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/assign.h"
#include "milter/budget.h"
#include "milter/census.h"
#include "milter/consent.h"
#include "milter/select.h"
#include "milter/sensitivity.h"
#include "milter/trust.h"
#include "store/base/arena.h"
#include "store/base/regex.h"
#include "store/base/unicode.h"

#define LIST_MAX 256 /* items of any list in a vector */
#define DAY 86400.0

/* ---- reading JSON ---- */

static struct span
text_of(const json_t *json)
{
	return span_of(json_string_value(json), json_string_length(json));
}

static struct span
text_at(const json_t *object, const char *key)
{
	return text_of(json_object_get(object, key));
}

static double
number_at(const json_t *object, const char *key, double otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

static int64_t
time_at(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? (int64_t)json_number_value(value)
				     : otherwise;
}

static bool
truth_at(const json_t *object, const char *key, bool otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static size_t
list_size(const json_t *list)
{
	size_t count = json_array_size(list);

	return count < LIST_MAX ? count : LIST_MAX;
}

static json_t *
json_text(struct span text)
{
	return text.at ? json_stringn(text.at, text.len) : json_null();
}

static bool
close_to(double expected, double got, double relative, double absolute)
{
	return fabs(expected - got) <=
	       relative * fmax(fabs(expected), fabs(got)) + absolute;
}

/* Whether all that is expected is there, numbers within the tolerance. */
static bool
same(const json_t *expected, const json_t *got, double tolerance)
{
	const char *key;
	json_t *value;
	size_t index;

	if (json_is_number(expected))
		return json_is_number(got) &&
		       close_to(json_number_value(expected),
			   json_number_value(got), tolerance, 1e-300);
	if (json_is_object(expected)) {
		json_object_foreach((json_t *)(uintptr_t)expected, key,
		    value) if (!same(value, json_object_get(got, key),
				   tolerance)) return false;
		return true;
	}
	if (!json_is_array(expected))
		return json_equal(expected, got);
	if (json_array_size(expected) != json_array_size(got))
		return false;
	json_array_foreach(
	    expected, index, value) if (!same(value, json_array_get(got, index),
					    tolerance)) return false;
	return true;
}

/* The same, where the order of a list of strings says nothing. */
static bool
same_sets(const json_t *expected, const json_t *got)
{
	const char *key;
	json_t *value, *item, *other;
	size_t i, j;

	json_object_foreach((json_t *)(uintptr_t)expected, key, value)
	{
		const json_t *mine = json_object_get(got, key);

		if (!json_is_array(value)) {
			if (!same(value, mine, 0))
				return false;
			continue;
		}
		if (json_array_size(value) != json_array_size(mine))
			return false;
		json_array_foreach(value, i, item)
		{
			bool found = false;

			json_array_foreach(mine, j, other) found =
			    found || json_equal(item, other);
			if (!found)
				return false;
		}
	}
	return true;
}

/* ---- one function a suite: whether the case passes ---- */

static bool
run_selection(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *contents = json_object_get(input, "contents");
	const json_t *exposures = json_object_get(input, "exposures");
	struct candidate candidates[LIST_MAX];
	const json_t *order[LIST_MAX];
	size_t count = list_size(contents);
	int64_t now = time_at(input, "now", 0);
	int chosen;

	/* The vectors break the last tie by id, we by place in the list. */
	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(contents, i);
		size_t at = i;

		while (at > 0 && span_cmp(text_at(order[at - 1], "id"),
				     text_at(one, "id")) > 0) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = one;
	}
	for (size_t i = 0; i < count; i++) {
		struct candidate *c = &candidates[i];
		size_t index;
		json_t *shown;

		*c = (struct candidate){
			.eligible = truth_at(order[i], "segment", true) &&
				    truth_at(order[i], "data_ok", true),
			.valid_from =
			    time_at(order[i], "valid_from", INT64_MIN),
			.valid_until =
			    time_at(order[i], "valid_until", INT64_MAX),
			.cap = (uint32_t)number_at(order[i], "cap", 1),
			.priority = number_at(order[i], "priority", 0),
			.last = SELECT_NEVER,
		};
		json_array_foreach(exposures, index,
		    shown) if (span_eq(text_at(shown, "content"),
				   text_at(order[i], "id")) &&
			       !span_eq(
				   text_at(shown, "state"), SPAN("bounced")))
		    candidate_count(c, time_at(shown, "t", 0), now,
			time_at(order[i], "window", 0));
	}
	chosen = select_one(candidates, count, now);
	return span_eq(
	    text_at(test, "expect"), chosen < 0 ? text_at(input, "fallback")
						: text_at(order[chosen], "id"));
}

static bool
run_hash_v2(const json_t *test)
{
	static const double halves[] = { 0.5, 0.5 };
	static const double tenths[] = { 0.1, 0.45, 0.45 };
	struct assign_range two[2], three[3];
	json_t *got;
	double bucket;
	bool passes;

	if (!assign_bucket(text_at(test, "seed"), text_at(test, "unit"),
		(unsigned)number_at(test, "version", 2), &bucket))
		return false;
	assign_ranges(2, 1, halves, 2, two);
	assign_ranges(3, 1, tenths, 3, three);
	got = json_pack("{s:f, s:b, s:i, s:i}", "bucket", bucket, "holdout5",
	    bucket < 0.05, "var_50_50", assign_choose(bucket, two, 2),
	    "var_10_45_45", assign_choose(bucket, three, 3));
	passes = number_at(test, "bucket", -1) == bucket;
	for (size_t i = 0; i < 3; i++) {
		static const char *const keys[] = { "holdout5", "var_50_50",
			"var_10_45_45" };
		const json_t *expected = json_object_get(test, keys[i]);

		if (expected != NULL &&
		    !json_equal(expected, json_object_get(got, keys[i])))
			passes = false;
	}
	json_decref(got);
	return passes;
}

static bool
run_consent(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *list = json_object_get(input, "consents");
	struct consent consents[LIST_MAX];
	struct profile profile = { .consents = consents };
	struct span expect = text_at(test, "expect");
	enum permission permission;

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
	permission = consent_permission(&profile, SPAN("email"),
	    SPAN("personalisation"), time_at(input, "now", 0));
	if (span_eq(expect, SPAN("reject")))
		return permission == PERMISSION_REJECT;
	if (span_eq(expect, SPAN("neutral")))
		return permission == PERMISSION_NEUTRAL;
	return permission == PERMISSION_PERSONAL;
}

static bool
run_sensitivity(const json_t *test)
{
	const json_t *in = json_object_get(test, "input");
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
			    truth_at(in, "object_profiling", false),
	};
	struct sensitivity_verdict out = sensitivity_judge(&asked);
	json_t *got = json_pack("{s:[f,f], s:[f,f], s:f, s:f, s:f, s:f, s:f, "
				"s:f, s:s, s:s}",
	    "post_resp", out.response[0], out.response[1], "post_loss",
	    out.losing[0], out.losing[1], "H", out.gain, "sd", out.deviation,
	    "p_harm_individual", out.harm_individual, "p_gain_individual",
	    out.gain_individual, "p_harm_cell", out.harm_cell, "p_gain_cell",
	    out.gain_cell, "state", sensitivity_word(out.state), "why",
	    out.why);
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

static bool
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

static bool
run_trust(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	const json_t *list = json_object_get(input, "observations");
	const json_t *rules = json_object_get(input, "quality");
	struct testimony said[LIST_MAX];
	struct quality qualities[LIST_MAX];
	size_t count = list_size(list);
	struct trust out;
	const struct testimony *best = NULL;
	json_t *got;
	bool passes;

	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(list, i);
		const json_t *rule = json_object_get(
		    rules, json_string_value(json_object_get(one, "source")));
		struct span decay = text_at(rule, "decay");

		qualities[i] = (struct quality){ number_at(rule, "weight", 0),
			span_eq(decay, SPAN("linear"))	    ? DECAY_LINEAR
			: span_eq(decay, SPAN("half_life")) ? DECAY_HALF_LIFE
							    : DECAY_NONE,
			number_at(rule, "period_days", 0) };
		said[i] = (struct testimony){ text_at(one, "source"),
			text_at(one, "value"), time_at(one, "t", 0),
			truth_at(one, "valid", true) &&
			    json_is_string(json_object_get(one, "value")),
			rule ? &qualities[i] : NULL,
			(unsigned)number_at(rule, "rank", LIST_MAX) };
	}
	out = trust_survivor(said, count, time_at(input, "now", 0));
	if (out.survivor >= 0)
		best = &said[out.survivor];
	got = json_pack("{s:o, s:f, s:b, s:b, s:o}", "value",
	    json_text(best ? best->value : SPAN_NONE), "confidence",
	    out.confidence, "usable",
	    trust_usable(&out, number_at(input, "threshold", 0)), "conflict",
	    out.conflict, "source", json_text(best ? best->source : SPAN_NONE));
	passes = same(json_object_get(test, "expect"), got, 1e-9);
	json_decref(got);
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

static bool
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

/* ---- the public vectors: arrays, as published ---- */

static bool
run_public_hash(const json_t *test)
{
	const json_t *row = json_object_get(test, "case");
	const json_t *expect = json_array_get(row, 3);
	double bucket;

	if (!assign_bucket(text_of(json_array_get(row, 0)),
		text_of(json_array_get(row, 1)),
		(unsigned)json_number_value(json_array_get(row, 2)), &bucket))
		return json_is_null(expect);
	return json_is_number(expect) && json_number_value(expect) == bucket;
}

static size_t
numbers_of(const json_t *list, double *out)
{
	size_t count = list_size(list);

	for (size_t i = 0; i < count; i++)
		out[i] = json_number_value(json_array_get(list, i));
	return count;
}

static size_t
ranges_of(const json_t *list, struct assign_range *out)
{
	size_t count = list_size(list);

	for (size_t i = 0; i < count; i++) {
		double pair[LIST_MAX] = { 0, 0 };

		numbers_of(json_array_get(list, i), pair);
		out[i] = (struct assign_range){ pair[0], pair[1] };
	}
	return count;
}

static size_t
count_of(const json_t *number)
{
	double count = json_number_value(number);

	return count < 0 ? 0 : count < LIST_MAX ? (size_t)count : LIST_MAX;
}

static bool
run_public_ranges(const json_t *test)
{
	const json_t *row = json_object_get(test, "case");
	const json_t *input = json_array_get(row, 1);
	const json_t *coverage = json_array_get(input, 1);
	const json_t *weights = json_array_get(input, 2);
	struct assign_range expect[LIST_MAX], got[LIST_MAX];
	double own[LIST_MAX];
	size_t count = count_of(json_array_get(input, 0));
	size_t owned = numbers_of(weights, own);

	assign_ranges(count,
	    json_is_number(coverage) ? json_number_value(coverage) : 1,
	    json_is_array(weights) ? own : NULL, owned, got);
	if (ranges_of(json_array_get(row, 2), expect) != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!close_to(expect[i].from, got[i].from, 0, 1e-6) ||
		    !close_to(expect[i].to, got[i].to, 0, 1e-6))
			return false;
	return true;
}

static bool
run_public_weights(const json_t *test)
{
	const json_t *row = json_object_get(test, "case");
	double expect[LIST_MAX], got[LIST_MAX];
	size_t count = count_of(json_array_get(row, 0));

	assign_equal(count, got);
	if (numbers_of(json_array_get(row, 1), expect) != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!close_to(expect[i], got[i], 0, 1e-6))
			return false;
	return true;
}

static bool
run_public_choice(const json_t *test)
{
	const json_t *row = json_object_get(test, "case");
	struct assign_range ranges[LIST_MAX];
	size_t count = ranges_of(json_array_get(row, 2), ranges);

	return assign_choose(json_number_value(json_array_get(row, 1)), ranges,
		   count) == (int)json_number_value(json_array_get(row, 3));
}

static bool
in_namespace(struct span unit, const json_t *name)
{
	return assign_in_namespace(unit, text_of(json_array_get(name, 0)),
	    json_number_value(json_array_get(name, 1)),
	    json_number_value(json_array_get(name, 2)));
}

static bool
run_public_namespace(const json_t *test)
{
	const json_t *row = json_object_get(test, "case");

	return in_namespace(
		   text_of(json_array_get(row, 1)), json_array_get(row, 2)) ==
	       json_is_true(json_array_get(row, 3));
}

/* Whom a sticky rule is about: an attribute, its value, the document's key.
 * All strings of a case go with it. */
struct unit {
	const char *attribute;
	const char *value;
	char key[512];
};

static bool
unit_read(const json_t *attributes, const char *attribute, struct unit *unit)
{
	const char *value =
	    json_string_value(json_object_get(attributes, attribute));

	unit->attribute = attribute;
	unit->value = value ? value : "";
	snprintf(unit->key, sizeof unit->key, "%s||%s", attribute, unit->value);
	return *unit->value != '\0';
}

static const char *
string_at(const json_t *object, const char *key, const char *otherwise)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : otherwise;
}

/* Takes over a document where its attribute and value are this person's. */
static void
document_keep(json_t *kept, const json_t *attributes, const json_t *rule,
    json_t *document)
{
	const char *name = string_at(document, "attributeName", "");
	struct unit unit;

	if (strcmp(name, string_at(rule, "hashAttribute", "id")) != 0 &&
	    strcmp(name, string_at(rule, "fallbackAttribute", "")) != 0)
		return;
	unit_read(attributes, name, &unit);
	if (strcmp(unit.value, string_at(document, "attributeValue", "")) == 0)
		json_object_set_new(kept, unit.key, json_deep_copy(document));
}

static size_t
past_read(const json_t *documents, const char *key, struct assign_past *past,
    size_t count)
{
	json_t *assignments =
	    json_object_get(json_object_get(documents, key), "assignments");
	const char *name;
	json_t *arm;

	json_object_foreach(assignments, name, arm)
	{
		struct span text = span_str(name);
		size_t at = span_search(text, SPAN("__"));
		size_t more;

		while ((more = span_search(span_from(text, at + 1),
			    SPAN("__"))) < span_from(text, at + 1).len)
			at += 1 + more;
		if (count < LIST_MAX && at < text.len)
			past[count++] =
			    (struct assign_past){ span_first(text, at),
				    (uint32_t)strtoul(name + at + 2, NULL, 10),
				    text_of(arm) };
	}
	return count;
}

/* Namespace and conditions; ours are written in Liquid, so the vectors' are
 * read here as far as they are equalities. */
static bool
rule_admits(
    const json_t *rule, const json_t *attributes, const struct unit *unit)
{
	json_t *condition = json_object_get(rule, "condition");
	const json_t *namespace = json_object_get(rule, "namespace");
	const char *key;
	json_t *value;

	json_object_foreach(condition, key,
	    value) if (!json_equal(value,
			   json_object_get(attributes, key))) return false;
	return !json_is_array(namespace) ||
	       in_namespace(span_str(unit->value), namespace);
}

static size_t
rule_ranges(const json_t *rule, struct assign_range *ranges)
{
	const json_t *weights = json_object_get(rule, "weights");
	double own[LIST_MAX];
	size_t count = list_size(json_object_get(rule, "variations"));

	if (json_is_array(json_object_get(rule, "ranges")))
		return ranges_of(json_object_get(rule, "ranges"), ranges);
	assign_ranges(count, number_at(rule, "coverage", 1),
	    json_is_array(weights) ? own : NULL, numbers_of(weights, own),
	    ranges);
	return count;
}

/* What the vectors call the result of an experiment. */
static json_t *
sticky_result(const json_t *rule, const char *feature, const struct unit *unit,
    const struct assignment *got)
{
	json_t *value = json_array_get(
	    json_object_get(rule, "variations"), (size_t)got->arm);
	const json_t *meta =
	    json_array_get(json_object_get(rule, "meta"), (size_t)got->arm);
	char number[16];

	snprintf(number, sizeof number, "%d", got->arm);
	return json_pack("{s:f, s:s, s:s, s:b, s:s, s:b, s:s, s:b, s:O, s:i}",
	    "bucket", got->bucket, "featureId", feature, "hashAttribute",
	    unit->attribute, "hashUsed", 1, "hashValue", unit->value,
	    "inExperiment", 1, "key", string_at(meta, "key", number),
	    "stickyBucketUsed", got->sticky, "value", value, "variationId",
	    got->arm);
}

static void
document_write(json_t *documents, const struct unit *unit, const char *key,
    uint32_t version, const char *arm)
{
	json_t *document = json_object_get(documents, unit->key);
	char name[512];

	if (document == NULL) {
		document = json_pack("{s:s, s:s, s:{}}", "attributeName",
		    unit->attribute, "attributeValue", unit->value,
		    "assignments");
		json_object_set_new(documents, unit->key, document);
	}
	snprintf(name, sizeof name, "%s__%u", key, version);
	json_object_set_new(
	    json_object_get(document, "assignments"), name, json_string(arm));
}

/* Runs one rule; NULL where it puts nobody into the experiment. */
static json_t *
sticky_run(const json_t *rule, const json_t *attributes, const char *feature,
    json_t *documents)
{
	const char *key = string_at(rule, "key", feature);
	const json_t *meta = json_object_get(rule, "meta");
	bool sticky = !truth_at(rule, "disableStickyBucketing", false);
	struct assign_range ranges[LIST_MAX];
	struct span arms[LIST_MAX];
	struct assign_past past[LIST_MAX];
	struct assign_experiment experiment = { span_str(key),
		text_at(rule, "seed"),
		(unsigned)number_at(rule, "hashVersion", 1),
		(uint32_t)number_at(rule, "bucketVersion", 0),
		(uint32_t)number_at(rule, "minBucketVersion", 0), sticky, arms,
		ranges, 0 };
	struct unit unit, fallback;
	struct assignment got;
	size_t count = 0;
	json_t *result;

	experiment.count = rule_ranges(rule, ranges);
	for (size_t i = 0; i < experiment.count; i++)
		arms[i] = text_at(json_array_get(meta, i), "key");
	bool named = unit_read(
	    attributes, string_at(rule, "hashAttribute", "id"), &unit);
	bool known = unit_read(
	    attributes, string_at(rule, "fallbackAttribute", "id"), &fallback);
	if (known)
		count = past_read(documents, fallback.key, past, count);
	count = past_read(documents, unit.key, past, count);
	if (!named && (!sticky || !known))
		return NULL;
	if (!named)
		unit = fallback;
	got = assign_arm(&experiment, span_str(unit.value), past, count,
	    rule_admits(rule, attributes, &unit));
	if (got.arm < 0)
		return NULL;
	result = sticky_result(rule, feature, &unit, &got);
	if (sticky)
		document_write(documents, &unit, key, experiment.version,
		    string_at(result, "key", ""));
	return result;
}

static bool
run_public_sticky(const json_t *test)
{
	const json_t *row = json_object_get(test, "case");
	const json_t *context = json_array_get(row, 1);
	const json_t *attributes = json_object_get(context, "attributes");
	const char *feature = json_string_value(json_array_get(row, 3));
	const json_t *rules = json_object_get(
	    json_object_get(json_object_get(context, "features"), feature),
	    "rules");
	const json_t *expect = json_array_get(row, 4);
	json_t *given = json_object_get(context, "stickyBucketAssignmentDocs");
	json_t *documents = json_object(), *result = NULL, *one;
	const char *key;
	size_t index;
	bool passes;

	json_object_foreach(given, key, one)
	    document_keep(documents, attributes, json_array_get(rules, 0), one);
	json_array_foreach(json_array_get(row, 2), index, one)
	    document_keep(documents, attributes, json_array_get(rules, 0), one);
	for (size_t i = 0; result == NULL && i < json_array_size(rules); i++)
		result = sticky_run(
		    json_array_get(rules, i), attributes, feature, documents);
	passes =
	    json_is_null(expect) ? result == NULL : same(expect, result, 1e-12);
	if (!json_equal(json_array_get(row, 5), documents))
		passes = false;
	json_decref(documents);
	json_decref(result);
	return passes;
}

/* ---- files ---- */

static const struct suite {
	const char *name;
	bool (*run)(const json_t *test);
} suites[] = {
	{ "content_selection", run_selection },
	{ "assign_hash_v2", run_hash_v2 },
	{ "consent", run_consent },
	{ "sensitivity", run_sensitivity },
	{ "intrusiveness_budget", run_budget },
	{ "field_trust", run_trust },
	{ "data_quality", run_quality },
	{ "thirdparty_growthbook_hash", run_public_hash },
	{ "thirdparty_growthbook_getBucketRange", run_public_ranges },
	{ "thirdparty_growthbook_getEqualWeights", run_public_weights },
	{ "thirdparty_growthbook_chooseVariation", run_public_choice },
	{ "thirdparty_growthbook_inNamespace", run_public_namespace },
	{ "thirdparty_growthbook_stickyBucket", run_public_sticky },
};

static const struct suite *
suite_find(const char *name)
{
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		if (strcmp(suites[i].name, name) == 0)
			return &suites[i];
	return NULL;
}

struct totals {
	unsigned passed;
	unsigned failed;
};

/* 0, or -1 for a file that is no suite. */
static int
run_file(const char *path, bool verbose, struct totals *totals)
{
	json_error_t error;
	json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	const char *name = string_at(file, "suite", NULL);
	struct totals own = { 0, 0 };
	const struct suite *suite;
	json_t *test;
	size_t index;

	if (name == NULL) {
		fprintf(stderr, "%s:%d:%d: %s\n", path, error.line,
		    error.column, file ? "names no suite" : error.text);
		json_decref(file);
		return -1;
	}
	suite = suite_find(name);
	if (suite == NULL) {
		printf("%s: skipped, suite %s is not implemented here\n", path,
		    name);
		json_decref(file);
		return 0;
	}
	json_array_foreach(json_object_get(file, "cases"), index, test)
	{
		bool passes = suite->run(test);

		own.passed += passes;
		own.failed += !passes;
		if (!passes && verbose)
			printf("FAIL %s: %s\n", name,
			    string_at(test, "name", "?"));
	}
	printf("%s: %u passed, %u failed\n", path, own.passed, own.failed);
	totals->passed += own.passed;
	totals->failed += own.failed;
	json_decref(file);
	return 0;
}

int
main(int argc, char **argv)
{
	struct totals totals = { 0, 0 };
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	int status = EXIT_SUCCESS;

	if (argc < 2 + verbose) {
		fprintf(stderr, "usage: decide-suite [-v] FILE.json...\n");
		return 2;
	}
	for (int i = 1 + verbose; i < argc; i++)
		if (run_file(argv[i], verbose, &totals) < 0)
			status = 2;
	printf("%u passed, %u failed\n", totals.passed, totals.failed);
	if (totals.failed != 0)
		status = EXIT_FAILURE;
	return status;
}
