/*
 * A rule watch counts for each allow rule what is refused within an hour, and
 * says when that is worth a warning: a wrong template, or somebody who tries
 * out what makes the reply change. Any number of threads may use it.
 */
#ifndef INLAY_MILTER_RULE_WATCH_H
#define INLAY_MILTER_RULE_WATCH_H

#include <stddef.h>
#include <stdint.h>

struct rule_watch;

/* Of so many rules, or NULL when there is no memory. */
struct rule_watch *rule_watch_new(size_t rules);

/* Frees it and clears the pointer. */
void rule_watch_free(struct rule_watch **watch);

/* One more message of the rule, an index, was refused at that time (Unix
 * seconds). How many it were within the hour, where somebody should hear of
 * it: at the tenth and each tenfold; else 0. */
unsigned rule_watch_refused(struct rule_watch *watch, size_t rule, int64_t now);

#endif
