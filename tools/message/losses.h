/*
 * Losses are what a rehearsal saw, told as findings: for whom copies are not
 * as personal as they could be, and why.
 */
#ifndef INLAY_TOOLS_LOSSES_H
#define INLAY_TOOLS_LOSSES_H

#include "tools/cli.h"
#include "tools/message/finding.h"
#include "tools/message/rehearsal.h"

#define COVERAGE 0.1 /* a share of people without option that is told */

/* Adds the slots that have no option for at least that share of those who may
 * be personalised. */
void losses_of_slots(
    struct findings *findings, const struct rehearsed *sums, double share);

/* The share that --coverage says; left alone where it says none. 0 or -1. */
int losses_share(const struct cli *cli, double *share, struct err *err);

/* Adds all the rest of the sums. */
void losses_find(struct findings *findings, const struct rehearsed *sums);

/* "3,015 of 4,564 copies will be personal; biggest loss: …, 27.8 %", into out
 * of size bytes. Returns out. */
const char *losses_verdict(
    const struct rehearsed *sums, char *out, size_t size);

/* The same for programs. */
json_t *losses_json(const struct rehearsed *sums);

#endif
