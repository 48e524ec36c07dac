#include "store/catalog/campaign_arms.h"

static const char *const intensity_words[] = { "neutral", "segment",
	"individual", NULL };

#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNT(type, member) .count_offset = offsetof(struct type, member)

const char *
intensity_word(enum intensity intensity)
{
	return intensity_words[intensity];
}

/* ---- arms ---- */

/* `hero: hero_x`, the slot and what it shows. */
static int
read_pin(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	static const struct yaml_rule rule = { "option", YAML_NAME,
		AT(pin, option) };
	struct pin *pin = into;

	if (!node->key.at || node->kind != YAML_SCALAR)
		return yaml_fail(
		    reader, node, err, "expected `slot: block` lines");
	pin->slot = node->key;
	return yaml_value(reader, node, &rule, pin, err);
}

const struct yaml_rule campaign_arm_rules[] = {
	{ "name", YAML_NAME, AT(arm, name) },
	{ "weight", YAML_NUMBER, AT(arm, weight), .min = 0, .max = 1e6 },
	{ "intensity", YAML_WORD, AT(arm, intensity),
	    .words = intensity_words },
	{ "control", YAML_BOOL, AT(arm, control) },
	{ "slots", YAML_EACH, AT(arm, pins), COUNT(arm, pin_count),
	    .size = sizeof(struct pin), .read = read_pin },
	{ .name = NULL },
};

int
campaign_arm_read(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct arm *arm = into;

	*arm = (struct arm){ .name = node->key,
		.weight = 1,
		.intensity = INTENSITY_INDIVIDUAL };
	if (yaml_fill(reader, node, campaign_arm_rules, arm, err) < 0)
		return -1;
	if (arm->name.len == 0)
		return yaml_fail(reader, node, err, "an arm needs a name");
	if (arm->control) {
		if (yaml_child(node, "intensity") &&
		    arm->intensity != INTENSITY_NEUTRAL)
			return yaml_fail(reader, yaml_child(node, "intensity"),
			    err, "a control arm is neutral");
		if (arm->pin_count != 0)
			return yaml_fail(reader, yaml_child(node, "slots"), err,
			    "a control arm shows the else of every slot");
		arm->intensity = INTENSITY_NEUTRAL;
	}
	return yaml_name_check(reader, node, arm->name, err);
}

/* ---- variants ---- */

const struct yaml_rule campaign_variant_rules[] = {
	{ "version", YAML_COUNT, AT(variant, version), .min = 1, .max = 1e9 },
	{ .name = NULL },
};

static int
read_weight(const struct yaml_reader *reader, const struct yaml *node,
    struct variant *variant, struct err *err)
{
	static const struct yaml_rule rule = { "weight", YAML_NUMBER,
		AT(variant_share, weight), .min = 0, .max = 1e6 };
	struct variant_share *share = &variant->shares[variant->count++];

	share->name = node->key;
	if (yaml_value(reader, node, &rule, share, err) < 0)
		return -1;
	variant->sum += share->weight;
	return yaml_name_check(reader, node, share->name, err);
}

/* `subject: {warm: 1, sober: 1, version: 2}`. */
int
campaign_variant_read(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct variant *variant = into;

	*variant = (struct variant){ .name = node->key, .version = 1 };
	if (!node->key.at || node->kind != YAML_MAP)
		return yaml_fail(reader, node, err,
		    "expected `variant: {name: weight}` lines");
	variant->shares =
	    arena_calloc(reader->arena, node->count, sizeof *variant->shares);
	if (!variant->shares)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (const struct yaml *at = node->first; at; at = at->next)
		if ((span_eq(at->key, SPAN("version"))
			    ? yaml_value(reader, at, &campaign_variant_rules[0],
				  variant, err)
			    : read_weight(reader, at, variant, err)) < 0)
			return -1;
	if (variant->sum <= 0)
		return yaml_fail(
		    reader, node, err, "the weights of the variant are all 0");
	for (size_t i = 0; i < variant->count; i++)
		variant->shares[i].share =
		    variant->shares[i].weight / variant->sum;
	return 0;
}

