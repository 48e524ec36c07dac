#include "store/catalog/label.h"

#include "store/base/ascii.h"

/* How many bytes at the beginning of both are the same locale's: "de_ch" and
 * "de-CH" are. */
static size_t
alike(struct span a, struct span b)
{
	size_t at = 0;

	while (at < a.len && at < b.len &&
	       (ascii_lower(a.at[at]) == ascii_lower(b.at[at]) ||
		   (a.at[at] == '_' && b.at[at] == '-') ||
		   (a.at[at] == '-' && b.at[at] == '_')))
		at++;
	return at;
}

/* 3 for that locale, 2 for its language, 1 for any, 0 for another. */
static int
fitness(struct span label, struct span locale)
{
	size_t same = alike(label, locale);

	if (label.len == 0)
		return 1;
	if (same == label.len && same == locale.len)
		return 3;
	return same == label.len &&
		       (locale.at[same] == '-' || locale.at[same] == '_')
		   ? 2
		   : 0;
}

struct span
labels_text(const struct labels *labels, struct span locale)
{
	struct span text = SPAN_NONE;
	int best = 0;

	if (locale.len == 0)
		locale = SPAN("en");
	for (size_t i = 0; i < labels->count; i++) {
		int fits = fitness(labels->at[i].locale, locale);

		if (fits <= best)
			continue;
		best = fits;
		text = labels->at[i].text;
	}
	return text;
}

static int
read_text(const struct yaml_reader *reader, const struct yaml *node,
    struct label *label, struct err *err)
{
	static const struct yaml_rule rule = { "label", YAML_LINE,
		.offset = offsetof(struct label, text) };

	label->locale = node->key;
	label->line = node->key_line;
	label->column = node->key_column;
	return yaml_value(reader, node, &rule, label, err);
}

int
labels_read(const struct yaml_reader *reader, const struct yaml *node,
    struct labels *labels, struct err *err)
{
	const struct yaml *at = node->kind == YAML_SCALAR ? NULL : node->first;
	size_t count = at == NULL ? 1 : node->count;

	if (node->kind == YAML_LIST || (node->kind == YAML_MAP && at == NULL))
		return yaml_fail(reader, node, err,
		    "expected a text, or one for each language: "
		    "{de: ..., fr: ...}");
	labels->at = arena_calloc(reader->arena, count, sizeof(*labels->at));
	if (labels->at == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	labels->count = count;
	if (at == NULL) {
		if (read_text(reader, node, labels->at, err) < 0)
			return -1;
		labels->at->locale = SPAN_NONE;
		return 0;
	}
	for (size_t i = 0; at != NULL; at = at->next)
		if (read_text(reader, at, &labels->at[i++], err) < 0)
			return -1;
	return 0;
}
