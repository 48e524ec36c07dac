#include "store/catalog/schema.h"

#include <stdlib.h>

#include "store/base/ascii.h"
#include "store/base/regex.h"
#include "store/base/unicode.h"
#include "store/base/timestamp.h"
#include "store/catalog/field_text.h"
#include "store/record/bounce.h"

#define DAY 86400
#define BOUNCE_WITHIN_MAX 3650 /* days */

static const char *const type_words[] = { "string", "number", "date", "boolean",
	"list", "json", NULL };
static const char *const class_words[] = { "public", "contextual",
	"identifying", "behavioural", "special", NULL };
static const char *const decay_words[] = { "none", "linear", "half_life",
	NULL };

/* Nobody vouches for an unlisted source, and half a word must do where
 * nobody has set a threshold: an empty schema shows every stored field. */
#define UNKNOWN_QUALITY \
	{ \
		50, DECAY_NONE, 365 \
	}
#define MIN_TRUST 0.5

const struct schema schema_empty = {
	.unknown = UNKNOWN_QUALITY,
	.min_trust = MIN_TRUST,
};

const char *
field_type_word(enum field_type type)
{
	return type_words[type];
}

const char *field_class_word(enum field_class class)
{
	return class_words[class];
}

const char *
decay_word(enum decay decay)
{
	return decay_words[decay];
}

static int
read_pattern(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct field *field = into;
	struct err reason = ERR_INIT;

	if (node->kind != YAML_SCALAR)
		return yaml_fail(
		    reader, node, err, "`pattern` takes one value");
	field->pattern = node->text;
	if (regex_compile(
		node->text, reader->arena, &field->compiled, &reason) == 0)
		return 0;
	if (reason.code == ERR_MEMORY)
		return err_set(err, ERR_MEMORY, "out of memory");
	return yaml_fail(reader, node, err,
	    "not a pattern: %s, at its character %u", reason.text,
	    reason.column);
}

/* A bound: a number, or a date. */
static int
read_bound(const struct yaml_reader *reader, const struct yaml *node,
    double *bound, struct err *err)
{
	static const struct yaml_rule rule = { .name = "min",
		.type = YAML_NUMBER };
	int64_t when;

	if (node->kind == YAML_SCALAR && timestamp_parse(node->text, &when)) {
		*bound = (double)when;
		return 0;
	}
	return yaml_value(reader, node, &rule, bound, err);
}

static int
read_min(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	struct field *field = into;

	field->has_min = true;
	return read_bound(reader, node, &field->min, err);
}

static int
read_max(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	struct field *field = into;

	field->has_max = true;
	return read_bound(reader, node, &field->max, err);
}

static int
read_preset(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct field *field = into;

	if (node->kind != YAML_SCALAR)
		return yaml_fail(
		    reader, node, err, "`default` takes one value");
	field->has_preset = true;
	field->preset = node->text;
	return 0;
}

/* The sign between a number's whole and its fraction. */
static int
read_decimal(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct field *field = into;

	if (node->kind != YAML_SCALAR || (!span_eq(node->text, SPAN(",")) &&
					     !span_eq(node->text, SPAN("."))))
		return yaml_fail(
		    reader, node, err, "`decimal` is \",\" or \".\"");
	field->decimal = node->text.at[0];
	return 0;
}

static int
read_spelling(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct spelling *spelling = into;

	if (!node->key.at || node->kind != YAML_SCALAR)
		return yaml_fail(reader, node, err,
		    "expected `as files write it: the value`");
	*spelling = (struct spelling){ node->key, node->text };
	return 0;
}

static int
read_field_label(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct field *field = into;

	return labels_read(reader, node, &field->labels, err);
}

#define AT(type, member) .offset = offsetof(struct type, member)
#define COUNT(type, member) .count_offset = offsetof(struct type, member)