/* Names of arms are chosen by the arm: weights would say nothing. */
static int
variants_check(const struct yaml_reader *reader, const struct yaml *root,
    const struct campaign *campaign, struct err *err)
{
	for (size_t i = 0; i < campaign->variant_count; i++) {
		const struct variant *variant = &campaign->variants[i];

		for (size_t j = 0; j < variant->count; j++)
			if (campaign_arm(campaign, variant->shares[j].name))
				return yaml_fail(reader,
				    yaml_child(root, "variants"), err,
				    "`%.*s` of variant `%.*s` is an arm: a "
				    "variant named after the arms is chosen by "
				    "the arm",
				    SPAN_ARG(variant->shares[j].name),
				    SPAN_ARG(variant->name));
	}
	return 0;
}

/* ---- the split ---- */

/* Where nobody says arms, everybody is personalised. */
static int
arms_share(const struct yaml_reader *reader, const struct yaml *root,
    struct campaign *campaign, struct err *err)
{
	double sum = 0;

	if (campaign->arm_count == 0) {
		campaign->arms = ARENA_NEW(reader->arena, struct arm);
		if (!campaign->arms)
			return err_set(err, ERR_MEMORY, "out of memory");
		campaign->arms[0] = (struct arm){ .name = SPAN("personal"),
			.weight = 1,
			.intensity = INTENSITY_INDIVIDUAL };
		campaign->arm_count = 1;
	}
	for (size_t i = 0; i < campaign->arm_count; i++) {
		sum += campaign->arms[i].weight;
		for (size_t j = 0; j < i; j++)
			if (span_eq(
				campaign->arms[i].name, campaign->arms[j].name))
				return yaml_fail(reader,
				    yaml_child(root, "arms"), err,
				    "two arms are called `%.*s`",
				    SPAN_ARG(campaign->arms[i].name));
	}
	if (sum <= 0)
		return yaml_fail(reader, yaml_child(root, "arms"), err,
		    "the weights of the arms are all 0");
	for (size_t i = 0; i < campaign->arm_count; i++)
		campaign->arms[i].share = campaign->arms[i].weight / sum;
	return 0;
}

int
campaign_share_out(const struct yaml_reader *reader, const struct yaml *root,
    struct campaign *campaign, struct err *err)
{
	if (arms_share(reader, root, campaign, err) < 0)
		return -1;
	return variants_check(reader, root, campaign, err);
}

const struct arm *
campaign_arm(const struct campaign *campaign, struct span name)
{
	for (size_t i = 0; i < campaign->arm_count; i++)
		if (span_eq(campaign->arms[i].name, name))
			return &campaign->arms[i];
	return NULL;
}

const struct variant *
campaign_variant(const struct campaign *campaign, struct span name)
{
	for (size_t i = 0; i < campaign->variant_count; i++)
		if (span_eq(campaign->variants[i].name, name))
			return &campaign->variants[i];
	return NULL;
}

static bool
same_share(double one, double other)
{
	return one - other < 1e-9 && other - one < 1e-9;
}

bool
campaign_arms_deal_alike(
    const struct campaign *one, const struct campaign *other)
{
	if (one->arm_count != other->arm_count ||
	    !span_eq(one->seed, other->seed))
		return false;
	for (size_t i = 0; i < one->arm_count; i++)
		if (!span_eq(one->arms[i].name, other->arms[i].name) ||
		    one->arms[i].control != other->arms[i].control ||
		    !same_share(one->arms[i].share, other->arms[i].share))
			return false;
	return true;
}

bool
campaign_variant_deals_alike(
    const struct campaign *one, const struct campaign *other, struct span name)
{
	const struct variant *a = campaign_variant(one, name);
	const struct variant *b = campaign_variant(other, name);

	if ((a ? a->version : 1) != (b ? b->version : 1))
		return true;
	if (!a || !b || a->count != b->count)
		return a == b;
	for (size_t i = 0; i < a->count; i++)
		if (!span_eq(a->shares[i].name, b->shares[i].name) ||
		    !same_share(a->shares[i].share, b->shares[i].share))
			return false;
	return true;
}
