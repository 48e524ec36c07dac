#include "store/catalog/block.h"

#include "store/base/timestamp.h"

#define AT(member) .offset = offsetof(struct block, member)
#define COUNT(member) .count_offset = offsetof(struct block, member)

static const struct yaml_rule block_rules[] = {
	{ "id", YAML_NAME, AT(id) },
	{ "tenant", YAML_NAME, AT(tenant) },
	{ "pool", YAML_NAME, AT(pool) },
	{ "priority", YAML_NUMBER, AT(priority), .min = -1e9, .max = 1e9 },
	{ "cap", YAML_LIMIT, AT(cap) },
	{ "window", YAML_LAPSE, AT(window) },
	{ "window_days", YAML_LAPSE, AT(window) },
	{ "cooldown", YAML_LAPSE, AT(cooldown) },
	{ "valid_from", YAML_WHEN, AT(valid_from) },
	{ "valid_until", YAML_WHEN, AT(valid_until) },
	{ "if", YAML_LINE, AT(condition) },
	{ "unless", YAML_LINE, AT(exception) },
	{ "topic", YAML_NAME, AT(topic) },
	{ "utility", YAML_NUMBER, AT(utility), .min = 0, .max = 1e9 },
	{ "text", YAML_TEXT, AT(text) },
	{ "fields", YAML_TEXTS, AT(fields), COUNT(field_count) },
	{ .name = NULL },
};

const struct yaml_manual block_keys[] = {
	{ "", block_rules },
	{ .rules = NULL },
};

/* Where the three parts of a document lie. */
struct layout {
	struct span front, html, text;
	unsigned html_line, text_line; /* 0: there is no such part */
};

static int
split(
    struct span text, const char *file, struct layout *layout, struct err *err)
{
	struct span rest = text, line = SPAN_NONE, before;
	unsigned count = 1;

	if (span_starts(rest, SPAN("\xef\xbb\xbf")))
		rest = span_from(rest, 3);
	if (!span_line(&rest, &line) || !span_eq(line, SPAN("---")))
		return err_at(err, ERR_INPUT, file, 1, 1,
		    "a block begins with a line `---` and its front matter");
	layout->front = rest;
	for (;;) {
		before = rest;
		count++;
		if (!span_line(&rest, &line))
			return err_at(err, ERR_INPUT, file, count, 1,
			    "the front matter does not end with `---`");
		if (span_eq(line, SPAN("---")) ||
		    span_eq(line, SPAN("--- text")))
			break;
	}
	layout->front.len = (size_t)(before.at - layout->front.at);
	layout->html = SPAN("");
	if (span_eq(line, SPAN("---"))) {
		layout->html = rest;
		layout->html_line = count + 1;
		do {
			before = rest;
			count++;
			if (!span_line(&rest, &line))
				return 0;
		} while (!span_eq(line, SPAN("--- text")));
		layout->html.len = (size_t)(before.at - layout->html.at);
	}
	layout->text = rest;
	layout->text_line = count + 1;
	return 0;
}

static int
block_check(const struct yaml_reader *reader, const struct yaml *root,
    const struct layout *layout, struct block *block, struct err *err)
{
	const struct yaml *text = yaml_child(root, "text");

	if (text && layout->text_line != 0)
		return yaml_fail(reader, text, err, "the text is given twice");
	if (text)
		block->text_line = text->line;
	if (layout->text_line != 0)
		block->text = layout->text;
	if (block->id.len == 0)
		return yaml_fail(reader, root, err, "a block needs an `id`");
	if (block->valid_from >= block->valid_until)
		return yaml_fail(reader, yaml_child(root, "valid_until"), err,
		    "`valid_until` is not after `valid_from`");
	if (span_trim(block->html).len == 0 && span_trim(block->text).len == 0)
		return yaml_fail(reader, root, err, "the block has no content");
	return 0;
}

/* Whether the date under that key leaves open where it is that time. */
static bool
names_no_zone(const struct yaml *root, const char *key)
{
	const struct yaml *node = yaml_child(root, key);
	int64_t seconds;
	bool local = false;

	if (node)
		timestamp_parse_local(node->text, &seconds, &local);
	return local;
}

int
block_parse(struct span text, struct span fallback_id, const char *file,
    struct arena *arena, struct block **block, struct err *err)
{
	struct yaml_reader reader = {
		.arena = arena, .file = file, .first_line = 1
	};
	struct block *made = ARENA_NEW(arena, struct block);
	struct layout layout = { .text_line = 0 };
	struct yaml *root;

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (split(text, file, &layout, err) < 0)
		return -1;
	*made = (struct block){ .id = fallback_id,
		.cap = 1,
		.valid_from = WHEN_PAST,
		.valid_until = WHEN_FUTURE,
		.utility = 1,
		.html = layout.html,
		.html_line = layout.html_line,
		.text_line = layout.text_line };
	if (yaml_read(&reader, layout.front, &root, err) < 0)
		return -1;
	if (root && yaml_fill(&reader, root, block_rules, made, err) < 0)
		return -1;
	if (root) {
		made->local_from = names_no_zone(root, "valid_from");
		made->local_until = names_no_zone(root, "valid_until");
	}
	if (block_check(&reader, root, &layout, made, err) < 0)
		return -1;
	*block = made;
	return 0;
}

int64_t
block_from(const struct block *block, const struct zone *clocks)
{
	return block->local_from ? zone_epoch(clocks, block->valid_from)
				 : block->valid_from;
}

int64_t
block_until(const struct block *block, const struct zone *clocks)
{
	return block->local_until ? zone_epoch(clocks, block->valid_until)
				  : block->valid_until;
}
