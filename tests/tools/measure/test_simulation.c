/*
 * Thousands of campaigns that never were, looked at every day for sixty
 * days: what reports promise of all looks together. Each promise stands
 * beside a method that breaks it. The dice fall the same in every run.
 */
#include "tests/suite.h"

#include <math.h>

#include "tests/tools/measure/kit_chance.h"
#include "tools/measure/comparison.h"

#define CAMPAIGNS 2000
#define DAYS 60

/* One campaign: how it is laid out, and what came in so far. */
struct campaign_run {
	double people;
	double control; /* share */
	double base;	/* rate in control */
	double rise;	/* in the other arm */
	double first;	/* part of the people on the first day */
	double money;	/* spread of the logarithm of a purchase; 0: a rate */
	double planned;
	struct moments arms[2];
	double responses[2];
};

/* One campaign out of those that the promise is made for. */
static struct campaign_run
campaign_make(struct dice *dice)
{
	return (struct campaign_run){ .people = dice_between(dice, 1000, 50000),
		.control = 0.1 + 0.4 * dice_roll(dice),
		.base = dice_between(dice, 0.01, 0.1),
		/* All at once, or day by day. */
		.first = dice_roll(dice) < 0.5 ? 0.9 : 1.0 / DAYS };
}

/* One purchase: with a mean of 40 in any spread. */
static double
purchase(struct dice *dice, double spread)
{
	double normal = sqrt(-2 * log(dice_roll(dice))) *
			cos(2 * acos(-1) * dice_roll(dice));

	return 40 * exp(spread * normal - spread * spread / 2);
}

/* What a group of people who did nothing, or the same, adds. */
static void
people_add(struct moments *arm, double n, double y)
{
	const struct moments group = { .n = n, .mean = y };

	moments_merge(arm, &group);
}

static void
campaign_day(struct campaign_run *run, int day, struct dice *dice)
{
	double part = day == 0 ? run->first : (1 - run->first) / (DAYS - 1);
	double n = floor(run->people * part);
	double control = dice_hits(dice, n, run->control);

	for (int arm = 0; arm < 2; arm++) {
		double people = arm ? n - control : control;
		double hits =
		    dice_hits(dice, people, run->base + (arm ? run->rise : 0));

		run->responses[arm] += hits;
		people_add(&run->arms[arm], people - hits, 0);
		if (run->money > 0)
			for (double i = 0; i < hits; i++)
				people_add(&run->arms[arm], 1,
				    purchase(dice, run->money));
		else
			people_add(&run->arms[arm], hits, 1);
	}
	if (day == 0)
		run->planned = n;
}

static struct comparison
campaign_compare(const struct campaign_run *run, double needed)
{
	struct comparison_arm arms[2];
	struct comparison out;

	for (int i = 0; i < 2; i++)
		arms[i] = (struct comparison_arm){
			run->money > 0
			    ? sample_of_moments(&run->arms[i])
			    : sample_of_rate(run->responses[i], run->arms[i].n),
			run->responses[i],
			run->money > 0 ? 0
			: i	       ? 1 - run->control
				       : run->control
		};
	compare(&arms[0], &arms[1], run->planned, needed, 0.05, &out);
	return out;
}

/* A look that finds a difference where there is the true one only. */
static bool
says_sequence(const struct campaign_run *run)
{
	struct comparison got = campaign_compare(run, RESPONSES_NEEDED);

	return got.word == COMPARISON_BETTER || got.word == COMPARISON_WORSE;
}

static bool
says_too_early(const struct campaign_run *run)
{
	struct comparison got = campaign_compare(run, 0);

	return got.word == COMPARISON_BETTER || got.word == COMPARISON_WORSE;
}

static bool
says_fixed(const struct campaign_run *run)
{
	struct comparison got = campaign_compare(run, 1);

	got.lift.freedom = INFINITY;
	return got.shown && lift_p(&got.lift) <= 0.05;
}

static bool
misses_sequence(const struct campaign_run *run)
{
	struct comparison got = campaign_compare(run, RESPONSES_NEEDED);
	double truth = run->rise * (run->money > 0 ? 40 : 1);

	return got.shown && (got.sequence.interval.low > truth ||
				got.sequence.interval.high < truth);
}

static bool
misses_fixed(const struct campaign_run *run)
{
	struct comparison got = campaign_compare(run, RESPONSES_NEEDED);
	struct interval interval;

	got.lift.freedom = INFINITY;
	interval = lift_interval(&got.lift, 0.05);
	return got.shown &&
	       (interval.low > run->rise || interval.high < run->rise);
}

/* The part of the campaigns in which any of the sixty looks errs. */
static double
part_wrong(bool (*wrong)(const struct campaign_run *), double rise,
    double money, uint64_t seed)
{
	struct dice dice = { seed };
	double count = 0;

	for (int i = 0; i < CAMPAIGNS; i++) {
		struct campaign_run run = campaign_make(&dice);
		bool erred = false;

		run.rise = run.base * rise;
		run.money = money;
		for (int day = 0; day < DAYS; day++) {
			campaign_day(&run, day, &dice);
			erred = erred || wrong(&run);
		}
		count += erred;
	}
	return count / CAMPAIGNS;
}

