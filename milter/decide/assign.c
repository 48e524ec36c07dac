#include "milter/decide/assign.h"

#define HASH_BASIS 0x811c9dc5u
#define HASH_PRIME 0x01000193u

/* FNV-1a goes on where it stopped, so two spans need no copy. */
static uint32_t
fnv_more(uint32_t hash, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		hash ^= (unsigned char)bytes.at[i];
		hash *= HASH_PRIME;
	}
	return hash;
}

static uint32_t
fnv_pair(struct span first, struct span second)
{
	return fnv_more(fnv_more(HASH_BASIS, first), second);
}

/* The hash of the number's decimal digits. */
static uint32_t
fnv_decimal(uint32_t number)
{
	char digits[10];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	return fnv_more(HASH_BASIS, span_of(digits + at, sizeof digits - at));
}

int
assign_bucket(
    struct span seed, struct span unit, unsigned version, double *bucket)
{
	if (version == 2) {
		uint32_t hash = fnv_decimal(fnv_pair(seed, unit));

		*bucket = (double)(hash % 10000) / 10000;
		return 1;
	}
	if (version == 1) {
		*bucket = (double)(fnv_pair(unit, seed) % 1000) / 1000;
		return 1;
	}
	return 0;
}

void
assign_equal(size_t count, double *weights)
{
	for (size_t i = 0; i < count; i++)
		weights[i] = 1.0 / (double)count;
}

/* Whether the weights can be used as they are. */
static bool
weights_hold(size_t count, const double *weights, size_t weight_count)
{
	double sum = 0;

	if (weights == NULL || weight_count != count)
		return false;
	for (size_t i = 0; i < count; i++)
		sum += weights[i];
	return sum >= 0.99 && sum <= 1.01;
}

void
assign_ranges(size_t count, double coverage, const double *weights,
    size_t weight_count, struct assign_range *ranges)
{
	bool own = weights_hold(count, weights, weight_count);
	double start = 0;

	if (!(coverage > 0))
		coverage = 0;
	if (coverage > 1)
		coverage = 1;
	for (size_t i = 0; i < count; i++) {
		double weight = own ? weights[i] : 1.0 / (double)count;

		ranges[i].from = start;
		ranges[i].to = start + coverage * weight;
		start += weight;
	}
}

int
assign_choose(double bucket, const struct assign_range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bucket >= ranges[i].from && bucket < ranges[i].to)
			return (int)i;
	return -1;
}

bool
assign_in_namespace(struct span unit, struct span name, double from, double to)
{
	uint32_t hash =
	    fnv_more(fnv_more(fnv_more(HASH_BASIS, unit), SPAN("__")), name);
	double bucket = (double)(hash % 1000) / 1000;

	return bucket >= from && bucket < to;
}

static int
arm_index(const struct assign_experiment *experiment, struct span arm)
{
	for (size_t i = 0; i < experiment->count; i++)
		if (span_eq(experiment->arms[i], arm))
			return (int)i;
	return -1;
}

/* The past assignment of this unit that holds, of the last such whose arm is
 * still there; -1 none, and *blocked whether an older version excludes the
 * unit. */
static int
assign_past_arm(const struct assign_experiment *experiment,
    const struct assign_past *past, size_t past_count, bool *blocked)
{
	int arm = -1, found;

	*blocked = false;
	for (size_t i = 0; i < past_count; i++) {
		if (!span_eq(past[i].experiment, experiment->key))
			continue;
		if (past[i].version < experiment->min_version) {
			*blocked = true;
			return -1;
		}
		found = arm_index(experiment, past[i].arm);
		if (past[i].version == experiment->version && found >= 0)
			arm = found;
	}
	return arm;
}

struct assignment
assign_arm(const struct assign_experiment *experiment, struct span unit,
    const struct assign_past *past, size_t past_count, bool admitted)
{
	struct assignment out = { .arm = -1 };
	struct span seed =
	    experiment->seed.len != 0 ? experiment->seed : experiment->key;

	if (!assign_bucket(seed, unit, experiment->hash, &out.bucket))
		return out;
	if (experiment->sticky)
		out.arm =
		    assign_past_arm(experiment, past, past_count, &out.blocked);
	if (out.blocked)
		return out;
	if (out.arm >= 0) {
		out.sticky = true;
		return out;
	}
	if (admitted)
		out.arm = assign_choose(
		    out.bucket, experiment->ranges, experiment->count);
	return out;
}
