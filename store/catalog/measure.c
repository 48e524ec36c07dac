#include "store/catalog/measure.h"

#define DAY 86400
#define MONEY 1e12
#define HOURS 1e6

#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNT(type, member) .count_offset = offsetof(struct type, member)

const struct yaml_rule goal_rules[] = {
	{ "event", YAML_NAME, AT(goal, event) },
	{ "within", YAML_LAPSE, AT(goal, within) },
	{ "value", YAML_BOOL, AT(goal, value) },
	{ "cap", YAML_NUMBER, AT(goal, cap), .min = 0, .max = MONEY },
	{ .name = NULL },
};

static int
read_goal(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	struct goal *goal = into;

	*goal = (struct goal){ .line = node->line, .column = node->column };
	if (yaml_fill(reader, node, goal_rules, goal, err) < 0)
		return -1;
	if (goal->event.len == 0)
		return yaml_fail(reader, node, err,
		    "what is counted needs an `event` such as purchase");
	if (goal->within <= 0)
		return yaml_fail(reader, node, err,
		    "`%.*s` needs a `within` such as 14d",
		    SPAN_ARG(goal->event));
	if (yaml_child(node, "cap") && !goal->value)
		return yaml_fail(reader, yaml_child(node, "cap"), err,
		    "a `cap` limits money: it goes with `value: true`");
	if (yaml_child(node, "cap") && goal->cap <= 0)
		return yaml_fail(reader, yaml_child(node, "cap"), err,
		    "a `cap` of 0 counts nothing");
	return 0;
}

static int
read_primary(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return read_goal(reader, node, &((struct measure *)into)->goal, err);
}

const struct yaml_rule measure_rules[] = {
	{ "goal", YAML_CALL, .read = read_primary },
	{ "also", YAML_EACH, AT(measure, also), COUNT(measure, also_count),
	    .size = sizeof(struct goal), .read = read_goal },
	{ "guard", YAML_EACH, AT(measure, guards), COUNT(measure, guard_count),
	    .size = sizeof(struct goal), .read = read_goal },
	{ "min_days", YAML_COUNT, AT(measure, said_days), .min = 1,
	    .max = 3650 },
	{ "min_responses", YAML_COUNT, AT(measure, min_responses),
	    .min = MEASURE_RESPONSES, .max = 1e9 },
	{ .name = NULL },
};

struct measure
measure_unsaid(void)
{
	return (struct measure){ .min_responses = MEASURE_RESPONSES };
}

/* Nobody's window is closed before `within` is over. */
static uint32_t
days_of(const struct measure *measure)
{
	uint32_t least = (uint32_t)((measure->goal.within + DAY - 1) / DAY);

	return measure->said_days > least ? measure->said_days : least;
}

const struct goal *
measure_goal(const struct measure *measure, size_t nth)
{
	if (nth == 0)
		return measure->given ? &measure->goal : NULL;
	if (--nth < measure->also_count)
		return &measure->also[nth];
	nth -= measure->also_count;
	return nth < measure->guard_count ? &measure->guards[nth] : NULL;
}

int
measure_read(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct measure *measure = into;

	if (yaml_fill(reader, node, measure_rules, measure, err) < 0)
		return -1;
	if (measure->goal.event.len == 0)
		return yaml_fail(reader, node, err,
		    "`measure` needs a `goal: {event: purchase, within: 14d}`");
	if (1 + measure->also_count + measure->guard_count > MEASURE_GOALS)
		return yaml_fail(reader, node, err,
		    "no more than %d things are measured", MEASURE_GOALS);
	for (size_t i = 0; i < measure->guard_count; i++)
		if (measure->guards[i].value)
			return err_at(err, ERR_INPUT, reader->file,
			    measure->guards[i].line, measure->guards[i].column,
			    "a guard counts people, not money");
	measure->given = true;
	measure->min_days = days_of(measure);
	return 0;
}

static int
read_channel(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	static const struct yaml_rule rule = { "channel", YAML_NUMBER,
		AT(channel_cost, cost), .min = 0, .max = 1e9 };
	struct channel_cost *channel = into;

	channel->channel = node->key;
	if (yaml_name_check(reader, node, node->key, err) < 0)
		return -1;
	return yaml_value(reader, node, &rule, channel, err);
}

#define PRICE(key, member) \
	{ \
		key, YAML_NUMBER, AT(costs, member), .min = 0, .max = MONEY \
	}
#define TIME(key, member) \
	{ \
		key, YAML_NUMBER, AT(costs, member), .min = 0, .max = HOURS \
	}

const struct yaml_rule cost_rules[] = {
	PRICE("response", response),
	{ "margin", YAML_NUMBER, AT(costs, margin), .min = 0, .max = 1 },
	PRICE("loss", loss),
	PRICE("complaint", complaint),
	PRICE("send", send),
	TIME("content_hours", content_hours),
	PRICE("content_rate", content_rate),
	TIME("setup_hours", setup_hours),
	PRICE("setup_rate", setup_rate),
	PRICE("fixed", fixed),
	{ "brand", YAML_NUMBER, AT(costs, brand), .min = -MONEY, .max = MONEY },
	PRICE("value", response),
	PRICE("personalise", send),
	{ "channels", YAML_EACH, AT(costs, channels),
	    COUNT(costs, channel_count), .size = sizeof(struct channel_cost),
	    .read = read_channel },
	{ .name = NULL },
};

const struct former_cost costs_former[] = {
	{ "value", "response" },
	{ "personalise", "send" },
	{ .former = NULL },
};

struct costs
costs_unsaid(void)
{
	return (struct costs){ .margin = 1 };
}

int
costs_read(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct costs *costs = into;

	if (yaml_fill(reader, node, cost_rules, costs, err) < 0)
		return -1;
	for (unsigned i = 0; costs_former[i].former; i++) {
		const struct yaml *old =
		    yaml_child(node, costs_former[i].former);

		if (!old)
			continue;
		if (yaml_child(node, costs_former[i].now))
			return yaml_fail(reader, old, err,
			    "`%s` is what `%s` was called before: give one",
			    costs_former[i].now, costs_former[i].former);
		costs->former |= 1u << i;
	}
	return 0;
}
