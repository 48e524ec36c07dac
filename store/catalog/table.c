#include "store/catalog/table.h"

#include "store/base/buf.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "store/catalog/yaml.h"

#define SWEEP_ROWS 1000 /* in one step */
#define SWEEP_MEMORY ((size_t)256 << 20)

#define AT(member) .offset = offsetof(struct table, member)
#define COUNT(member) .count_offset = offsetof(struct table, member)

static int
read_number(const struct yaml_reader *reader, const struct yaml *node,
    uint64_t *number, struct err *err)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < node->text.len; i++) {
		unsigned digit = (unsigned)(node->text.at[i] - '0');

		if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return yaml_fail(
			    reader, node, err, "expected a whole number");
	}
	*number = sum;
	return 0;
}

static int
read_rows(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	return read_number(reader, node, &((struct table *)into)->rows, err);
}

static int
read_edition(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err)
{
	return read_number(reader, node, &((struct table *)into)->edition, err);
}

static const struct yaml_rule table_rules[] = {
	{ "name", YAML_NAME, AT(name) },
	{ "tenant", YAML_NAME, AT(tenant) },
	{ "key", YAML_LINE, AT(key) },
	{ "columns", YAML_TEXTS, AT(columns), COUNT(column_count) },
	{ "rows", YAML_CALL, .read = read_rows },
	{ "edition", YAML_CALL, .read = read_edition },
	{ .name = NULL },
};

int
table_parse(struct span text, const char *file, struct arena *arena,
    struct table **table, struct err *err)
{
	struct yaml_reader reader = { .arena = arena, .file = file };
	struct table *made = ARENA_NEW(arena, struct table);
	const struct yaml *root;

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	root = yaml_load(&reader, text, table_rules, made, err);
	if (!root)
		return -1;
	if (made->name.len == 0 || made->key.len == 0)
		return yaml_fail(
		    &reader, root, err, "a table needs a `name` and a `key`");
	*table = made;
	return 0;
}

int
table_row_name(
    struct span table, uint64_t edition, struct span key, struct buf *name)
{
	buf_add(name, CATALOG_ROW);
	buf_add(name, table);
	buf_printf(name, "/%llu/", (unsigned long long)edition);
	buf_add(name, key);
	return name->failed ? -1 : 0;
}

int
table_row(struct engine *engine, const struct table *table, struct span key,
    struct arena *arena, struct span *json, struct err *err)
{
	struct buf name;

	buf_init(&name, arena, ENGINE_NAME_MAX);
	/* What is too long to be a name was never loaded under it. */
	if (key.len > TABLE_KEY_MAX)
		return 0;
	if (table_row_name(table->name, table->edition, key, &name) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	return engine_catalog_get(engine, buf_span(&name), arena, json, err);
}

/* Deletes those of the entries whose name does not begin with kept. 0, -1. */
static int
drop_others(struct engine *engine, struct entry *entries, size_t count,
    struct span kept, struct err *err)
{
	size_t gone = 0;

	for (size_t i = 0; i < count; i++)
		if (kept.len == 0 || !span_starts(entries[i].name, kept))
			entries[gone++] =
			    (struct entry){ entries[i].name, SPAN_NONE };
	return engine_catalog_change(engine, entries, gone, err);
}

int
table_sweep(
    struct engine *engine, struct span table, uint64_t keep, struct err *err)
{
	struct arena *arena = arena_new(SWEEP_MEMORY);
	struct catalog_page page = { .most = SWEEP_ROWS };
	struct buf prefix, kept;
	int more = 1;

	if (!arena)
		return err_set(err, ERR_MEMORY, "out of memory");
	buf_init_heap(&prefix, ENGINE_NAME_MAX);
	buf_init_heap(&kept, ENGINE_NAME_MAX);
	buf_add(&prefix, CATALOG_ROW);
	buf_add(&prefix, table);
	buf_byte(&prefix, '/');
	if (keep != 0)
		table_row_name(table, keep, SPAN_NONE, &kept);
	/* A prefix that is cut short would take other entries with it. */
	if (prefix.failed || kept.failed)
		more = err_set(err, ERR_MEMORY, "out of memory");
	page.prefix = buf_span(&prefix);
	while (more > 0) {
		arena_reset(arena);
		more = engine_catalog_list(engine, arena, &page, err);
		if (more >= 0 && drop_others(engine, page.entries, page.count,
				     buf_span(&kept), err) < 0)
			more = -1;
	}
	buf_deinit(&prefix);
	buf_deinit(&kept);
	arena_free(&arena);
	return more < 0 ? -1 : 0;
}
