#include "store/catalog/campaign.h"

#include "store/base/timestamp.h"
#include "store/catalog/campaign_arms.h"
#include "store/catalog/campaign_channels.h"
#include "store/catalog/campaign_links.h"

#define TOKEN_TTL (60 * 86400)

static const char *const missing_words[] = { "refuse", "blank", NULL };
static const char *const unknown_words[] = { "neutral", "refuse", NULL };
static const char *const abort_words[] = { "discard", "550", NULL };
static const char *const refuse_words[] = { "bounce", "discard", NULL };

#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNT(type, member) .count_offset = offsetof(struct type, member)

static const struct yaml_rule window_rules[] = {
	{ "from", YAML_WHEN, AT(campaign, from) },
	{ "until", YAML_WHEN, AT(campaign, until) },
	{ .name = NULL },
};

static int
read_window(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	const struct campaign *campaign = into;

	if (yaml_fill(reader, node, window_rules, into, err) < 0)
		return -1;
	if (campaign->from >= campaign->until)
		return yaml_fail(reader, yaml_child(node, "until"), err,
		    "the window ends before it begins");
	return 0;
}

static const struct yaml_rule segment_rules[] = {
	{ "name", YAML_NAME, AT(segment, name) },
	{ "if", YAML_LINE, AT(segment, condition) },
	{ .name = NULL },
};

static int
read_segment(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct segment *segment = into;

	segment->name = node->key;
	segment->line = node->line;
	if (node->key.at && node->kind == YAML_SCALAR) {
		if (yaml_value(reader, node, &segment_rules[1], into, err) < 0)
			return -1;
	} else if (yaml_fill(reader, node, segment_rules, into, err) < 0) {
		return -1;
	}
	if (segment->name.len == 0 || segment->condition.len == 0)
		return yaml_fail(
		    reader, node, err, "a segment needs a name and an `if`");
	return yaml_name_check(reader, node, segment->name, err);
}

static const struct yaml_rule holdout_rules[] = {
	{ "seed", YAML_LINE, AT(campaign, holdout_seed) },
	{ "share", YAML_NUMBER, AT(campaign, holdout), .min = 0, .max = 1 },
	{ .name = NULL },
};

static int
read_holdout(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return yaml_fill(reader, node, holdout_rules, into, err);
}

static const struct yaml_rule namespace_rules[] = {
	{ "name", YAML_LINE, AT(campaign, namespace) },
	{ "from", YAML_NUMBER, AT(campaign, namespace_from), .min = 0,
	    .max = 1 },
	{ "to", YAML_NUMBER, AT(campaign, namespace_to), .min = 0, .max = 1 },
	{ .name = NULL },
};

static int
read_namespace(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	const struct campaign *campaign = into;

	if (yaml_fill(reader, node, namespace_rules, into, err) < 0)
		return -1;
	if (campaign->namespace.len == 0)
		return yaml_fail(
		    reader, node, err, "a namespace needs a `name`");
	if (campaign->namespace_from >= campaign->namespace_to)
		return yaml_fail(
		    reader, node, err, "the range of the namespace is empty");
	return 0;
}

static const struct yaml_rule lane_rules[] = {
	{ "exploration", YAML_NUMBER, AT(campaign, exploration), .min = 0,
	    .max = 1 },
	{ "exploitation", YAML_NUMBER, AT(campaign, exploitation), .min = 0,
	    .max = 1 },
	{ .name = NULL },
};

static int
read_lanes(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct campaign *campaign = into;

	if (yaml_fill(reader, node, lane_rules, into, err) < 0)
		return -1;
	if (!yaml_child(node, "exploitation"))
		campaign->exploitation = 1 - campaign->exploration;
	if (campaign->exploration + campaign->exploitation > 1 + 1e-9)
		return yaml_fail(
		    reader, node, err, "the lanes are more than everybody");
	return 0;
}

static const struct yaml_rule budget_rules[] = {
	{ "points", YAML_COUNT, AT(campaign, budget_points) },
	{ "max_identifying", YAML_COUNT, AT(campaign, budget_identifying) },
	{ .name = NULL },
};

static int
read_budget(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct campaign *campaign = into;

	campaign->has_budget = true;
	campaign->budget_points = UINT32_MAX;
	campaign->budget_identifying = UINT32_MAX;
	return yaml_fill(reader, node, budget_rules, into, err);
}

