#include "milter/decide/enrol.h"

#include "milter/decide/assign.h"
#include "store/record/history.h"

#define HASH_VERSION 2

static int
memory_fail(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for the experiment");
}

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
		return memory_fail(err);
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
version_read(struct span text, uint32_t *version)
{
	uint64_t number = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' || number > UINT32_MAX)
			return false;
		number = number * 10 + (uint64_t)(text.at[i] - '0');
	}
	*version = (uint32_t)number;
	return text.len != 0 && number <= UINT32_MAX;
}

static inline bool
is_past(const struct decision *decision, const struct exposure *entry)
{
	uint32_t version;

	return span_eq(entry->campaign, decision->campaign->id) &&
	       version_read(entry->version, &version);
}

/* The assignments that the history holds of this campaign, oldest first. Most
 * people have many entries and none of this campaign: one walk tells. */
static int
past_gather(const struct decision *decision, struct assign_past **past,
    size_t *count, struct err *err)
{
	const struct history *history = decision->request->history;
	size_t entries = history != NULL ? history->exposure_count : 0;
	size_t first = 0;

	while (
	    first < entries && !is_past(decision, &history->exposures[first]))
		first++;
	*count = 0;
	*past = arena_calloc(decision->arena, entries - first, sizeof **past);
	if (*past == NULL)
		return memory_fail(err);
	for (size_t i = first; i < entries; i++) {
		const struct exposure *entry = &history->exposures[i];
		struct assign_past *one = &(*past)[*count];

		if (!is_past(decision, entry))
			continue;
		version_read(entry->version, &one->version);
		one->experiment = entry->campaign;
		one->arm = entry->arm;
		++*count;
	}
	return 0;
}

/* Shares own ranges in the order listed. Rounding leaves no gap at the end:
 * the last that has a share takes what is left. */
static void
ranges_make(const double *shares, size_t count, struct assign_range *ranges)
{
	assign_ranges(count, 1, shares, count, ranges);
	for (size_t i = count; i > 0; i--)
		if (shares[i - 1] > 0) {
			ranges[i - 1].to = 1;
			return;
		}
}

/* What preview asked for instead of what the hash says. */
static int
enrol_forced(struct decision *decision, struct err *err)
{
	struct span name = decision->request->arm;
	const struct arm *arm;

	decision->forced = true;
	decision->sticky = false;
	decision->arm = -1;
	decision->holdout = span_eq(name, SPAN("holdout"));
	if (decision->holdout)
		return 0;
	arm = campaign_arm(decision->campaign, name);
	if (arm == NULL)
		return err_set(err, ERR_INPUT, "campaign %.*s has no arm %.*s",
		    SPAN_ARG(decision->campaign->id), SPAN_ARG(name));
	decision->arm = (int)(arm - decision->campaign->arms);
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

/* The arm by hash, or as it was before; nobody's where holdout or lane says
 * so. Sets the bucket in any case. */
static int
enrol_arm(struct decision *decision, struct err *err)
{
	const struct campaign *campaign = decision->campaign;
	size_t count = campaign->arm_count;
	struct arena *arena = decision->arena;
	double *shares = arena_calloc(arena, count, sizeof *shares);
	struct span *names = arena_calloc(arena, count, sizeof *names);
	struct assign_range *ranges =
	    arena_calloc(arena, count, sizeof *ranges);
	bool part = !decision->holdout && decision->lane != LANE_NONE;
	struct assign_experiment experiment = { .key = campaign->id,
		.seed = campaign->seed,
		.hash = HASH_VERSION,
		.version = campaign->version,
		.sticky = part,
		.arms = names,
		.ranges = ranges,
		.count = count };
	struct assign_past *past;
	struct assignment assigned;

	if (shares == NULL || names == NULL || ranges == NULL)
		return memory_fail(err);
	if (past_gather(decision, &past, &count, err) < 0)
		return -1;
	for (size_t i = 0; i < campaign->arm_count; i++) {
		shares[i] = campaign->arms[i].share;
		names[i] = campaign->arms[i].name;
	}
	ranges_make(shares, campaign->arm_count, ranges);
	assigned = assign_arm(&experiment, decision->request->unit, past, count,
	    part && is_admitted(decision));
	decision->bucket = assigned.bucket;
	decision->sticky = assigned.sticky;
	decision->arm = assigned.arm;
	if (assigned.arm >= 0)
		decision->range = ranges[assigned.arm];
	return 0;
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
		&decision->lane_bucket, err) < 0)
		return -1;
	decision->holdout = decision->holdout_bucket < campaign->holdout;
	enrol_lane(decision);
	if (enrol_arm(decision, err) < 0)
		return -1;
	if (decision->request->arm.len != 0 && enrol_forced(decision, err) < 0)
		return -1;
	enrol_name(decision);
	return 0;
}

