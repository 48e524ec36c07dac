#include "tools/measure/arms.h"

static bool
fits(const struct group_key *key, struct arms_of of)
{
	return (of.segment == UINT32_MAX || key->segment == of.segment) &&
	       (of.cluster == UINT32_MAX || key->cluster == of.cluster);
}

/* Where the sums of an arm of that name belong. */
static struct group *
place_of(struct arms *arms, struct span name, uint32_t eligible)
{
	for (size_t i = 0; i < arms->count; i++)
		if (span_eq(arms->list[i].name, name))
			return &arms->list[i].by[eligible];
	if (span_eq(name, SPAN("holdout")))
		return &arms->held_out;
	return span_eq(name, SPAN("none")) ? &arms->outside : &arms->gone;
}

void
arms_gather(const struct sums *sums, const struct campaign *campaign,
    struct arms_of of, struct arms *arms)
{
	*arms = (struct arms){ .campaign = campaign };
	for (size_t i = 0; i < campaign->arm_count && i < ARMS_MAX; i++) {
		const struct arm *arm = &campaign->arms[i];

		arms->list[arms->count++] = (struct arm_sums){
			.name = arm->name,
			.share = arm->share,
			.control = arm->control,
		};
		arms->treated += !arm->control && arm->share > 0;
	}
	for (size_t i = 0; i < sums->groups.count; i++) {
		const struct group_key *key = roll_key(&sums->groups, i);
		const struct group *group = roll_value(&sums->groups, i);
		struct span name = sums_word(sums, key->arm);

		if (!span_eq(sums_word(sums, key->campaign), campaign->id) ||
		    !fits(key, of))
			continue;
		if (key->version != campaign->version) {
			arms->earlier += group->enrolled;
			continue;
		}
		arms->known |= key->eligible != ELIGIBLE_UNKNOWN;
		group_add(place_of(arms, name, key->eligible), group);
	}
}

struct group
arm_everybody(const struct arm_sums *arm)
{
	struct group all = { .enrolled = 0 };

	for (int i = 0; i < ELIGIBLES; i++)
		group_add(&all, &arm->by[i]);
	return all;
}

struct group
arm_compared(const struct arms *arms, const struct arm_sums *arm)
{
	return arms->known ? arm->by[ELIGIBLE_YES] : arm_everybody(arm);
}

static struct arm_sums
arms_as_one(const struct arms *arms, bool control, struct span name)
{
	struct arm_sums one = { .name = name, .control = control };

	for (size_t i = 0; i < arms->count; i++) {
		const struct arm_sums *arm = &arms->list[i];

		if (arm->control != control)
			continue;
		if (one.share == 0)
			one.name = arm->name;
		one.share += arm->share;
		for (int e = 0; e < ELIGIBLES; e++)
			group_add(&one.by[e], &arm->by[e]);
	}
	return one;
}

struct arm_sums
arms_control(const struct arms *arms)
{
	return arms_as_one(arms, true, SPAN(""));
}

struct arm_sums
arms_treated(const struct arms *arms)
{
	return arms_as_one(arms, false, SPAN(""));
}

struct comparison_arm
group_ready(const struct goal *goal, const struct goal_sums *sums, double share)
{
	double n = (double)sums->people;
	double k = (double)sums->responded;

	return (struct comparison_arm){
		.sample = goal->value ? sample_of_moments(&sums->moments)
				      : sample_of_rate(k, n),
		.responses = k,
		.share = goal->value ? 0 : share,
	};
}

struct comparison_arm
arm_ready(const struct arms *arms, const struct arm_sums *arm, size_t goal)
{
	struct group group = arm_compared(arms, arm);

	return group_ready(measure_goal(&arms->campaign->measure, goal),
	    &group.goals[goal], arm->share);
}

double
arms_planned(const struct arms *arms, const struct arm_sums *one,
    const struct arm_sums *other)
{
	struct group both = arm_compared(arms, one);
	struct group more = arm_compared(arms, other);

	opening_add(&both.opening, &more.opening);
	return opening_planned(
	    &both.opening, arms->campaign->measure.min_responses);
}

struct sample_ratio
arms_ratio(const struct arms *arms, bool eligible)
{
	double counts[ARMS_MAX], shares[ARMS_MAX];
	struct sample_ratio ratio;
	size_t count = 0;

	for (size_t i = 0; i < arms->count; i++) {
		struct group group = eligible ? arms->list[i].by[ELIGIBLE_YES]
					      : arm_everybody(&arms->list[i]);

		counts[count] = (double)group.enrolled;
		shares[count] = arms->list[i].share;
		if (shares[count] > 0)
			count++;
	}
	sample_ratio_read(counts, shares, count, &ratio);
	return ratio;
}

bool
arms_alarm(const struct arms *arms)
{
	return arms_ratio(arms, false).alarm || arms_ratio(arms, true).alarm;
}