static const struct yaml_rule cap_rules[] = {
	{ "cap", YAML_LIMIT, AT(cap, cap) },
	{ "window", YAML_LAPSE, AT(cap, window) },
	{ "cooldown", YAML_LAPSE, AT(cap, cooldown) },
	{ .name = NULL },
};

static int
add_cap(const struct yaml_reader *reader, const struct yaml *node,
    enum cap_scope scope, struct span name, struct campaign *campaign,
    struct err *err)
{
	struct cap *cap = &campaign->caps[campaign->cap_count++];

	*cap = (struct cap){ .scope = scope,
		.name = name,
		.window = SPAN_UNSET,
		.cooldown = SPAN_UNSET };
	if (node->kind == YAML_SCALAR)
		return yaml_value(reader, node, &cap_rules[0], cap, err);
	return yaml_fill(reader, node, cap_rules, cap, err);
}

/* `blocks:` or `pools:`, a cap for each name. */
static int
add_caps(const struct yaml_reader *reader, const struct yaml *node,
    enum cap_scope scope, struct campaign *campaign, struct err *err)
{
	if (node->kind != YAML_MAP)
		return yaml_fail(reader, node, err,
		    "expected `name: {cap: 1, window: 30d}` lines");
	for (const struct yaml *at = node->first; at; at = at->next)
		if (add_cap(reader, at, scope, at->key, campaign, err) < 0)
			return -1;
	return 0;
}

static int
read_person_cap(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return add_cap(reader, node, CAP_PERSON, SPAN(""), into, err);
}

static int
read_topic_cap(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return add_cap(reader, node, CAP_TOPIC, SPAN(""), into, err);
}

static int
read_block_caps(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return add_caps(reader, node, CAP_BLOCK, into, err);
}

static int
read_pool_caps(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return add_caps(reader, node, CAP_POOL, into, err);
}

static const struct yaml_rule caps_rules[] = {
	{ "person", YAML_CALL, .read = read_person_cap },
	{ "topic", YAML_CALL, .read = read_topic_cap },
	{ "blocks", YAML_CALL, .read = read_block_caps },
	{ "pools", YAML_CALL, .read = read_pool_caps },
	{ .name = NULL },
};

static int
read_caps(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	struct campaign *campaign = into;
	size_t most = 0;

	for (const struct yaml *at = node->first; at; at = at->next)
		most += at->count + 1;
	campaign->caps =
	    arena_calloc(reader->arena, most + 1, sizeof(*campaign->caps));
	if (!campaign->caps)
		return err_set(err, ERR_MEMORY, "out of memory");
	return yaml_fill(reader, node, caps_rules, into, err);
}

