#include "store/catalog/table.h"

#include "store/base/buf.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "store/catalog/yaml.h"

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
	struct yaml *root;

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (yaml_read(&reader, text, &root, err) < 0)
		return -1;
	if (!root)
		return yaml_fail(&reader, NULL, err, "the table is empty");
	if (yaml_fill(&reader, root, table_rules, made, err) < 0)
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
