/*
 * Many small groups, each with an effect of its own that is hardly known: each
 * is drawn towards what all have in common, the more the less it knows.
 */
#ifndef INLAY_TOOLS_SHRINKAGE_H
#define INLAY_TOOLS_SHRINKAGE_H

#include <stddef.h>

/* What one group measured: effect and standard error. A group whose error is
 * not a positive number measured nothing. */
struct effect {
	double mean;
	double error;
};

/* What groups have in common, after DerSimonian and Laird (1986). */
struct common_effect {
	double q;	/* Cochran's */
	double between; /* tau squared: the variance between groups */
	double mean;
	double error;
};

struct shrunk_effect {
	double mean;
	double deviation;
	double weight;	   /* of what the group itself measured, 0 to 1 */
	double above_zero; /* the probability */
};

/* Of no group that measured anything, all zeros. */
struct common_effect effects_common(const struct effect *effects, size_t count);

/* The empirical Bayes estimate of one group, with the uncertainty of the
 * common mean in it (Morris 1983); of a group that measured nothing, the
 * common mean and what groups differ by. Of a second level, common is the
 * topic's own estimate as its mean and error, and what its cells differ by. */
struct shrunk_effect effect_shrink(
    const struct effect *own, const struct common_effect *common);

#endif
