#include "store/catalog/yaml.h"

#include <math.h>

#include "store/base/ascii.h"
#include "store/base/suggest.h"
#include "store/base/timestamp.h"

#define NAME_MAX 64

_Static_assert(sizeof(enum yaml_kind) == sizeof(int), "enums are ints");

static void *
member(void *object, size_t offset)
{
	return (char *)object + offset;
}

int
yaml_name_check(const struct yaml_reader *reader, const struct yaml *node,
    struct span name, struct err *err)
{
	if (name.len == 0 || name.len > NAME_MAX)
		return yaml_fail(reader, node, err,
		    "a name has 1 to %d characters", NAME_MAX);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!ascii_is_word(c) && c != '-' && c != '.')
			return yaml_fail(reader, node, err,
			    "`%.*s` is no name: use letters, digits, "
			    "`_`, `-`, `.`",
			    SPAN_ARG(name));
	}
	return 0;
}

static int
fill_line(const struct yaml_reader *reader, const struct yaml *node,
    struct span *into, struct err *err)
{
	for (size_t i = 0; i < node->text.len; i++)
		if ((unsigned char)node->text.at[i] < ' ' ||
		    node->text.at[i] == 0x7f)
			return yaml_fail(reader, node, err,
			    "this must be one line without control "
			    "characters");
	*into = node->text;
	return 0;
}

static int
fill_bool(const struct yaml_reader *reader, const struct yaml *node, bool *into,
    struct err *err)
{
	if (span_eq(node->text, SPAN("true")) ||
	    span_eq(node->text, SPAN("yes")))
		*into = true;
	else if (span_eq(node->text, SPAN("false")) ||
		 span_eq(node->text, SPAN("no")))
		*into = false;
	else
		return yaml_fail(reader, node, err,
		    "expected true or false, found `%.*s`",
		    SPAN_ARG(node->text));
	return 0;
}

/* Shares are fractions, from 0 to 1, and may be written in per cent. */
static bool
is_share(const struct yaml_rule *rule)
{
	return rule->min < rule->max && rule->max <= 1;
}

/* A decimal number, "%" after it dividing by 100. */
static bool
number(struct span text, double *value)
{
	bool percent = span_ends(text, SPAN("%"));

	text.len -= percent;
	if (!span_number(text, value))
		return false;
	if (percent)
		*value /= 100;
	return true;
}

static int
fill_number(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, double *into, struct err *err)
{
	double value;

	if (!number(node->text, &value))
		return yaml_fail(reader, node, err,
		    "expected a number, found `%.*s`", SPAN_ARG(node->text));
	if (span_ends(node->text, SPAN("%")) && !is_share(rule))
		return yaml_fail(reader, node, err,
		    "`%s` is no share and takes no per cent; write `%g`",
		    rule->name ? rule->name : "this", value * 100);
	if (rule->min < rule->max && (value < rule->min || value > rule->max))
		return yaml_fail(reader, node, err,
		    "%.*s is not between %g and %g", SPAN_ARG(node->text),
		    rule->min, rule->max);
	*into = value;
	return 0;
}

static int
fill_count(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, uint32_t *into, struct err *err)
{
	double value;

	if (fill_number(reader, node, rule, &value, err) < 0)
		return -1;
	if (value < 0 || value > UINT32_MAX || value != floor(value))
		return yaml_fail(reader, node, err,
		    "expected a whole number, found `%.*s`",
		    SPAN_ARG(node->text));
	*into = (uint32_t)value;
	return 0;
}

static int
fill_limit(const struct yaml_reader *reader, const struct yaml *node,
    uint32_t *into, struct err *err)
{
	static const struct yaml_rule whole = { .min = 1,
		.max = UINT32_MAX - 1 };

	if (span_eq(node->text, SPAN("none"))) {
		*into = UINT32_MAX;
		return 0;
	}
	return fill_count(reader, node, &whole, into, err);
}

static int
fill_when(const struct yaml_reader *reader, const struct yaml *node,
    int64_t *into, struct err *err)
{
	if (timestamp_parse(node->text, into))
		return 0;
	return yaml_fail(reader, node, err,
	    "expected a date such as 2026-03-01T08:00+01:00, found `%.*s`",
	    SPAN_ARG(node->text));
}

static int
fill_lapse(const struct yaml_reader *reader, const struct yaml *node,
    int64_t *into, struct err *err)
{
	if (duration_parse(node->text, into))
		return 0;
	return yaml_fail(reader, node, err,
	    "expected a time such as 30d or 12h, found `%.*s`",
	    SPAN_ARG(node->text));
}

static int
fill_word(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, int *into, struct err *err)
{
	char list[160] = "";
	size_t used = 0;

	for (int i = 0; rule->words[i]; i++)
		if (span_eq(node->text, span_str(rule->words[i]))) {
			*into = i;
			return 0;
		}
	for (int i = 0; rule->words[i]; i++) {
		size_t len = strlen(rule->words[i]);

		if (used + len + 3 > sizeof(list))
			break;
		if (i != 0) {
			memcpy(list + used, ", ", 2);
			used += 2;
		}
		memcpy(list + used, rule->words[i], len);
		used += len;
	}
	list[used] = '\0';
	return yaml_fail(reader, node, err, "`%.*s` is none of %s",
	    SPAN_ARG(node->text), list);
}

