#include "store/catalog/sensitivity_cell.h"

#include <stdlib.h>

#define AT(member) .offset = offsetof(struct sensitivity_cell, member)
#define NEEDED 8 /* keys that every cell has; where it is from is optional */
#define RATE .min = 0, .max = 1
#define MONEY .min = -1e9, .max = 1e9

static const struct yaml_rule cell_rules[] = {
	{ "cluster", YAML_LINE, AT(cluster) },
	{ "topic", YAML_LINE, AT(topic) },
	{ "pi_p", YAML_NUMBER, AT(respond_personal), RATE },
	{ "pi_g", YAML_NUMBER, AT(respond_generic), RATE },
	{ "psi_p", YAML_NUMBER, AT(lost_personal), RATE },
	{ "psi_g", YAML_NUMBER, AT(lost_generic), RATE },
	{ "H_cell", YAML_NUMBER, AT(gain), MONEY },
	{ "sd_cell", YAML_NUMBER, AT(deviation), .min = 1e-12, .max = 1e9 },
	{ "n", YAML_COUNT, AT(n), .max = UINT32_MAX },
	{ "from", YAML_WHEN, AT(from) },
	{ "until", YAML_WHEN, AT(until) },
	{ .name = NULL },
};

const struct yaml_manual cell_keys[] = {
	{ "", cell_rules },
	{ .rules = NULL },
};

static int
read_cell(const struct yaml_reader *reader, const struct yaml *node, void *into,
    struct err *err)
{
	if (yaml_fill(reader, node, cell_rules, into, err) < 0)
		return -1;
	for (size_t i = 0; i < NEEDED; i++) {
		const struct yaml_rule *rule = &cell_rules[i];

		if (!yaml_child(node, rule->name))
			return yaml_fail(reader, node, err,
			    "the cell has no `%s`", rule->name);
	}
	return 0;
}

static int
cell_order(const void *a, const void *b)
{
	const struct sensitivity_cell *x = a, *y = b;
	int order = span_cmp(x->cluster, y->cluster);

	return order ? order : span_cmp(x->topic, y->topic);
}

struct cell_list {
	struct sensitivity_cell *cells;
	size_t count;
};

int
sensitivity_cells_parse(struct span text, const char *file, struct arena *arena,
    struct sensitivity_cell **cells, size_t *count, struct err *err)
{
	static const struct yaml_rule rule = { "cells", YAML_EACH,
		.offset = offsetof(struct cell_list, cells),
		.count_offset = offsetof(struct cell_list, count),
		.size = sizeof(struct sensitivity_cell), .read = read_cell };
	struct yaml_reader reader = { .arena = arena, .file = file };
	struct cell_list list = { NULL, 0 };
	struct yaml *root;

	if (yaml_read(&reader, text, &root, err) < 0)
		return -1;
	if (root && yaml_value(&reader, root, &rule, &list, err) < 0)
		return -1;
	if (list.count != 0)
		qsort(list.cells, list.count, sizeof(*list.cells), cell_order);
	for (size_t i = 1; i < list.count; i++)
		if (cell_order(&list.cells[i - 1], &list.cells[i]) == 0)
			return yaml_fail(&reader, root, err,
			    "`%.*s` and `%.*s` are given twice",
			    SPAN_ARG(list.cells[i].cluster),
			    SPAN_ARG(list.cells[i].topic));
	*cells = list.cells;
	*count = list.count;
	return 0;
}

const struct sensitivity_cell *
sensitivity_cells_find(const struct sensitivity_cell *cells, size_t count,
    struct span cluster, struct span topic)
{
	struct sensitivity_cell key = { .cluster = cluster, .topic = topic };

	if (count == 0)
		return NULL;
	return bsearch(&key, cells, count, sizeof(key), cell_order);
}