/* Fields that Inlay or the mail server owns; no campaign writes them. */
static const char *const owned_headers[] = { "Received", "Return-Path",
	"DKIM-Signature", "Date", "MIME-Version", "Message-ID", "Bcc",
	"X-Inlay-Campaign", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Authentication-Results", NULL };

static int
header_name_check(
    const struct yaml_reader *reader, const struct yaml *node, struct err *err)
{
	for (size_t i = 0; i < node->key.len; i++)
		if (node->key.at[i] <= ' ' || node->key.at[i] == ':' ||
		    (unsigned char)node->key.at[i] >= 0x7f)
			return err_at(err, ERR_INPUT, reader->file,
			    node->key_line, node->key_column,
			    "`%.*s` is no header name", SPAN_ARG(node->key));
	for (size_t i = 0; owned_headers[i]; i++)
		if (span_caseeq(node->key, span_str(owned_headers[i])))
			return err_at(err, ERR_INPUT, reader->file,
			    node->key_line, node->key_column,
			    "a campaign cannot set `%s`", owned_headers[i]);
	return 0;
}

static int
read_header(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	static const struct yaml_rule rule = { "header", YAML_LINE,
		AT(header_template, template) };
	struct header_template *header = into;

	if (!node->key.at || node->key.len == 0)
		return yaml_fail(
		    reader, node, err, "expected `Name: template` lines");
	header->name = node->key;
	header->line = node->line;
	header->column = node->column + !node->plain;
	if (header_name_check(reader, node, err) < 0)
		return -1;
	return yaml_value(reader, node, &rule, header, err);
}

static const struct yaml_rule signing_rules[] = {
	{ "domain", YAML_LINE, AT(campaign, signing_domain) },
	{ .name = NULL },
};

static int
read_signing(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return yaml_fill(reader, node, signing_rules, into, err);
}

static const struct yaml_rule unsubscribe_rules[] = {
	{ "url", YAML_LINE, AT(campaign, unsubscribe_url) },
	{ "mailto", YAML_LINE, AT(campaign, unsubscribe_mailto) },
	{ "post", YAML_BOOL, AT(campaign, unsubscribe_post) },
	{ "token_ttl", YAML_LAPSE, AT(campaign, token_ttl) },
	{ .name = NULL },
};

static int
read_unsubscribe(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct campaign *campaign = into;

	if (yaml_fill(reader, node, unsubscribe_rules, into, err) < 0)
		return -1;
	if (campaign->unsubscribe_post &&
	    !span_starts(campaign->unsubscribe_url, SPAN("https://")))
		return yaml_fail(reader, yaml_child(node, "post"), err,
		    "one-click `post` needs an https `url` (RFC 8058)");
	return 0;
}

static int
read_measure(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct campaign *campaign = into;

	return measure_read(reader, node, &campaign->measure, err);
}

static int
read_costs(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct campaign *campaign = into;

	return costs_read(reader, node, &campaign->costs, err);
}

static const struct yaml_rule campaign_rules[] = {
	{ "id", YAML_NAME, AT(campaign, id) },
	{ "about", YAML_LINE, AT(campaign, text) },
	{ "tenant", YAML_NAME, AT(campaign, tenant) },
	{ "topic", YAML_NAME, AT(campaign, topic) },
	{ "purpose", YAML_NAME, AT(campaign, purpose) },
	{ "permission", YAML_NAME, AT(campaign, permission) },
	{ "window", YAML_CALL, .read = read_window },
	{ "segments", YAML_EACH, AT(campaign, segments),
	    COUNT(campaign, segment_count), .size = sizeof(struct segment),
	    .read = read_segment },
	{ "arms", YAML_EACH, AT(campaign, arms), COUNT(campaign, arm_count),
	    .size = sizeof(struct arm), .read = campaign_arm_read },
	{ "variants", YAML_EACH, AT(campaign, variants),
	    COUNT(campaign, variant_count), .size = sizeof(struct variant),
	    .read = campaign_variant_read },
	{ "seed", YAML_LINE, AT(campaign, seed) },
	{ "version", YAML_COUNT, AT(campaign, version), .min = 1, .max = 1e9 },
	{ "namespace", YAML_CALL, .read = read_namespace },
	{ "holdout", YAML_CALL, .read = read_holdout },
	{ "lanes", YAML_CALL, .read = read_lanes },
	{ "min_trust", YAML_NUMBER, AT(campaign, min_trust), .min = 0,
	    .max = 1 },
	{ "missing", YAML_WORD, AT(campaign, missing), .words = missing_words },
	{ "unknown_recipient", YAML_WORD, AT(campaign, unknown_recipient),
	    .words = unknown_words },
	{ "intrusion", YAML_CALL, .read = read_budget },
	{ "caps", YAML_CALL, .read = read_caps },
	{ "headers", YAML_EACH, AT(campaign, headers),
	    COUNT(campaign, header_count),
	    .size = sizeof(struct header_template), .read = read_header },
	{ "signing", YAML_CALL, .read = read_signing },
	{ "links", YAML_CALL, .read = campaign_links_read },
	{ "channels", YAML_EACH, AT(campaign, channels),
	    COUNT(campaign, channel_count), .size = sizeof(struct channel),
	    .read = campaign_channel_read },
	{ "unsubscribe", YAML_CALL, .read = read_unsubscribe },
	{ "abort", YAML_WORD, AT(campaign, abort), .words = abort_words },
	{ "refuse", YAML_WORD, AT(campaign, refuse), .words = refuse_words },
	{ "ledger_days", YAML_COUNT, AT(campaign, ledger_days), .min = 1,
	    .max = 36500 },
	{ "measure", YAML_CALL, .read = read_measure },
	{ "costs", YAML_CALL, .read = read_costs },
	{ "waive", YAML_TEXTS, AT(campaign, waived),
	    COUNT(campaign, waived_count) },
	{ "why", YAML_BOOL, AT(campaign, why) },
	{ "zone", YAML_LINE, AT(campaign, zone) },
	{ "locale", YAML_LINE, AT(campaign, locale) },
	{ .name = NULL },
};

const struct yaml_manual campaign_keys[] = {
	{ "", campaign_rules },
	{ "window.", window_rules },
	{ "segments.", segment_rules },
	{ "arms.", campaign_arm_rules },
	{ "variants.", campaign_variant_rules },
	{ "namespace.", namespace_rules },
	{ "holdout.", holdout_rules },
	{ "lanes.", lane_rules },
	{ "intrusion.", budget_rules },
	{ "caps.", caps_rules },
	{ "caps.", cap_rules },
	{ "signing.", signing_rules },
	{ "links.", campaign_link_rules },
	{ "channels.", campaign_channel_rules },
	{ "unsubscribe.", unsubscribe_rules },
	{ "measure.", measure_rules },
	{ "measure.goal.", goal_rules },
	{ "costs.", cost_rules },
	{ .rules = NULL },
};

static void
set_unsaid(struct campaign *campaign)
{
	if (campaign->topic.len == 0)
		campaign->topic = campaign->id;
	if (campaign->seed.len == 0)
		campaign->seed = campaign->id;
	if (campaign->holdout_seed.len == 0)
		campaign->holdout_seed = SPAN("holdout");
}

/* A day of the window begins when it begins in the campaign's zone. */
static void
place_window(struct campaign *campaign, const struct yaml *root)
{
	const struct yaml *window = yaml_child(root, "window");
	const struct yaml *from = window ? yaml_child(window, "from") : NULL;
	const struct yaml *until = window ? yaml_child(window, "until") : NULL;

	if (from)
		zone_timestamp(campaign->clocks, from->text, &campaign->from);
	if (until)
		zone_timestamp(campaign->clocks, until->text, &campaign->until);
}

/* `campaign load` has looked whether there is such a zone. */
static int
read_clocks(struct campaign *campaign, struct arena *arena, struct err *err)
{
	int found = 0;

	if (campaign->zone.len != 0)
		found = zone_read(
		    NULL, campaign->zone, arena, &campaign->clocks, err);
	if (found == 0)
		campaign->clocks = zone_utc();
	return found < 0 ? -1 : 0;
}

int
campaign_parse(struct span text, const char *file, struct arena *arena,
    struct campaign **campaign, struct err *err)
{
	struct yaml_reader reader = { .arena = arena, .file = file };
	struct campaign *made = ARENA_NEW(arena, struct campaign);
	const struct yaml *root;

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	*made = (struct campaign){ .tenant = SPAN("default"),
		.from = WHEN_PAST,
		.until = WHEN_FUTURE,
		.version = 1,
		.namespace_to = 1,
		.exploitation = 1,
		.min_trust = -1,
		.token_ttl = TOKEN_TTL,
		.measure = measure_unsaid(),
		.costs = costs_unsaid() };
	root = yaml_load(&reader, text, campaign_rules, made, err);
	if (!root)
		return -1;
	if (made->id.len == 0)
		return yaml_fail(
		    &reader, root, err, "a campaign needs an `id`");
	if (campaign_share_out(&reader, root, made, err) < 0)
		return -1;
	set_unsaid(made);
	if (read_clocks(made, arena, err) < 0)
		return -1;
	place_window(made, root);
	*campaign = made;
	return 0;
}

struct span
campaign_tenant(const struct campaign *campaign, struct span default_tenant)
{
	return span_eq(campaign->tenant, SPAN("default")) ? default_tenant
							  : campaign->tenant;
}

int
campaign_phase(const struct campaign *campaign, int64_t now)
{
	if (now < campaign->from)
		return -1;
	return now >= campaign->until;
}

const struct cap *
campaign_cap(
    const struct campaign *campaign, enum cap_scope scope, struct span name)
{
	for (size_t i = 0; i < campaign->cap_count; i++)
		if (campaign->caps[i].scope == scope &&
		    span_eq(campaign->caps[i].name, name))
			return &campaign->caps[i];
	return NULL;
}

bool
campaign_waives(const struct campaign *campaign, const char *rule)
{
	for (size_t i = 0; i < campaign->waived_count; i++)
		if (span_eq(campaign->waived[i], span_str(rule)))
			return true;
	return false;
}
