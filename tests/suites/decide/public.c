#include "tests/suites/decide/vectors.h"

#include <stdio.h>
#include <stdlib.h>

#include "milter/decide/assign.h"
#include "tests/suites/decide/product.h"

bool
run_public_hash(const json_t *test)
{
	const json_t *row = json_object_get(test, "case");
	static const double all[] = { 1 };
	const json_t *expect = json_array_get(row, 3);
	struct span seed = text_of(json_array_get(row, 0));
	struct span unit = text_of(json_array_get(row, 1));
	unsigned version = (unsigned)json_number_value(json_array_get(row, 2));
	struct experiment experiment;
	double bucket;

	if (!assign_bucket(seed, unit, version, &bucket))
		return json_is_null(expect);
	/* Mail is enrolled by version 2; an empty seed is the key there. */
	if (version == 2 && seed.len != 0) {
		experiment_make(&experiment, seed, all, 1);
		bucket = experiment_enrol(&experiment, unit, NULL).bucket;
	}
	return json_is_number(expect) && json_number_value(expect) == bucket;
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

bool
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

bool
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

bool
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

bool
run_public_namespace(const json_t *test)
{
	static const double all[] = { 1 };
	const json_t *row = json_object_get(test, "case");
	const json_t *name = json_array_get(row, 2);
	struct experiment experiment;

	experiment_make(&experiment, SPAN("x"), all, 1);
	experiment.campaign.namespace = text_of(json_array_get(name, 0));
	experiment.campaign.namespace_from =
	    json_number_value(json_array_get(name, 1));
	experiment.campaign.namespace_to =
	    json_number_value(json_array_get(name, 2));
	return (experiment_enrol(
		    &experiment, text_of(json_array_get(row, 1)), NULL)
		       .arm == 0) == json_is_true(json_array_get(row, 3));
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

/* Whether a campaign can say what the experiment says. */
static bool
mail_can(const struct assign_experiment *experiment)
{
	return experiment->hash == 2 && experiment->min_version == 0 &&
	       experiment->sticky && experiment->seed.len != 0;
}

/* Whether enrol() comes to the same from a history of the same past. */
static bool
mail_agrees(const struct assign_experiment *rule_experiment, const json_t *rule,
    const struct unit *unit, const struct assign_past *past, size_t past_count,
    const struct assignment *expected)
{
	struct exposure exposures[LIST_MAX];
	char versions[LIST_MAX][16];
	struct history history = { .exposures = exposures,
		.exposure_count = past_count };
	double shares[LIST_MAX];
	struct experiment experiment;
	struct enrolled got;

	if (numbers_of(json_object_get(rule, "weights"), shares) !=
	    rule_experiment->count)
		return true; /* ranges of its own */
	experiment_make(
	    &experiment, rule_experiment->seed, shares, rule_experiment->count);
	experiment.campaign.id = rule_experiment->key;
	experiment.campaign.version = rule_experiment->version;
	for (size_t i = 0; i < rule_experiment->count; i++)
		experiment.arms[i].name = rule_experiment->arms[i];
	for (size_t i = 0; i < past_count; i++) {
		snprintf(
		    versions[i], sizeof versions[i], "%u", past[i].version);
		exposures[i] =
		    (struct exposure){ .campaign = past[i].experiment,
			    .version = span_str(versions[i]),
			    .arm = past[i].arm };
	}
	got = experiment_enrol(&experiment, span_str(unit->value), &history);
	return got.arm == expected->arm && got.bucket == expected->bucket &&
	       got.sticky == expected->sticky;
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
	bool admitted = rule_admits(rule, attributes, &unit);
	got = assign_arm(
	    &experiment, span_str(unit.value), past, count, admitted);
	if (got.arm < 0)
		return NULL;
	if (admitted && mail_can(&experiment) &&
	    !mail_agrees(&experiment, rule, &unit, past, count, &got))
		return json_null();
	result = sticky_result(rule, feature, &unit, &got);
	if (sticky)
		document_write(documents, &unit, key, experiment.version,
		    string_at(result, "key", ""));
	return result;
}

bool
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
