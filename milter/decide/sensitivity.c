#include "milter/decide/sensitivity.h"

#include <math.h>

#include "store/base/chance.h"

/* Responses that the prior weighs as much as: of answers, of losses. */
#define PRIOR_RESPONSES 100.0
#define PRIOR_LOSSES 500.0

#define HARM_INDIVIDUAL 0.9
#define GAIN_INDIVIDUAL 0.9

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
		{ out->harm_cell >= SENSITIVITY_HARM, SENSITIVITY_SUPPRESS,
		    "cell_harm" },
		{ out->gain - asked->cost > 0 &&
			out->gain_cell >= SENSITIVITY_GAIN,
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
