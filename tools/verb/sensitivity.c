/*
 * inlay sensitivity load: the cells of cluster and topic.
 */
#include <sysexits.h>

#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/verbs.h"

int
verb_sensitivity_load(struct cli *cli, struct err *err)
{
	struct entry entry = { .name = CATALOG_CELLS };
	struct sensitivity_cell *cells;
	size_t count;

	if (document_read(cli, cli->argv[0], &entry.bytes, err) < 0 ||
	    sensitivity_cells_parse(entry.bytes, cli->argv[0], cli->arena,
		&cells, &count, err) < 0 ||
	    document_put(cli, &entry, 1, err) < 0)
		return -1;
	fprintf(cli->out, "%zu cells loaded\n", count);
	return EX_OK;
}

int
verb_sensitivity_show(struct cli *cli, struct err *err)
{
	return document_show(cli, CATALOG_CELLS, "", "sensitivity", err);
}
