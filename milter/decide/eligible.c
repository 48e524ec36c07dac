#include "milter/decide/eligible.h"

#include "milter/decide/copy.h"

/* Whether the copy differs from the neutral one: a slot or variant shows, or
 * may by another hash show, something else, or a field is in it. */
static bool
copy_differs(const struct decision *copy)
{
	for (unsigned i = 0; i < copy->slot_count; i++)
		if (copy->slots[i].chosen >= 0)
			return true;
	for (unsigned i = 0; i < copy->field_count; i++)
		if (copy->fields[i].shown)
			return true;
	for (unsigned i = 0; i < copy->variant_count; i++)
		if (copy->variants[i].chosen >= 0 ||
		    (!copy->variants[i].by_arm &&
			copy->variants[i].propensity < 1))
			return true;
	return false;
}

/* Whether people are put into it, and it is there to show something. */
static bool
arm_counts(const struct arm *arm)
{
	return !arm->control && arm->share > 0;
}

/* Whether the name of an arm shows in the mail. */
static bool
arms_show(const struct decision *decision)
{
	for (unsigned i = 0; i < decision->variant_count; i++)
		if (decision->variants[i].by_arm)
			return true;
	return false;
}

/* Whether both arms have the same copy for everybody. */
static bool
arms_alike(const struct decision *decision, const struct arm *one,
    const struct arm *other)
{
	return one->intensity == other->intensity && one->pin_count == 0 &&
	       other->pin_count == 0 && !arms_show(decision);
}

/* Whether an earlier arm, or the person's own, has shown it already. */
static bool
is_judged(const struct decision *decision, size_t at)
{
	const struct arm *arms = decision->campaign->arms;

	for (size_t i = 0; i < at; i++)
		if (arm_counts(&arms[i]) &&
		    arms_alike(decision, &arms[i], &arms[at]))
			return true;
	return !decision->holdout && decision->arm >= 0 &&
	       arm_counts(&arms[decision->arm]) &&
	       (decision->arm == (int)at ||
		   arms_alike(decision, &arms[decision->arm], &arms[at]));
}

/* Whether the copy of that arm differs, wherever the person is. 1, 0, -1. */
static int
arm_differs(const struct decision *decision, size_t arm, struct err *err)
{
	struct decision other = *decision;

	other.holdout = false;
	other.arm = (int)arm;
	if (other.lane == LANE_NONE)
		other.lane = LANE_EXPLOITATION;
	return copy_decide(&other, err) < 0 ? -1 : copy_differs(&other);
}

/* Whether no arm can show more: the person's word is stronger than any. */
static bool
is_closed(const struct decide_request *request)
{
	enum absence word = copy_person_absence(request);

	return word != ABSENCE_NONE && (word != ABSENCE_RECIPIENT ||
					   request->campaign->purpose.len != 0);
}

int
eligible_judge(struct decision *decision, struct err *err)
{
	const struct campaign *campaign = decision->campaign;
	int differs = 0;

	decision->eligible = ELIGIBLE_NO;
	if (is_closed(decision->request))
		return 0;
	if (!decision->holdout && decision->arm >= 0 &&
	    arm_counts(&campaign->arms[decision->arm]))
		differs = copy_differs(decision);
	for (size_t i = 0; differs == 0 && i < campaign->arm_count; i++)
		if (arm_counts(&campaign->arms[i]) && !is_judged(decision, i))
			differs = arm_differs(decision, i, err);
	if (differs > 0)
		decision->eligible = ELIGIBLE_YES;
	return differs < 0 ? -1 : 0;
}