static int
fill_texts(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, void *object, struct err *err)
{
	const struct yaml *first = node->kind == YAML_LIST ? node->first : node;
	size_t count = node->kind == YAML_LIST ? node->count : 1, i = 0;
	struct span *texts =
	    arena_calloc(reader->arena, count + 1, sizeof(*texts));

	if (!texts)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (node->kind == YAML_MAP)
		return yaml_fail(reader, node, err, "expected a list");
	for (const struct yaml *at = first; i < count; at = at->next) {
		if (at->kind != YAML_SCALAR)
			return yaml_fail(
			    reader, at, err, "expected a simple value");
		texts[i++] = at->text;
	}
	*(struct span **)member(object, rule->offset) = texts;
	*(size_t *)member(object, rule->count_offset) = count;
	return 0;
}

static int
fill_each(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, void *object, struct err *err)
{
	char *items;
	size_t i = 0;

	if (node->kind == YAML_SCALAR && !yaml_null(node))
		return yaml_fail(
		    reader, node, err, "expected a list or named entries");
	items = arena_calloc(reader->arena, node->count + 1, rule->size);
	if (!items)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (const struct yaml *at = node->first; at; at = at->next, i++)
		if (rule->read(reader, at, items + i * rule->size, err) < 0)
			return -1;
	memcpy(member(object, rule->offset), &items, sizeof(items));
	*(size_t *)member(object, rule->count_offset) = node->count;
	return 0;
}

static int
fill_scalar(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, void *into, struct err *err)
{
	switch (rule->type) {
	case YAML_TEXT:
		*(struct span *)into = node->text;
		return 0;
	case YAML_LINE:
		return fill_line(reader, node, into, err);
	case YAML_NAME:
		*(struct span *)into = node->text;
		return yaml_name_check(reader, node, node->text, err);
	case YAML_BOOL:
		return fill_bool(reader, node, into, err);
	case YAML_COUNT:
		return fill_count(reader, node, rule, into, err);
	case YAML_LIMIT:
		return fill_limit(reader, node, into, err);
	case YAML_NUMBER:
		return fill_number(reader, node, rule, into, err);
	case YAML_WHEN:
		return fill_when(reader, node, into, err);
	case YAML_LAPSE:
		return fill_lapse(reader, node, into, err);
	case YAML_WORD:
		return fill_word(reader, node, rule, into, err);
	case YAML_TEXTS:
	case YAML_EACH:
	case YAML_CALL:
		break;
	}
	return 0;
}

int
yaml_value(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, void *object, struct err *err)
{
	if (rule->type == YAML_CALL)
		return rule->read(reader, node, object, err);
	if (rule->type == YAML_TEXTS)
		return fill_texts(reader, node, rule, object, err);
	if (rule->type == YAML_EACH)
		return fill_each(reader, node, rule, object, err);
	if (node->kind != YAML_SCALAR)
		return yaml_fail(
		    reader, node, err, "`%s` takes one value", rule->name);
	if (yaml_null(node))
		return yaml_fail(
		    reader, node, err, "`%s` has no value", rule->name);
	return fill_scalar(
	    reader, node, rule, member(object, rule->offset), err);
}

static bool
rule_name(const void *rules, size_t index, struct span *name)
{
	const struct yaml_rule *rule = (const struct yaml_rule *)rules + index;

	if (rule->name)
		*name = span_str(rule->name);
	return rule->name != NULL;
}

static int
unknown_key(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rules, struct err *err)
{
	struct span nearest = suggest_nearest(node->key, rule_name, rules);

	if (nearest.len != 0)
		return err_at(err, ERR_INPUT, reader->file, node->key_line,
		    node->key_column,
		    "unknown key `%.*s`; did you mean `%.*s`?",
		    SPAN_ARG(node->key), SPAN_ARG(nearest));
	return err_at(err, ERR_INPUT, reader->file, node->key_line,
	    node->key_column, "unknown key `%.*s`", SPAN_ARG(node->key));
}

int
yaml_fill(const struct yaml_reader *reader, const struct yaml *map,
    const struct yaml_rule *rules, void *object, struct err *err)
{
	if (map->kind != YAML_MAP)
		return yaml_fail(reader, map, err,
		    "expected `key: value` lines here%s",
		    map->kind == YAML_SCALAR &&
			    span_find(map->text, ':') < map->text.len
			? "; a blank follows the `:`"
			: "");
	for (const struct yaml *at = map->first; at; at = at->next) {
		const struct yaml_rule *rule = rules;

		while (rule->name && !span_eq(at->key, span_str(rule->name)))
			rule++;
		if (!rule->name)
			return unknown_key(reader, at, rules, err);
		if (yaml_value(reader, at, rule, object, err) < 0)
			return -1;
	}
	return 0;
}

const struct yaml *
yaml_load(const struct yaml_reader *reader, struct span text,
    const struct yaml_rule *rules, void *object, struct err *err)
{
	struct yaml *root;

	if (yaml_read(reader, text, &root, err) < 0)
		return NULL;
	if (!root) {
		yaml_fail(reader, NULL, err, "the document is empty");
		return NULL;
	}
	return yaml_fill(reader, root, rules, object, err) < 0 ? NULL : root;
}
