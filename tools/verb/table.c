/*
 * inlay table: load, list, show, rm. Rows go in under a new edition; the
 * table's head moves to it in one step when they are all there. The old rows
 * go with the next load: daemons look into them for another second.
 */
#include "store/catalog/table.h"

#include <stdlib.h>
#include <sysexits.h>

#include "store/base/buf.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/progress.h"
#include "tools/input/rows.h"
#include "tools/input/input_stream.h"
#include "tools/verbs.h"

#define BATCH 1000
#define BATCH_MEMORY ((size_t)256 << 20)

struct filling {
	struct cli *cli;
	struct table table;
	struct input_stream *source;
	struct rows *rows;
	struct arena *arena; /* of one batch */
	struct entry batch[BATCH];
	size_t count;
	uint64_t bad;
	struct progress progress;
};

static int
no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

/* "dir/prices.csv.gz" -> "prices". */
static struct span
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct span name = span_str(slash ? slash + 1 : path);

	return span_first(name, span_find(name, '.'));
}

static bool
is_number(const struct cli *cli, struct span column)
{
	const char *name;

	for (size_t i = 0; (name = cli_flag_nth(cli, "number", i)); i++)
		if (span_eq(column, span_str(name)))
			return true;
	return false;
}

static json_t *
cell_json(const struct cli *cli, const struct row_cell *cell)
{
	json_t *value = NULL;

	if (cell->kind == CELL_NULL)
		return json_null();
	if (cell->kind != CELL_TEXT || is_number(cli, cell->name))
		value = json_loadb(
		    cell->value.at, cell->value.len, JSON_DECODE_ANY, NULL);
	return value ? value : out_string(cell->value);
}

/* The row as one entry of the batch. 1, 0 bad, -1. */
static int
add_row(struct filling *filling, struct row *row, struct err *err)
{
	struct entry *entry = &filling->batch[filling->count];
	struct span key = SPAN_NONE;
	json_t *object = json_object();
	struct buf name;
	char member[300], *text;
	int status;

	for (size_t i = 0; i < row->count; i++) {
		if (span_eq(row->cells[i].name, filling->table.key))
			key = row->cells[i].value;
		snprintf(member, sizeof(member), "%.*s",
		    SPAN_ARG(row->cells[i].name));
		out_set(
		    object, member, cell_json(filling->cli, &row->cells[i]));
	}
	text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(object);
	if (!text)
		return no_memory(err);
	if (key.len == 0 || key.len > TABLE_KEY_MAX) {
		free(text);
		row->bad = key.len ? "the key is too long" : "no key";
		row->bad_line = row->line;
		return 0;
	}
	buf_init(&name, filling->arena, ENGINE_NAME_MAX);
	status = table_row_name(
	    filling->table.name, filling->table.edition, key, &name);
	entry->name = buf_span(&name);
	if (status == 0)
		status =
		    arena_dup(filling->arena, span_str(text), &entry->bytes);
	free(text);
	if (status < 0)
		return no_memory(err);
	filling->count++;
	return 1;
}

static int
flush(struct filling *filling, struct err *err)
{
	int status =
	    document_put(filling->cli, filling->batch, filling->count, err);

	filling->table.rows += filling->count;
	filling->count = 0;
	arena_reset(filling->arena);
	return status;
}

static int
fill(struct filling *filling, struct err *err)
{
	struct row row;
	uint64_t done, total;
	int more;

	while ((more = rows_next(filling->rows, &row, err)) > 0) {
		int good = row.bad ? 0 : add_row(filling, &row, err);

		if (good < 0)
			return -1;
		if (good == 0) {
			filling->bad++;
			fprintf(filling->cli->errors, "inlay: %s:%u:%u: %s\n",
			    input_stream_name(filling->source), row.bad_line,
			    row.bad_column, row.bad);
		}
		if (filling->count < BATCH)
			continue;
		if (flush(filling, err) < 0)
			return -1;
		if (interrupt_seen())
			return err_set(err, ERR_DEADLINE,
			    "interrupted; the old table stays");
		input_stream_progress(filling->source, &done, &total);
		progress_at(
		    &filling->progress, filling->table.rows, done, total);
	}
	return more < 0 || flush(filling, err) < 0 ? -1 : 0;
}

