#include "tools/measure/comparison.h"

#include <math.h>

/* The part of alpha that the responses by arm may spend before the interval
 * takes over; the interval, wider than it need be with so few looks, leaves
 * that much and more. */
#define EARLY_PART 0.2

const char *
comparison_word(enum comparison_word word)
{
	static const char *const words[] = {
		[COMPARISON_TOO_FEW] = "too few to say",
		[COMPARISON_UNKNOWN] = "not known yet",
		[COMPARISON_BETTER] = "better",
		[COMPARISON_WORSE] = "worse",
	};

	return words[word];
}

static enum comparison_word
direction(double difference)
{
	return difference > 0 ? COMPARISON_BETTER : COMPARISON_WORSE;
}

enum comparison_word
sequence_word(const struct sequence *sequence)
{
	if (sequence->interval.low > 0)
		return COMPARISON_BETTER;
	return sequence->interval.high < 0 ? COMPARISON_WORSE
					   : COMPARISON_UNKNOWN;
}

/* Before there are enough responses: which arm they fall into. */
static enum comparison_word
early_word(const struct comparison_arm *control,
    const struct comparison_arm *treated, double log_e, double alpha)
{
	double expected = (control->responses + treated->responses) *
			  treated->share / (control->share + treated->share);

	if (log_e < -log(alpha * EARLY_PART))
		return COMPARISON_TOO_FEW;
	return direction(treated->responses - expected);
}

void
compare(const struct comparison_arm *control,
    const struct comparison_arm *treated, double planned, double needed,
    double alpha, struct comparison *out)
{
	const double responses[] = { control->responses, treated->responses };
	const double shares[] = { control->share, treated->share };

	*out = (struct comparison){ .fewest = fmin(responses[0], responses[1]),
		.shares_log_e = evidence_shares(responses, shares, 2, 1) };
	if (!(out->fewest >= needed) ||
	    !lift_absolute(&control->sample, &treated->sample, &out->lift)) {
		out->word =
		    early_word(control, treated, out->shares_log_e, alpha);
		return;
	}
	sequence_read(&out->lift, control->sample.n + treated->sample.n,
	    planned, alpha, &out->sequence);
	out->shown = true;
	out->word = sequence_word(&out->sequence);
}
