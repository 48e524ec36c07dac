/*
 * Assignment is a hash that anybody can compute again: FNV-1a of seed and
 * unit gives a bucket in [0, 1), arms own ranges of it. The rules are those
 * of GrowthBook's SDKs, over UTF-8 bytes.
 */
#ifndef INLAY_MILTER_ASSIGN_H
#define INLAY_MILTER_ASSIGN_H

#include "store/base/span.h"

/* A bucket belongs to it when from <= bucket < to. */
struct assign_range {
	double from;
	double to;
};

/* Version 2: fnv(dec(fnv(seed unit))) % 10000 / 10000; version 1, biased and
 * kept for old experiments: fnv(unit seed) % 1000 / 1000.
 * 1, or 0 for any other version. */
int assign_bucket(
    struct span seed, struct span unit, unsigned version, double *bucket);

/* Equal weights for count arms into weights. */
void assign_equal(size_t count, double *weights);

/* The ranges of count arms, contiguous in their starts; each covers the
 * share coverage (held to 0..1) of its weight. Weights of the wrong number,
 * or that do not sum to 1 within a hundredth, count as equal. */
void assign_ranges(size_t count, double coverage, const double *weights,
    size_t weight_count, struct assign_range *ranges);

/* The first range that holds the bucket, or -1. */
int assign_choose(
    double bucket, const struct assign_range *ranges, size_t count);

/* Whether the unit falls into [from, to) of the namespace, which keeps
 * experiments apart. */
bool assign_in_namespace(
    struct span unit, struct span name, double from, double to);

/* An earlier assignment of this unit. */
struct assign_past {
	struct span experiment;
	uint32_t version;
	struct span arm;
};

struct assign_experiment {
	struct span key;      /* what a past assignment names */
	struct span seed;     /* the key where empty */
	unsigned hash;	      /* 1 or 2 */
	uint32_t version;     /* assignments of another version do not hold */
	uint32_t min_version; /* who has one of an older version is out */
	bool sticky;	      /* past assignments are looked at */
	const struct span *arms; /* their names, as the past knows them */
	const struct assign_range *ranges;
	size_t count;
};

struct assignment {
	int arm; /* index, or -1: not in the experiment */
	double bucket;
	bool sticky;  /* the past decided */
	bool blocked; /* the past excludes */
};

/* One unit's arm. An assignment that holds wins over admitted, which says
 * whether namespace and conditions let a new one in. */
struct assignment assign_arm(const struct assign_experiment *experiment,
    struct span unit, const struct assign_past *past, size_t past_count,
    bool admitted);

#endif
