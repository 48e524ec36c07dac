/*
 * Minorities are people whom nobody thought of: a chain of case or if that
 * has nothing for them, a value of a field for which a slot has no option.
 */
#ifndef INLAY_TOOLS_MINORITY_H
#define INLAY_TOOLS_MINORITY_H

#include "milter/decide/decide.h"
#include "milter/template/template.h"
#include "tools/message/finding.h"

#define MINORITY 0.02 /* a share of people with one value that is told */

/* Adds a finding of rule `minority` for each chain that asks a field with
 * `values:` for some of them and has no else, and one of rule `value` for each
 * comparison with a text that is none of them. */
void minority_look(struct findings *findings, struct span where,
    const struct manifest *manifest);

/* How many people have each value of what a slot's options ask for, and whether
 * any of them was shown one. */
struct minorities;

/* In the arena; NULL where that is full. */
struct minorities *minorities_new(struct arena *arena);

/* Counts one copy. */
void minorities_add(
    struct minorities *minorities, const struct decision *decision);

/* Adds all of one to another. */
void minorities_merge(struct minorities *into, const struct minorities *from);

/* Adds a finding of rule `minority` for each value that so many of the people
 * or more have, and none was shown an option. */
void minorities_find(struct findings *findings,
    const struct minorities *minorities, uint64_t people);

#endif