static const struct yaml_rule field_rules[] = {
	{ "type", YAML_WORD, AT(field, type), .words = type_words },
	{ "class", YAML_WORD, AT(field, class), .words = class_words },
	{ "label", YAML_CALL, .read = read_field_label },
	{ "pattern", YAML_CALL, .read = read_pattern },
	{ "min", YAML_CALL, .read = read_min },
	{ "max", YAML_CALL, .read = read_max },
	{ "values", YAML_TEXTS, AT(field, choices),
	    COUNT(field, choice_count) },
	{ "placeholders", YAML_TEXTS, AT(field, placeholders),
	    COUNT(field, placeholder_count) },
	{ "map", YAML_EACH, AT(field, spellings), COUNT(field, spelling_count),
	    .size = sizeof(struct spelling), .read = read_spelling },
	{ "formats", YAML_TEXTS, AT(field, formats),
	    COUNT(field, format_count) },
	{ "decimal", YAML_CALL, .read = read_decimal },
	{ "default", YAML_CALL, .read = read_preset },
	{ "derived", YAML_LINE, AT(field, derived) },
	{ "min_trust", YAML_NUMBER, AT(field, min_trust), .min = 0, .max = 1 },
	{ "max_age", YAML_LAPSE, AT(field, max_age) },
	{ .name = NULL },
};

/* Field names are what templates write after "profile.". */
static int
field_name_check(
    const struct yaml_reader *reader, const struct yaml *node, struct err *err)
{
	char first = node->key.len ? node->key.at[0] : '0';

	if (yaml_name_check(reader, node, node->key, err) < 0)
		return -1;
	if ((first >= '0' && first <= '9') || first == '-' ||
	    span_find(node->key, '.') != node->key.len)
		return err_at(err, ERR_INPUT, reader->file, node->key_line,
		    node->key_column,
		    "a field's name begins with a letter and has no dot");
	return 0;
}

/* The field's own default and choices must be valid themselves. */
static int
field_check(const struct yaml_reader *reader, const struct yaml *node,
    const struct field *field, struct err *err)
{
	const struct yaml *preset = yaml_child(node, "default");
	const char *fault;

	if (field->has_min && field->has_max && field->min > field->max)
		return yaml_fail(reader, yaml_child(node, "max"), err,
		    "`max` is below `min`");
	if (field->derived.len != 0 && field->pattern.len != 0)
		return yaml_fail(reader, yaml_child(node, "pattern"), err,
		    "a derived field takes no pattern");
	if (field_text_check(reader, node, field, err) < 0)
		return -1;
	fault = preset ? field_fault(field, field->preset) : NULL;
	if (fault && strcmp(fault, "empty") != 0)
		return yaml_fail(reader, preset, err,
		    "the default is not valid for this field (%s)", fault);
	return 0;
}

static int
read_field(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct field *field = into;

	if (!node->key.at)
		return yaml_fail(
		    reader, node, err, "expected `name:` and its rules");
	if (field_name_check(reader, node, err) < 0)
		return -1;
	field->name = node->key;
	field->class = CLASS_IDENTIFYING; /* unsaid is not harmless */
	field->min_trust = -1;
	if (yaml_null(node))
		return 0;
	if (yaml_fill(reader, node, field_rules, field, err) < 0)
		return -1;
	if (field_check(reader, node, field, err) < 0)
		return -1;
	return field_spelling(field, reader->arena, &field->preset, err);
}

/* A period in days, "730" or "730d". */
static int
read_period(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct quality *quality = into;
	int64_t seconds;

	if (node->kind != YAML_SCALAR ||
	    !duration_parse(node->text, &seconds) || seconds == 0)
		return yaml_fail(
		    reader, node, err, "expected a time such as 365d above 0");
	quality->period_days = (double)seconds / 86400;
	return 0;
}

static const struct yaml_rule quality_rules[] = {
	{ "weight", YAML_NUMBER, AT(quality, weight), .min = 0, .max = 100 },
	{ "decay", YAML_WORD, AT(quality, decay), .words = decay_words },
	{ "period", YAML_CALL, .read = read_period },
	{ "period_days", YAML_CALL, .read = read_period },
	{ .name = NULL },
};

