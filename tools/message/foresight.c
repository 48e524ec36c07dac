#include "tools/message/foresight.h"

#include <math.h>

#include "tools/measure/comparison.h"
#include "tools/measure/power.h"

/* What part of control responds, where nobody has measured it yet. */
#define USUAL_RATE 0.03
#define ALPHA 0.05
#define POWER 0.8
#define POINT 0.01

/* All controls against all others, of so many people. */
static struct power_plan
plan_of(const struct campaign *campaign, uint64_t eligible)
{
	struct power_plan plan = { .people = (double)eligible,
		.base = USUAL_RATE,
		.alpha = ALPHA,
		.power = POWER };

	for (size_t i = 0; i < campaign->arm_count; i++)
		if (campaign->arms[i].control)
			plan.control += campaign->arms[i].share;
		else
			plan.treated += campaign->arms[i].share;
	return plan;
}

/* Two digits are all that a plan knows. */
static uint64_t
rounded(double number)
{
	double scale = pow(10, floor(log10(number)) - 1);

	return (uint64_t)(round(number / scale) * scale);
}

static void
tell_suggestion(struct findings *findings, const struct power_plan *plan)
{
	struct power_plan other = *plan;
	double rise;

	other.control = power_suggest(plan);
	other.treated = 1 - other.control;
	if (other.control > plan->control + 0.01 &&
	    power_visible(&other, &rise))
		finding(findings, "power",
		    "with %.0f %% in control it would see %.1f points",
		    other.control * 100, rise * 100);
}

void
foresight_tell(struct findings *findings, uint64_t eligible)
{
	struct power_plan plan = plan_of(findings->campaign, eligible);
	double rise, people;

	if (eligible == 0 || !(plan.control > 0) || !(plan.treated > 0))
		return;
	if (!power_visible(&plan, &rise)) {
		finding_of(findings, "power", eligible,
		    "are eligible, %.3g %% in control: too few to see any "
		    "difference",
		    plan.control * 100);
		return;
	}
	if (power_people(&plan, POINT, &people))
		finding_of(findings, "power", eligible,
		    "are eligible, %.3g %% in control: this sees %.1f points "
		    "on %.0f %% with %.0f %% power; 1 point needs %llu",
		    plan.control * 100, rise * 100, plan.base * 100,
		    plan.power * 100, (unsigned long long)rounded(people));
	tell_suggestion(findings, &plan);
	if (power_responses(&plan) < RESPONSES_NEEDED)
		finding(findings, "power",
		    "about %.0f of control will respond; an interval needs "
		    "%d, so pool mailings by topic",
		    power_responses(&plan), RESPONSES_NEEDED);
}
