/*
 * Enrolling puts a copy into the layers of the experiment: global holdout,
 * lane, arm. Each layer is a hash of its own seed and the recipient, so that
 * one says nothing about another, and anybody can compute them again:
 *
 *	holdout  holdout seed          bucket < share
 *	lane     "lane:" + seed        exploration first, then exploitation
 *	arm      seed                  contiguous ranges, as listed
 *	variant  seed + ":" + name     equal ranges: whens, then else; or
 *		 (+ ":" + version      what the campaign's `variants:` lists
 *		 from 2 on)
 *
 * A variant whose whens are all names of arms has no hash: the arm chooses.
 */
#ifndef INLAY_MILTER_ENROL_H
#define INLAY_MILTER_ENROL_H

#include "milter/decide/decide.h"

/* Sets holdout, lane, arm, buckets, sticky, propensity, version of the
 * decision. 0, or -1: ERR_MEMORY, or ERR_INPUT when the pretended arm does
 * not exist. */
int enrol(struct decision *decision, struct err *err);

/* Whether the arm chooses the variant: its whens are all names of arms. */
bool variant_by_arm(
    const struct campaign *campaign, const struct outline_variant *variant);

/* Chooses the variants; a neutral copy without rotation shows their else. */
int enrol_variants(struct decision *decision, bool rotate, struct err *err);

#endif