static int
read_source_field(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct source_field *entry = into;

	if (!node->key.at)
		return yaml_fail(
		    reader, node, err, "expected `field:` and its weight");
	entry->field = node->key;
	entry->quality.weight = -1; /* unsaid: from the source, below */
	entry->quality.decay = DECAY_NONE;
	if (node->kind == YAML_SCALAR)
		return yaml_value(
		    reader, node, &quality_rules[0], &entry->quality, err);
	return yaml_fill(reader, node, quality_rules, &entry->quality, err);
}

static int
read_source_period(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct source *source = into;

	return read_period(reader, node, &source->quality, err);
}

static int
read_source_label(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct source *source = into;

	return labels_read(reader, node, &source->labels, err);
}

static const struct yaml_rule source_rules[] = {
	{ "label", YAML_CALL, .read = read_source_label },
	{ "weight", YAML_NUMBER, AT(source, quality.weight), .min = 0,
	    .max = 100 },
	{ "decay", YAML_WORD, AT(source, quality.decay), .words = decay_words },
	{ "period", YAML_CALL, .read = read_source_period },
	{ "period_days", YAML_CALL, .read = read_source_period },
	{ "rank", YAML_COUNT, AT(source, rank), .min = 1, .max = 1000 },
	{ "fields", YAML_EACH, AT(source, fields), COUNT(source, field_count),
	    .size = sizeof(struct source_field), .read = read_source_field },
	{ .name = NULL },
};

static int
read_source(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct source *source = into;

	if (!node->key.at)
		return yaml_fail(
		    reader, node, err, "expected `name:` and its weight");
	if (yaml_name_check(reader, node, node->key, err) < 0)
		return -1;
	*source = (struct source){
		.name = node->key, .quality = UNKNOWN_QUALITY, .rank = 1000
	};
	if (yaml_fill(reader, node, source_rules, source, err) < 0)
		return -1;
	for (size_t i = 0; i < source->field_count; i++) {
		struct quality *own = &source->fields[i].quality;

		if (own->weight < 0)
			own->weight = source->quality.weight;
		if (own->period_days <= 0) {
			own->decay = source->quality.decay;
			own->period_days = source->quality.period_days;
		}
	}
	return 0;
}

static int
read_unknown(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct schema *schema = into;

	return yaml_fill(reader, node, quality_rules, &schema->unknown, err);
}

/* "1", or "5/30d". */
static int
read_limit(const struct yaml_reader *reader, const struct yaml *node,
    struct bounce_limit *limit, struct err *err)
{
	struct span text = node->text, count;
	size_t slash = span_find(text, '/');
	int64_t seconds = 0;
	uint32_t number = 0;
	bool fits = node->kind == YAML_SCALAR && slash > 0 && slash < 3;

	count = span_first(text, slash);
	for (size_t i = 0; fits && i < count.len; i++) {
		fits = ascii_is_digit(count.at[i]);
		number = number * 10 + (uint32_t)(count.at[i] - '0');
	}
	if (fits && slash < text.len)
		fits = duration_parse(span_from(text, slash + 1), &seconds) &&
		       seconds >= DAY && seconds <= BOUNCE_WITHIN_MAX * DAY;
	if (!fits || number < 1 || number > BOUNCES_MAX)
		return yaml_fail(reader, node, err,
		    "expected how many, 1 to %d, as `1` or, within a time of "
		    "days, `5/30d`",
		    BOUNCES_MAX);
	*limit = (struct bounce_limit){ number, (uint32_t)(seconds / DAY) };
	return 0;
}

static int
read_hard(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	struct bounce_rules *rules = into;

	return read_limit(reader, node, &rules->hard, err);
}

static int
read_soft(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	struct bounce_rules *rules = into;

	return read_limit(reader, node, &rules->soft, err);
}

static const struct yaml_rule bounce_rules[] = {
	{ "hard", YAML_CALL, .read = read_hard },
	{ "soft", YAML_CALL, .read = read_soft },
	{ .name = NULL },
};

static int
read_bounces(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	struct schema *schema = into;

	return yaml_fill(reader, node, bounce_rules, &schema->bounces, err);
}

