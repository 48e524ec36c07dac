/*
 * Vectors of decisions: reading their JSON, and one function for each suite
 * that says whether our code does what a case expects.
 */
#ifndef INLAY_TESTS_VECTORS_H
#define INLAY_TESTS_VECTORS_H

#include <jansson.h>

#include "store/base/span.h"

#define LIST_MAX 256 /* items of any list in a vector */

/* Values of JSON, or of an object's members; another kind or none gives the
 * empty span, or what to take otherwise. */
struct span text_of(const json_t *json);
struct span text_at(const json_t *object, const char *key);
double number_at(const json_t *object, const char *key, double otherwise);
int64_t time_at(const json_t *object, const char *key, int64_t otherwise);
bool truth_at(const json_t *object, const char *key, bool otherwise);
const char *string_at(
    const json_t *object, const char *key, const char *otherwise);

/* The length of an array, at most LIST_MAX. */
size_t list_size(const json_t *list);

/* A string, or null for SPAN_NONE. */
json_t *json_text(struct span text);

/* The numbers of an array, at most LIST_MAX; how many. */
size_t numbers_of(const json_t *list, double *out);

/* The relative tolerance that the case's file states. */
double relative_of(const json_t *test);

bool close_to(double expected, double got, double relative, double absolute);

/* Whether all that is expected is there, numbers within the tolerance. */
bool same(const json_t *expected, const json_t *got, double tolerance);

/* The same with an absolute tolerance beside the relative one. */
bool same_near(const json_t *expected, const json_t *got, double relative,
    double absolute);

/* The same, where the order of a list of strings says nothing. */
bool same_sets(const json_t *expected, const json_t *got);

/* Our own suites. */
bool run_selection(const json_t *test);
bool run_hash_v2(const json_t *test);
bool run_consent(const json_t *test);
bool run_sensitivity(const json_t *test);
bool run_budget(const json_t *test);
bool run_trust(const json_t *test);
bool run_quality(const json_t *test);

/* What reports measure. */
bool run_lift(const json_t *test);
bool run_ratio(const json_t *test);
bool run_anytime(const json_t *test);
bool run_cuped(const json_t *test);
bool run_multiplicity(const json_t *test);
bool run_shrinkage(const json_t *test);
bool run_promotion(const json_t *test);
bool run_roi(const json_t *test);
bool run_attribution(const json_t *test);
bool run_channels(const json_t *test);
bool run_published(const json_t *test);

/* Why a case is not run: the design now says otherwise, or nothing asks for
 * it. NULL where it is. */
const char *attribution_superseded(const json_t *test);
const char *published_unused(const json_t *test);

/* The public ones: arrays, as published by GrowthBook. */
bool run_public_hash(const json_t *test);
bool run_public_ranges(const json_t *test);
bool run_public_weights(const json_t *test);
bool run_public_choice(const json_t *test);
bool run_public_namespace(const json_t *test);
bool run_public_sticky(const json_t *test);

#endif
