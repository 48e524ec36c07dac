#include "tests/suites/decide/product.h"

#include "milter/decide/enrol.h"
#include "store/record/profile.h"
#include "tests/milter/decide/kit_outline.h"

#define MEMORY ((size_t)4 << 20)

static const struct arm everybody = { .name = { "all", 3 },
	.weight = 1,
	.share = 1,
	.intensity = INTENSITY_INDIVIDUAL };

void
experiment_make(struct experiment *experiment, struct span seed,
    const double *shares, size_t count)
{
	experiment->campaign = (struct campaign){ .id = SPAN("c"),
		.seed = seed,
		.version = 1,
		.holdout_seed = SPAN("holdout"),
		.namespace_to = 1,
		.exploitation = 1,
		.min_trust = -1,
		.from = INT64_MIN,
		.until = INT64_MAX,
		.arms = experiment->arms,
		.arm_count = count };
	for (size_t i = 0; i < count; i++) {
		experiment->arms[i] = everybody;
		experiment->arms[i].share = shares[i];
	}
}

struct enrolled
experiment_enrol(const struct experiment *experiment, struct span unit,
    const struct history *history)
{
	const struct decide_request request = {
		.campaign = &experiment->campaign,
		.history = history,
		.unit = unit,
	};
	struct decision decision = { .campaign = &experiment->campaign,
		.request = &request,
		.arena = arena_new(MEMORY) };
	struct err err = ERR_INIT;
	struct enrolled out = { .arm = -2 };

	if (enrol(&decision, &err) == 0)
		out = (struct enrolled){ decision.arm, decision.bucket,
			decision.sticky, decision.holdout };
	arena_free(&decision.arena);
	return out;
}

static int
segment_true(void *context, const struct decision *decision,
    const struct block *block, struct err *err)
{
	(void)context;
	(void)decision;
	(void)err;
	return !span_eq(block->condition, SPAN("no"));
}

/* The slot that shows the pool; options that ask for data need a field. */
static int
pool_outline(struct outline *outline, struct err *err)
{
	const struct outline_use needed = { .needed = true };
	unsigned slot;

	if (outline_put_slot(outline, SPAN("s"), SPAN("p"), &slot, err) < 0)
		return -1;
	for (unsigned i = 0; i < outline->slots[slot].count; i++) {
		struct outline_option *option =
		    &outline->slots[slot].options[i];

		if (span_eq(option->stored->condition, SPAN("data")) &&
		    outline_put_use(outline, &option->uses,
			SPAN("profile.nothing"), &needed, err) < 0)
			return -1;
	}
	return 0;
}

static struct span
pool_decide(struct decide_request *request, struct arena *arena)
{
	struct outline *outline = outline_new(arena, request->catalog);
	struct decision *decision;
	struct err err = ERR_INIT;
	const struct decided_slot *slot;

	request->outline = outline;
	if (outline == NULL || pool_outline(outline, &err) < 0 ||
	    decide(request, arena, &decision, &err) != 1)
		return SPAN("failed");
	slot = &decision->slots[0];
	return slot->chosen < 0 ? SPAN("")
				: slot->slot->options[slot->chosen].stored->id;
}

struct span
pool_show(struct block *blocks, size_t count, const struct history *history,
    int64_t now)
{
	static const double all[] = { 1 };
	const struct block *list[256];
	struct pool pool = { SPAN("p"), list, count };
	struct catalog catalog = { .schema = &schema_empty,
		.blocks = list,
		.block_count = count,
		.pools = &pool,
		.pool_count = 1 };
	struct profile profile = { .address = SPAN("a@b.example") };
	struct experiment experiment;
	struct decide_request request = { .catalog = &catalog,
		.campaign = &experiment.campaign,
		.profile = &profile,
		.history = history,
		.unit = profile.address,
		.now = now,
		.block_test = segment_true };
	struct arena *arena = arena_new(MEMORY);
	struct span shown;

	experiment_make(&experiment, SPAN("seed"), all, 1);
	for (size_t i = 0; i < count; i++) {
		blocks[i].pool = pool.name;
		list[i] = &blocks[i];
	}
	shown = pool_decide(&request, arena);
	arena_free(&arena);
	return shown;
}

struct span
person_permission(const struct profile *profile, struct span permission,
    struct span purpose, int64_t now)
{
	static const double all[] = { 1 };
	const struct catalog catalog = { .schema = &schema_empty };
	struct experiment experiment;
	struct decide_request request = { .catalog = &catalog,
		.campaign = &experiment.campaign,
		.profile = profile,
		.now = now };
	struct arena *arena = arena_new(MEMORY);
	struct err err = ERR_INIT;
	struct decision *decision;
	struct span answer = SPAN("failed");
	int decided;

	experiment_make(&experiment, SPAN("seed"), all, 1);
	experiment.campaign.permission = permission;
	experiment.campaign.purpose = purpose;
	request.outline = outline_new(arena, &catalog);
	decided = decide(&request, arena, &decision, &err);
	if (decided == 0)
		answer = SPAN("reject");
	else if (decided == 1)
		answer = decision->neutral != ABSENCE_NONE ? SPAN("neutral")
							   : SPAN("personal");
	arena_free(&arena);
	return answer;
}
