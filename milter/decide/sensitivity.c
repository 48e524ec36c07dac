#include "milter/decide/sensitivity.h"

#include <math.h>

/* Responses that the prior weighs as much as: of answers, of losses. */
#define PRIOR_RESPONSES 100.0
#define PRIOR_LOSSES 500.0

#define HARM_INDIVIDUAL 0.9
#define HARM_CELL 0.95
#define GAIN_CELL 0.8
#define GAIN_INDIVIDUAL 0.9

/* A rate between 0 and 1 that is only known so far. */
struct beta {
	double mean;
	double variance;
};

static struct beta
beta_update(double prior, double weight, double hits, double trials)
{
	struct beta out;
	double total = weight + trials;

	out.mean = (weight * prior + hits) / total;
	out.variance = out.mean * (1 - out.mean) / (total + 1);
	return out;
}

/* Probability that a normal variable stays below mean / deviation; a
 * deviation of 0 makes it certain. */
static double
chance_above_zero(double mean, double deviation)
{
	if (!(deviation > 0))
		return mean > 0 ? 1 : mean < 0 ? 0 : 0.5;
	return 0.5 * erfc(-mean / deviation / sqrt(2));
}

/* The rules in their order: who objects, who is harmed, who gains. */
static void
verdict_decide(struct sensitivity_verdict *out, const struct sensitivity *asked)
{
	const struct {
		bool holds;
		enum sensitivity_state state;
		const char *why;
	} rules[] = {
		{ asked->objected, SENSITIVITY_SUPPRESS, "objection" },
		{ out->harm_individual >= HARM_INDIVIDUAL, SENSITIVITY_SUPPRESS,
		    "individual_harm" },
		{ out->harm_cell >= HARM_CELL, SENSITIVITY_SUPPRESS,
		    "cell_harm" },
		{ out->gain - asked->cost > 0 && out->gain_cell >= GAIN_CELL,
		    SENSITIVITY_PERSONALISE, "cell_gain" },
		{ out->gain_individual >= GAIN_INDIVIDUAL,
		    SENSITIVITY_PERSONALISE, "individual_gain" },
		{ true, SENSITIVITY_NEUTRAL, "insensitive_or_unknown" },
	};
	unsigned i = 0;

	while (!rules[i].holds)
		i++;
	out->state = rules[i].state;
	out->why = rules[i].why;
}

struct sensitivity_verdict
sensitivity_judge(const struct sensitivity *asked)
{
	const struct sensitivity_side *p = &asked->personal;
	const struct sensitivity_side *g = &asked->generic;
	struct sensitivity_verdict out = { .why = "" };
	struct beta rp =
	    beta_update(p->respond, PRIOR_RESPONSES, p->answered, p->sent);
	struct beta rg =
	    beta_update(g->respond, PRIOR_RESPONSES, g->answered, g->sent);
	struct beta lp = beta_update(p->lose, PRIOR_LOSSES, p->lost, p->sent);
	struct beta lg = beta_update(g->lose, PRIOR_LOSSES, g->lost, g->sent);

	out.response[0] = rp.mean;
	out.response[1] = rg.mean;
	out.losing[0] = lp.mean;
	out.losing[1] = lg.mean;
	out.gain = asked->value * (rp.mean - rg.mean) -
		   asked->loss * (lp.mean - lg.mean);
	out.deviation =
	    sqrt(asked->value * asked->value * (rp.variance + rg.variance) +
		 asked->loss * asked->loss * (lp.variance + lg.variance));
	out.harm_individual = chance_above_zero(-out.gain, out.deviation);
	out.gain_individual =
	    chance_above_zero(out.gain - asked->cost, out.deviation);
	out.harm_cell =
	    chance_above_zero(-asked->cell_gain, asked->cell_deviation);
	out.gain_cell = chance_above_zero(
	    asked->cell_gain - asked->cost, asked->cell_deviation);
	verdict_decide(&out, asked);
	return out;
}
