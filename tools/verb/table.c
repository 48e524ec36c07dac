/*
 * inlay table: list, show, rm.
 */
#include "store/catalog/table.h"

#include <sysexits.h>

#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/out.h"
#include "tools/verbs.h"

int
verb_table_list(struct cli *cli, struct err *err)
{
	json_t *list = cli->json ? json_array() : NULL;
	struct catalog *catalog;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	for (size_t i = 0; i < catalog->table_count; i++) {
		const struct table *table = catalog->tables[i];
		json_t *object;

		if (!list) {
			out_text(cli->out, table->name, 24);
			fprintf(cli->out, " %llu rows by ",
			    (unsigned long long)table->rows);
			out_text(cli->out, table->key, 0);
			fputc('\n', cli->out);
			continue;
		}
		object = json_object();
		out_set(object, "name", out_string(table->name));
		if (table->tenant.len != 0)
			out_set(object, "tenant", out_string(table->tenant));
		out_set(object, "key", out_string(table->key));
		out_set(object, "rows", json_integer((json_int_t)table->rows));
		out_add(list, object);
	}
	catalog_free(&catalog);
	if (list)
		return out_json_pretty(cli->out, list, err) < 0 ? -1 : EX_OK;
	return EX_OK;
}

int
verb_table_show(struct cli *cli, struct err *err)
{
	struct catalog *catalog;
	const struct table *table;
	struct span row;
	int found = 0;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	table = catalog_table(catalog, span_str(cli->argv[0]));
	if (table)
		found = table_row(cli->engine, table, span_str(cli->argv[1]),
		    cli->arena, &row, err);
	catalog_free(&catalog);
	if (!table)
		return document_absent(cli, "table", cli->argv[0]);
	if (found < 0)
		return -1;
	if (found == 0)
		return document_absent(cli, "row", cli->argv[1]);
	fprintf(cli->out, "%.*s\n", SPAN_ARG(row));
	return EX_OK;
}

int
verb_table_rm(struct cli *cli, struct err *err)
{
	int status =
	    document_rm(cli, CATALOG_TABLE, cli->argv[0], "table", err);

	if (status == EX_OK &&
	    table_sweep(cli->engine, span_str(cli->argv[0]), 0, err) < 0)
		return -1;
	return status;
}
