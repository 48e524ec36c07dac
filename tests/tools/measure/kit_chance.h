/*
 * Chance for tests, the same in every run: splitmix64 (Steele, Lea and Flood
 * 2014), and the draws that simulated campaigns are made of.
 */
#ifndef INLAY_TESTS_CHANCE_H
#define INLAY_TESTS_CHANCE_H

#include <math.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* Evenly in (0, 1). */
static inline double
dice_roll(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

/* Evenly on a logarithmic scale. */
static inline double
dice_between(struct dice *dice, double low, double high)
{
	return low * pow(high / low, dice_roll(dice));
}

/* Hits among n at a rate, by the waiting times between them. */
static inline double
dice_hits(struct dice *dice, double n, double rate)
{
	double hits = 0, at = 0, scale = log1p(-rate);

	if (!(rate > 0))
		return 0;
	if (rate > 0.5)
		return n - dice_hits(dice, n, 1 - rate);
	while ((at += floor(log(dice_roll(dice)) / scale) + 1) <= n)
		hits++;
	return hits;
}

#endif