/* Deletes rows of the table, except those of one edition (0: none). */
static int
sweep(struct cli *cli, struct span table, uint64_t keep, struct err *err)
{
	struct arena *arena = arena_new(BATCH_MEMORY);
	struct buf prefix, kept;
	struct span after = SPAN_NONE;
	struct entry *entries;
	size_t count;
	int more = 1;

	if (!arena)
		return no_memory(err);
	buf_init(&prefix, cli->arena, ENGINE_NAME_MAX);
	buf_init(&kept, cli->arena, ENGINE_NAME_MAX);
	buf_printf(&prefix, "row/%.*s/", SPAN_ARG(table));
	buf_printf(
	    &kept, "row/%.*s/%llu/", SPAN_ARG(table), (unsigned long long)keep);
	while (more > 0) {
		struct buf last;
		size_t gone = 0;

		arena_reset(arena);
		more = engine_catalog_list(cli->engine, buf_span(&prefix),
		    after, BATCH, arena, &entries, &count, NULL, err);
		if (more < 0 || count == 0)
			break;
		buf_init(&last, cli->arena, ENGINE_NAME_MAX);
		buf_add(&last, entries[count - 1].name);
		after = buf_span(&last);
		for (size_t i = 0; i < count; i++)
			if (keep == 0 ||
			    !span_starts(entries[i].name, buf_span(&kept)))
				entries[gone++] =
				    (struct entry){ entries[i].name,
					    SPAN_NONE };
		if (engine_catalog_change(cli->engine, entries, gone, err) < 0)
			more = -1;
	}
	arena_free(&arena);
	return more < 0 ? -1 : 0;
}

/* The edition in force; 0 where the table is new. 0 or -1. */
static int
find_edition(
    struct cli *cli, struct span name, uint64_t *edition, struct err *err)
{
	struct span head, text;
	struct table *table;
	int found;

	*edition = 0;
	if (document_name(cli, CATALOG_TABLE, name, &head, err) < 0)
		return -1;
	found = engine_catalog_get(cli->engine, head, cli->arena, &text, err);
	if (found <= 0)
		return found;
	if (table_parse(text, "table", cli->arena, &table, err) < 0)
		return -1;
	*edition = table->edition;
	return 0;
}

static int
put_head(struct filling *filling, struct err *err)
{
	const struct table *table = &filling->table;
	struct entry entry;
	struct buf text;
	struct table *check;
	json_t *head = json_object(), *names = json_array();
	const struct span *columns;
	char *dumped;
	size_t count;

	columns = rows_columns(filling->rows, &count);
	for (size_t i = 0; i < count; i++)
		if (!span_eq(columns[i], table->key))
			out_add(names, out_string(columns[i]));
	out_set(head, "name", out_string(table->name));
	out_set(head, "key", out_string(table->key));
	out_set(head, "columns", names);
	out_set(head, "rows", json_integer((json_int_t)table->rows));
	out_set(head, "edition", json_integer((json_int_t)table->edition));
	dumped = json_dumps(head, JSON_COMPACT); /* JSON is YAML */
	json_decref(head);
	if (!dumped)
		return no_memory(err);
	buf_init(&text, filling->cli->arena, ENGINE_VALUE_MAX);
	buf_str(&text, dumped);
	free(dumped);
	entry.bytes = buf_span(&text);
	if (table_parse(
		entry.bytes, "table", filling->cli->arena, &check, err) < 0 ||
	    document_name(
		filling->cli, CATALOG_TABLE, table->name, &entry.name, err) < 0)
		return -1;
	return document_put(filling->cli, &entry, 1, err);
}

static int
load(struct filling *filling, struct err *err)
{
	struct cli *cli = filling->cli;
	const char *key = cli_flag(cli, "key");
	const struct span *columns;
	uint64_t edition;
	size_t count;

	columns = rows_columns(filling->rows, &count);
	filling->table.key = key	  ? span_str(key)
			     : count != 0 ? columns[0]
					  : SPAN("key");
	if (find_edition(cli, filling->table.name, &edition, err) < 0)
		return -1;
	filling->table.edition = edition + 1;
	/* Older editions, and what an interrupted load left behind. */
	if (!cli_flag(cli, "dry-run") &&
	    sweep(cli, filling->table.name, edition, err) < 0)
		return -1;
	interrupt_watch();
	progress_begin(&filling->progress, cli->errors, "loading", "rows");
	if (fill(filling, err) < 0 || put_head(filling, err) < 0)
		return -1;
	progress_end(&filling->progress);
	fprintf(cli->out, "%.*s: %llu rows, %llu bad\n",
	    SPAN_ARG(filling->table.name),
	    (unsigned long long)filling->table.rows,
	    (unsigned long long)filling->bad);
	return EX_OK;
}

int
verb_table_load(struct cli *cli, struct err *err)
{
	struct filling *filling = ARENA_NEW(cli->arena, struct filling);
	const char *name = cli_flag(cli, "name");
	int status = -1;

	if (!filling)
		return no_memory(err);
	filling->cli = cli;
	filling->table.name = name ? span_str(name) : name_of(cli->argv[0]);
	filling->arena = arena_new(BATCH_MEMORY);
	if (!filling->arena)
		return no_memory(err);
	if (input_stream_open(
		cli->argv[0], fileno(cli->in), &filling->source, err) == 0 &&
	    rows_open(filling->source, ROWS_AUTO, &filling->rows, err) == 0)
		status = load(filling, err);
	progress_end(&filling->progress);
	rows_close(&filling->rows);
	input_stream_close(&filling->source);
	arena_free(&filling->arena);
	return status;
}

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

	if (status == EX_OK && sweep(cli, span_str(cli->argv[0]), 0, err) < 0)
		return -1;
	return status;
}
