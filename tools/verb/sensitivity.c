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
	struct catalog *catalog;
	struct err why = ERR_INIT;
	size_t count;

	if (document_read(cli, cli->argv[0], &entry.bytes, err) < 0 ||
	    sensitivity_cells_parse(entry.bytes, cli->argv[0], cli->arena,
		&cells, &count, err) < 0 ||
	    document_put(cli, &entry, 1, err) < 0)
		return -1;
	if (cli_catalog(cli, &catalog, &why) == 0) {
		if (catalog->schema->cluster.len == 0 && count != 0)
			fprintf(cli->errors,
			    "inlay: warning: %s: the schema names no field as "
			    "`cluster`: nobody is in any cell\n",
			    cli->argv[0]);
		catalog_free(&catalog);
	}
	fprintf(cli->out, "%zu cells loaded\n", count);
	return EX_OK;
}

int
verb_sensitivity_show(struct cli *cli, struct err *err)
{
	return document_show(cli, CATALOG_CELLS, "", "sensitivity", err);
}
