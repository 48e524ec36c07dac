#include "tools/measure/promotion.h"

#include <stddef.h>

#define HARM 0.95 /* as sure as of a cell that is harmed */

const char *
promotion_word(enum promotion_decision decision)
{
	static const char *const words[] = {
		[PROMOTION_CONTINUE] = "continue",
		[PROMOTION_STOP] = "stop",
		[PROMOTION_PROMOTE] = "promote",
		[PROMOTION_RETIRE] = "retire_challenger",
	};

	return words[decision];
}

/* What is still too little, all of it. False where nothing is. */
static bool
too_little(const struct promotion_question *question, struct promotion *out)
{
	unsigned count = 0;

	if (!(question->days >= question->min_days))
		out->why[count++] = "min_days";
	if (!(question->units >= PROMOTION_UNITS))
		out->why[count++] = "min_units";
	if (!(question->responses >= question->min_responses))
		out->why[count++] = "min_conversions";
	return count > 0;
}

struct promotion
promotion_decide(const struct promotion_question *question)
{
	struct promotion out = { PROMOTION_CONTINUE, { NULL }, false };
	bool decided = question->p <= question->alpha;
	bool patience = question->max_people > 0 &&
			question->people >= question->max_people;
	const struct {
		bool holds;
		enum promotion_decision decision;
		const char *why;
	} rules[] = {
		{ decided && question->difference > 0, PROMOTION_PROMOTE,
		    "always_valid" },
		{ decided && question->difference < 0, PROMOTION_RETIRE,
		    "always_valid" },
		{ patience, PROMOTION_RETIRE, "futility_n_max" },
		{ true, PROMOTION_CONTINUE, "inconclusive" },
	};
	unsigned i = 0;

	if (question->ratio_alarm || question->harm >= HARM) {
		out.decision = PROMOTION_STOP;
		out.why[0] = question->ratio_alarm ? "srm" : "guardrail";
		return out;
	}
	if (too_little(question, &out))
		return out;
	while (!rules[i].holds)
		i++;
	out.decision = rules[i].decision;
	out.why[0] = rules[i].why;
	out.next = out.decision != PROMOTION_CONTINUE;
	return out;
}
