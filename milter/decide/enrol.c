#include "milter/decide/enrol.h"

#include "milter/decide/assign.h"
#include "store/record/history.h"

#define HASH_VERSION 2

/* The bucket of the unit under the seed made of two texts. */
static int
bucket_of(const struct decision *decision, struct span first,
    struct span second, double *bucket, struct err *err)
{
	struct buf seed;

	buf_init(&seed, decision->arena, first.len + second.len + 1);
	buf_add(&seed, first);
	buf_add(&seed, second);
	if (seed.failed)
		return err_set(err, ERR_MEMORY, "no memory for a seed");
	assign_bucket(
	    buf_span(&seed), decision->request->unit, HASH_VERSION, bucket);
	return 0;
}

static void
enrol_lane(struct decision *decision)
{
	const struct campaign *campaign = decision->campaign;
	double explored = campaign->exploration;

	if (decision->lane_bucket < explored)
		decision->lane = LANE_EXPLORATION;
	else if (decision->lane_bucket < explored + campaign->exploitation ||
		 explored + campaign->exploitation >= 1)
		decision->lane = LANE_EXPLOITATION;
	else
		decision->lane = LANE_NONE;
}

/* The version as the history writes it: decimal digits. */
static bool
version_is(struct span text, uint32_t version)
{
	uint64_t number = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' || number > UINT32_MAX)
			return false;
		number = number * 10 + (uint64_t)(text.at[i] - '0');
	}
	return text.len != 0 && number == version;
}

/* The arm of an earlier message of this experiment and version, or -1. */
static int
arm_before(const struct decision *decision)
{
	const struct history *history = decision->request->history;
	const struct campaign *campaign = decision->campaign;

	for (size_t i = history != NULL ? history->exposure_count : 0; i > 0;
	     i--) {
		const struct exposure *entry = &history->exposures[i - 1];

		if (!span_eq(entry->campaign, campaign->id) ||
		    !version_is(entry->version, campaign->version))
			continue;
		for (size_t j = 0; j < campaign->arm_count; j++)
			if (span_eq(campaign->arms[j].name, entry->arm))
				return (int)j;
	}
	return -1;
}

/* The arm whose range holds the bucket. Rounding leaves no gap at the end:
 * the last arm that has a share takes what is left. */
static int
arm_by_hash(const struct campaign *campaign, double bucket)
{
	double end = 0;
	int last = -1;

	for (size_t i = 0; i < campaign->arm_count; i++) {
		if (!(campaign->arms[i].share > 0))
			continue;
		end += campaign->arms[i].share;
		last = (int)i;
		if (bucket < end)
			break;
	}
	return last;
}

static int
arm_named(const struct campaign *campaign, struct span name)
{
	for (size_t i = 0; i < campaign->arm_count; i++)
		if (span_eq(campaign->arms[i].name, name))
			return (int)i;
	return -1;
}

/* What preview asked for instead of what the hash says. */
static int
enrol_forced(struct decision *decision, struct err *err)
{
	struct span name = decision->request->arm;

	decision->forced = true;
	decision->holdout = span_eq(name, SPAN("holdout"));
	if (decision->holdout)
		return 0;
	decision->arm = arm_named(decision->campaign, name);
	if (decision->arm < 0)
		return err_set(err, ERR_INPUT, "campaign %.*s has no arm %.*s",
		    SPAN_ARG(decision->campaign->id), SPAN_ARG(name));
	if (decision->lane == LANE_NONE)
		decision->lane = LANE_EXPLOITATION;
	return 0;
}

/* Whether a new assignment may be made: experiments of one namespace do not
 * meet in one person. */
static bool
is_admitted(const struct decision *decision)
{
	const struct campaign *campaign = decision->campaign;

	return campaign->namespace.len == 0 ||
	       assign_in_namespace(decision->request->unit, campaign->namespace,
		   campaign->namespace_from, campaign->namespace_to);
}

static void
enrol_arm(struct decision *decision)
{
	const struct campaign *campaign = decision->campaign;

	if (decision->holdout || decision->lane == LANE_NONE)
		return;
	decision->arm = arm_before(decision);
	decision->sticky = decision->arm >= 0;
	if (decision->arm < 0 && is_admitted(decision))
		decision->arm = arm_by_hash(campaign, decision->bucket);
}

static void
enrol_name(struct decision *decision)
{
	const struct campaign *campaign = decision->campaign;

	if (decision->holdout) {
		decision->arm_name = SPAN("holdout");
		decision->propensity = campaign->holdout;
	} else if (decision->arm >= 0) {
		const struct arm *arm = &campaign->arms[decision->arm];

		decision->arm_name = arm->name;
		decision->propensity = arm->share;
	} else if (decision->lane != LANE_NONE) {
		decision->arm_name = SPAN("none");
		decision->propensity =
		    1 - (campaign->namespace_to - campaign->namespace_from);
	} else {
		decision->arm_name = SPAN("none");
		decision->propensity =
		    1 - campaign->exploration - campaign->exploitation;
	}
	/* A pretended or kept arm may have no share today. */
	if (!(decision->propensity > 0))
		decision->propensity = 1;
}

int
enrol(struct decision *decision, struct err *err)
{
	const struct campaign *campaign = decision->campaign;

	decision->arm = -1;
	decision->version = campaign->version;
	if (bucket_of(decision, campaign->holdout_seed, SPAN_NONE,
		&decision->holdout_bucket, err) < 0 ||
	    bucket_of(decision, SPAN("lane:"), campaign->seed,
		&decision->lane_bucket, err) < 0 ||
	    bucket_of(decision, campaign->seed, SPAN_NONE, &decision->bucket,
		err) < 0)
		return -1;
	decision->holdout = decision->holdout_bucket < campaign->holdout;
	enrol_lane(decision);
	if (decision->request->arm.len != 0) {
		if (enrol_forced(decision, err) < 0)
			return -1;
	} else {
		enrol_arm(decision);
	}
	enrol_name(decision);
	return 0;
}

int
enrol_variants(struct decision *decision, bool rotate, struct err *err)
{
	const struct outline *outline = decision->outline;

	decision->variant_count = outline->variant_count;
	decision->variants = arena_calloc(decision->arena,
	    outline->variant_count, sizeof *decision->variants);
	if (decision->variants == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the variants");
	for (unsigned i = 0; i < outline->variant_count; i++) {
		struct decided_variant *out = &decision->variants[i];
		unsigned shares = outline->variants[i].count + 1, share;
		struct span name = outline->variants[i].name;
		struct buf seed;

		out->variant = &outline->variants[i];
		out->chosen = -1;
		buf_init(&seed, decision->arena, name.len + 2);
		buf_byte(&seed, ':');
		buf_add(&seed, name);
		if (seed.failed)
			return err_set(err, ERR_MEMORY, "no memory for a seed");
		if (bucket_of(decision, decision->campaign->seed,
			buf_span(&seed), &out->bucket, err) < 0)
			return -1;
		share = (unsigned)(out->bucket * shares);
		if (rotate && share < outline->variants[i].count)
			out->chosen = (int)share;
	}
	return 0;
}
