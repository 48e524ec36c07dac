#include "store/catalog/campaign_channels.h"

#include "store/base/ascii.h"

#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNT(type, member) .count_offset = offsetof(struct type, member)

#define DAY 86400
#define HOUR 3600

/* "9" or "9:30", up to 24:00, from *at on. 1, or 0: it is none. */
static int
read_clock(struct span text, size_t *at, uint32_t *seconds)
{
	uint32_t numbers[2] = { 0, 0 };

	for (size_t i = 0; i < 2; i++) {
		size_t from = *at;

		while (*at < text.len && *at < from + 2 &&
		       ascii_is_digit(text.at[*at]))
			numbers[i] = numbers[i] * 10 +
				     (uint32_t)(text.at[(*at)++] - '0');
		if (*at == from || (i == 1 && *at != from + 2))
			return 0;
		if (i == 1 || *at == text.len || text.at[*at] != ':')
			break;
		++*at;
	}
	*seconds = numbers[0] * HOUR + numbers[1] * 60;
	return numbers[1] < 60 && *seconds <= DAY;
}

/* `9-19`, `8:30-17`. */
static int
read_hours(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct channel *channel = into;
	size_t at = 0;

	if (node->kind != YAML_SCALAR ||
	    !read_clock(node->text, &at, &channel->opens) ||
	    at == node->text.len || node->text.at[at++] != '-' ||
	    !read_clock(node->text, &at, &channel->closes) ||
	    at != node->text.len || channel->opens >= channel->closes)
		return yaml_fail(reader, node, err,
		    "expected hours of a day, 9-19 or 8:30-17");
	return 0;
}

const struct yaml_rule campaign_channel_rules[] = {
	{ "permission", YAML_NAME, AT(channel, permission) },
	{ "objection", YAML_NAME, AT(channel, objection) },
	{ "needs", YAML_TEXTS, AT(channel, needs), COUNT(channel, need_count) },
	{ "cost", YAML_NUMBER, AT(channel, cost), .min = 0, .max = 1e9 },
	{ "capacity", YAML_COUNT, AT(channel, capacity), .min = 1, .max = 1e9 },
	{ "hours", YAML_CALL, .read = read_hours },
	{ .name = NULL },
};

int
campaign_channel_read(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct channel *channel = into;

	*channel = (struct channel){ .name = node->key, .cost = -1 };
	if (!node->key.at || node->kind != YAML_MAP)
		return yaml_fail(reader, node, err,
		    "expected `channel: {permission: ..., cost: ...}` lines");
	return yaml_fill(reader, node, campaign_channel_rules, channel, err);
}

struct span
channel_name(struct span name)
{
	return name.len != 0 ? name : SPAN("email");
}

bool
channel_is_mail(struct span name)
{
	return span_eq(channel_name(name), SPAN("email"));
}

const struct channel *
campaign_channel(const struct campaign *campaign, struct span name)
{
	name = channel_name(name);
	for (size_t i = 0; i < campaign->channel_count; i++)
		if (span_eq(campaign->channels[i].name, name))
			return &campaign->channels[i];
	return NULL;
}

bool
channel_open(
    const struct channel *channel, const struct zone *clocks, int64_t now)
{
	int64_t local = now + zone_at(clocks, now).offset;
	int64_t second = (local % DAY + DAY) % DAY;

	return channel->closes == 0 ||
	       (second >= channel->opens && second < channel->closes);
}