#define ASSERT_PART(part, op, limit) \
	do { \
		double got_ = (part); \
		ck_assert_msg(got_ op(limit), "%g of all, not " #op " %g", \
		    got_, (double)(limit)); \
	} while (0)

START_TEST(daily_looks_raise_few_false_alarms)
{
	ASSERT_PART(part_wrong(says_sequence, 0, 0, 1), <=, 0.05);
	ASSERT_PART(part_wrong(says_sequence, 0, 0, 2), <=, 0.05);
}
END_TEST

START_TEST(daily_looks_at_money_raise_few_false_alarms)
{
	ASSERT_PART(part_wrong(says_sequence, 0, 0.5, 3), <=, 0.05);
	ASSERT_PART(part_wrong(says_sequence, 0, 1, 4), <=, 0.05);
}
END_TEST

START_TEST(an_interval_for_one_look_fails_it)
{
	ASSERT_PART(part_wrong(says_fixed, 0, 0, 1), >, 0.15);
}
END_TEST

/* All of them small, with little in control: what the rule is for. */
START_TEST(without_enough_responses_the_sequence_fails_too)
{
	struct dice dice = { 5 };
	double early = 0, ruled = 0;

	for (int i = 0; i < CAMPAIGNS; i++) {
		struct campaign_run run = { .people = 4600,
			.control = 0.1,
			.base = 0.03,
			.first = 1.0 / DAYS };
		bool erred = false, spoke = false;

		for (int day = 0; day < DAYS; day++) {
			campaign_day(&run, day, &dice);
			erred = erred || says_too_early(&run);
			spoke = spoke || says_sequence(&run);
		}
		early += erred;
		ruled += spoke;
	}
	ASSERT_PART(early / CAMPAIGNS, >, 0.05);
	ASSERT_PART(ruled / CAMPAIGNS, <=, 0.02);
}
END_TEST

START_TEST(all_sixty_intervals_together_hold_the_truth)
{
	static const double rises[] = { -0.4, 0.2, 0.5, 1 };

	ASSERT_PART(
	    part_wrong(misses_sequence, rises[_i], 0, 10 + (uint64_t)_i), <=,
	    0.05);
	ASSERT_PART(
	    part_wrong(misses_sequence, rises[_i], 0.8, 20 + (uint64_t)_i), <=,
	    0.05);
}
END_TEST

START_TEST(intervals_for_one_look_do_not)
{
	ASSERT_PART(part_wrong(misses_fixed, 0.5, 0, 12), >, 0.1);
}
END_TEST

/* Whether a split is found broken in any of the looks: of two arms, the one
 * of this share loses this part. */
static bool
split_alarms(struct dice *dice, double share, double lost)
{
	const double shares[] = { share, 1 - share };
	double counts[] = { 0, 0 };

	for (int day = 0; day < DAYS; day++) {
		double n = 20000.0 / DAYS;
		double first = dice_hits(dice, floor(n), share);
		struct sample_ratio ratio;

		counts[0] += dice_hits(dice, first, 1 - lost);
		counts[1] += floor(n) - first;
		sample_ratio_read(counts, shares, 2, &ratio);
		if (ratio.alarm)
			return true;
	}
	return false;
}

static double
part_alarmed(double share, double lost, uint64_t seed)
{
	struct dice dice = { seed };
	double alarmed = 0;

	for (int i = 0; i < CAMPAIGNS; i++)
		alarmed += split_alarms(&dice, share, lost);
	return alarmed / CAMPAIGNS;
}

START_TEST(a_broken_split_alarms_and_a_whole_one_does_not)
{
	ASSERT_PART(part_alarmed(0.5, 0.1, 30), >=, 0.95);
	ASSERT_PART(part_alarmed(0.1, 0.18, 31), >=, 0.95);
	ASSERT_PART(part_alarmed(0.5, 0, 32), <=, 0.001);
	ASSERT_PART(part_alarmed(0.1, 0, 33), <=, 0.001);
	/* A loss too small to see is not seen: the alarm is no constant. */
	ASSERT_PART(part_alarmed(0.5, 0.01, 34), <, 0.5);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("simulation");
	TCase *tests = tcase_create("simulation");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, daily_looks_raise_few_false_alarms);
	tcase_add_test(tests, daily_looks_at_money_raise_few_false_alarms);
	tcase_add_test(tests, an_interval_for_one_look_fails_it);
	tcase_add_test(tests, without_enough_responses_the_sequence_fails_too);
	tcase_add_loop_test(
	    tests, all_sixty_intervals_together_hold_the_truth, 0, 4);
	tcase_add_test(tests, intervals_for_one_look_do_not);
	tcase_add_test(tests, a_broken_split_alarms_and_a_whole_one_does_not);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