/* ---- variants ---- */

/* The index of the `when`, or -1: the variant has none of that name. */
static int
when_named(const struct outline_variant *variant, struct span name)
{
	for (unsigned i = 0; i < variant->count; i++)
		if (span_eq(variant->arms[i], name))
			return (int)i;
	return -1;
}

bool
variant_by_arm(
    const struct campaign *campaign, const struct outline_variant *variant)
{
	for (unsigned i = 0; i < variant->count; i++)
		if (campaign_arm(campaign, variant->arms[i]) == NULL)
			return false;
	return variant->count != 0;
}

/* The bucket of the variant's own hash: another version deals anew. */
static int
variant_bucket(const struct decision *decision, struct span name,
    uint32_t version, double *bucket, struct err *err)
{
	struct buf seed;

	buf_init(&seed, decision->arena, name.len + 16);
	buf_byte(&seed, ':');
	buf_add(&seed, name);
	if (version != 1)
		buf_printf(&seed, ":%u", version);
	if (seed.failed)
		return memory_fail(err);
	return bucket_of(
	    decision, decision->campaign->seed, buf_span(&seed), bucket, err);
}

/* The shares of the whens, else last; where the campaign says nothing of the
 * variant, all are equal. */
static void
variant_shares(const struct outline_variant *variant,
    const struct variant *given, double *shares)
{
	if (given == NULL) {
		assign_equal((size_t)variant->count + 1, shares);
		return;
	}
	for (size_t i = 0; i < given->count; i++)
		shares[i] = given->shares[i].share;
}

static int
variant_draw(struct decision *decision, struct decided_variant *out,
    const struct variant *given, struct err *err)
{
	size_t count =
	    given != NULL ? given->count : (size_t)out->variant->count + 1;
	double *shares = arena_calloc(decision->arena, count, sizeof *shares);
	struct assign_range *ranges =
	    arena_calloc(decision->arena, count, sizeof *ranges);
	int drawn;

	if (shares == NULL || ranges == NULL)
		return memory_fail(err);
	variant_shares(out->variant, given, shares);
	ranges_make(shares, count, ranges);
	drawn = assign_choose(out->bucket, ranges, count);
	if (drawn < 0)
		return 0;
	out->range = ranges[drawn];
	out->propensity = shares[drawn];
	if (given != NULL)
		out->chosen =
		    when_named(out->variant, given->shares[drawn].name);
	else if (drawn < (int)out->variant->count)
		out->chosen = drawn;
	return 0;
}

static int
variant_choose(struct decision *decision, struct decided_variant *out,
    bool rotate, struct err *err)
{
	const struct campaign *campaign = decision->campaign;
	const struct variant *given =
	    campaign_variant(campaign, out->variant->name);

	out->chosen = -1;
	out->propensity = 1;
	out->by_arm = variant_by_arm(campaign, out->variant);
	if (out->by_arm && rotate) {
		out->chosen = when_named(
		    out->variant, campaign->arms[decision->arm].name);
		out->propensity = decision->propensity;
	}
	if (out->by_arm)
		return 0;
	if (variant_bucket(decision, out->variant->name,
		given != NULL ? given->version : 1, &out->bucket, err) < 0)
		return -1;
	return rotate ? variant_draw(decision, out, given, err) : 0;
}

int
enrol_variants(struct decision *decision, bool rotate, struct err *err)
{
	const struct outline *outline = decision->outline;

	decision->variant_count = outline->variant_count;
	decision->variants = arena_calloc(decision->arena,
	    outline->variant_count, sizeof *decision->variants);
	if (decision->variants == NULL)
		return memory_fail(err);
	for (unsigned i = 0; i < outline->variant_count; i++) {
		decision->variants[i].variant = &outline->variants[i];
		if (variant_choose(
			decision, &decision->variants[i], rotate, err) < 0)
			return -1;
	}
	return 0;
}
