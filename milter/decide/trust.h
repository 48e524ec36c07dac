/*
 * Trust says what a field's value is worth. Each source's word weighs
 * weight x decay(age), an invalid one nothing; the weightiest survives, and
 * sources that agree strengthen each other.
 */
#ifndef INLAY_MILTER_TRUST_H
#define INLAY_MILTER_TRUST_H

#include "store/base/span.h"
#include "store/catalog/schema.h"

/* What one source says about one field. */
struct testimony {
	struct span source;
	struct span value;
	int64_t at;
	bool valid;
	const struct quality *quality; /* NULL: not to be believed at all */
	unsigned rank;		       /* 1 wins ties */
};

struct trust {
	int survivor; /* index of the testimony, or -1 */
	double confidence;
	bool conflict; /* believable sources disagree */
};

/* What of a source's weight is left after that many seconds, 0..1. */
double trust_decay(const struct quality *quality, int64_t age);

/* What a testimony is worth by itself at that moment, 0..1. */
double trust_worth(const struct testimony *testimony, int64_t now);

struct trust trust_survivor(
    const struct testimony *testimonies, size_t count, int64_t now);

/* Whether that confidence reaches the threshold, rounding forgiven. */
bool trust_usable(const struct trust *trust, double threshold);

#endif
