#include "tools/measure/power.h"

#include <math.h>

#include "tools/measure/comparison.h"
#include "tools/measure/distribution.h"
#include "tools/measure/evidence.h"

#define STEP 0.05 /* of the shares that are suggested */
#define NEAR 1.2  /* as good as half, as far as people can tell */

/* The visible rise in standard errors: what the sequence asks for when it is
 * tuned to as many people as there are, and what the power adds. */
static double
reach_of(const struct power_plan *plan)
{
	return sequence_critical(
		   1, sequence_rho_square(1, plan->alpha), plan->alpha) +
	       normal_quantile(plan->power);
}

/* The variance of a rise, of one person in all. */
static double
variance_of(const struct power_plan *plan, double rise)
{
	double rate = plan->base + rise;

	return plan->base * (1 - plan->base) / plan->control +
	       rate * (1 - rate) / plan->treated;
}

static bool
plan_possible(const struct power_plan *plan)
{
	return plan->people > 0 && isfinite(plan->people) &&
	       plan->control > 0 && plan->treated > 0 &&
	       plan->control + plan->treated < 1 + 1e-9 && plan->base > 0 &&
	       plan->base < 1 && plan->alpha > 0 && plan->alpha < 1 &&
	       plan->power > 0 && plan->power < 1;
}

bool
power_visible(const struct power_plan *plan, double *rise)
{
	double low = 0, high = 1 - plan->base, reach;

	*rise = 0;
	if (!plan_possible(plan) ||
	    fmin(plan->control, plan->treated) * plan->people <
		RESPONSES_NEEDED)
		return false;
	reach = reach_of(plan);
	if (high < reach * sqrt(variance_of(plan, high) / plan->people))
		return false;
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;
		double error = sqrt(variance_of(plan, middle) / plan->people);

		if (middle < reach * error)
			low = middle;
		else
			high = middle;
	}
	*rise = high;
	return true;
}

bool
power_people(const struct power_plan *plan, double rise, double *people)
{
	double reach;

	*people = 0;
	if (!plan_possible(plan) || !(rise > 0) || !(rise <= 1 - plan->base))
		return false;
	reach = reach_of(plan);
	*people = ceil(reach * reach * variance_of(plan, rise) / (rise * rise));
	return true;
}

/* The plan with another share of control. */
static struct power_plan
plan_with(const struct power_plan *plan, double control)
{
	struct power_plan out = *plan;

	out.control = control;
	out.treated = plan->treated * (1 - control) / (1 - plan->control);
	return out;
}

double
power_suggest(const struct power_plan *plan)
{
	struct power_plan half = plan_with(plan, 0.5);
	double best, rise;

	if (!(plan->control < 0.5) || !power_visible(&half, &best))
		return 0;
	for (int i = 1; i * STEP < 0.5; i++) {
		struct power_plan tried = plan_with(plan, i * STEP);

		if (i * STEP >= plan->control - 1e-9 &&
		    power_visible(&tried, &rise) && rise <= best * NEAR)
			return i * STEP;
	}
	return 0.5;
}

double
power_responses(const struct power_plan *plan)
{
	return plan_possible(plan) ? plan->people * plan->control * plan->base
				   : 0;
}
