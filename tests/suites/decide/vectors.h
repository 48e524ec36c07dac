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

bool close_to(double expected, double got, double relative, double absolute);

/* Whether all that is expected is there, numbers within the tolerance. */
bool same(const json_t *expected, const json_t *got, double tolerance);

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

/* The public ones: arrays, as published by GrowthBook. */
bool run_public_hash(const json_t *test);
bool run_public_ranges(const json_t *test);
bool run_public_weights(const json_t *test);
bool run_public_choice(const json_t *test);
bool run_public_namespace(const json_t *test);
bool run_public_sticky(const json_t *test);

#endif