static const struct yaml_rule schema_rules[] = {
	{ "fields", YAML_EACH, AT(schema, fields), COUNT(schema, field_count),
	    .size = sizeof(struct field), .read = read_field },
	{ "sources", YAML_EACH, AT(schema, sources),
	    COUNT(schema, source_count), .size = sizeof(struct source),
	    .read = read_source },
	{ "unknown_source", YAML_CALL, .read = read_unknown },
	{ "min_trust", YAML_NUMBER, AT(schema, min_trust), .min = 0, .max = 1 },
	{ "cluster", YAML_NAME, AT(schema, cluster) },
	{ "bounces", YAML_CALL, .read = read_bounces },
	{ .name = NULL },
};

const struct yaml_manual schema_keys[] = {
	{ "", schema_rules },
	{ "fields.", field_rules },
	{ "sources.", source_rules },
	{ "bounces.", bounce_rules },
	{ .rules = NULL },
};

static int
field_order(const void *a, const void *b)
{
	return span_cmp(
	    ((const struct field *)a)->name, ((const struct field *)b)->name);
}

static int
source_order(const void *a, const void *b)
{
	return span_cmp(
	    ((const struct source *)a)->name, ((const struct source *)b)->name);
}

/* What refers to a field must name one. */
static int
references_check(const struct yaml_reader *reader, const struct yaml *root,
    const struct schema *schema, struct err *err)
{
	const struct yaml *cluster = yaml_child(root, "cluster");
	const struct yaml *sources = yaml_child(root, "sources");

	if (cluster && !schema_field(schema, schema->cluster))
		return yaml_fail(reader, cluster, err,
		    "there is no field `%.*s`", SPAN_ARG(schema->cluster));
	for (const struct yaml *source = sources ? sources->first : NULL;
	     source; source = source->next) {
		const struct yaml *fields = yaml_child(source, "fields");
		const struct yaml *at = fields ? fields->first : NULL;

		for (; at; at = at->next)
			if (!schema_field(schema, at->key))
				return err_at(err, ERR_INPUT, reader->file,
				    at->key_line, at->key_column,
				    "there is no field `%.*s`",
				    SPAN_ARG(at->key));
	}
	return 0;
}

int
schema_parse(struct span text, const char *file, struct arena *arena,
    struct schema **schema, struct err *err)
{
	struct yaml_reader reader = { .arena = arena, .file = file };
	struct schema *made = ARENA_NEW(arena, struct schema);
	const struct yaml *root;

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	*made = schema_empty;
	root = yaml_load(&reader, text, schema_rules, made, err);
	if (!root)
		return -1;
	if (made->field_count != 0)
		qsort(made->fields, made->field_count, sizeof(*made->fields),
		    field_order);
	if (made->source_count != 0)
		qsort(made->sources, made->source_count, sizeof(*made->sources),
		    source_order);
	if (references_check(&reader, root, made, err) < 0)
		return -1;
	*schema = made;
	return 0;
}

const struct field *
schema_field(const struct schema *schema, struct span name)
{
	struct field key = { .name = name };

	if (schema->field_count == 0)
		return NULL;
	return bsearch(&key, schema->fields, schema->field_count,
	    sizeof(*schema->fields), field_order);
}

const struct source *
schema_source(const struct schema *schema, struct span name)
{
	struct source key = { .name = name };

	if (schema->source_count == 0)
		return NULL;
	return bsearch(&key, schema->sources, schema->source_count,
	    sizeof(*schema->sources), source_order);
}

const struct quality *
schema_quality(
    const struct schema *schema, struct span source, struct span field)
{
	const struct source *known = schema_source(schema, source);

	if (!known)
		return &schema->unknown;
	for (size_t i = 0; i < known->field_count; i++)
		if (span_eq(known->fields[i].field, field))
			return &known->fields[i].quality;
	return &known->quality;
}

bool
schema_next_source(const void *schema, size_t index, struct span *name)
{
	const struct schema *it = schema;

	*name = index < it->source_count ? it->sources[index].name : SPAN_NONE;
	return index < it->source_count;
}
