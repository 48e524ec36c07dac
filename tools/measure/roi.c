#include "tools/measure/roi.h"

#include <math.h>

#include "store/base/chance.h"

#define SURE 0.95

const char *
roi_word(enum roi_word word)
{
	static const char *const words[] = {
		[ROI_NOT_PROVEN] = "not proven",
		[ROI_PAYS] = "pays",
		[ROI_DOES_NOT_PAY] = "does not pay",
	};

	return words[word];
}

/* What the difference is worth, and adds to the variance. */
static double
worth(const struct money_rate *rate, double each, double *variance)
{
	*variance += each * each * rate->error * rate->error;
	return each * (rate->personal - rate->control);
}

void
roi_read(const struct roi_terms *terms, struct roi *out)
{
	double earning = terms->people * terms->margin, variance = 0;

	*out = (struct roi){ .margin = terms->people * worth(&terms->revenue,
							   terms->margin,
							   &variance) };
	out->content =
	    terms->content_hours * terms->content_rate / fmax(terms->uses, 1);
	out->setup = terms->setup_hours * terms->setup_rate;
	out->sending = terms->people * terms->send;
	out->direct = out->content + out->setup + terms->fixed + out->sending;
	out->indirect =
	    terms->people *
	    (worth(&terms->unsubscribed, terms->loss, &variance) +
		worth(&terms->complained, terms->complaint, &variance));
	out->net = out->margin - out->direct - out->indirect;
	out->rate = out->direct > 0 ? out->net / out->direct : 0;
	out->error = terms->people * sqrt(variance);
	out->above_zero = chance_above_zero(out->net, out->error);
	out->break_even =
	    earning > 0 ? (out->direct + out->indirect) / earning : 0;
	out->word = !(out->error > 0)		  ? ROI_NOT_PROVEN
		    : out->above_zero >= SURE	  ? ROI_PAYS
		    : out->above_zero <= 1 - SURE ? ROI_DOES_NOT_PAY
						  : ROI_NOT_PROVEN;
}
