/*
 * inlay table load: rows go in under a new edition; the table's head moves to
 * it in one step when they are all there. The old rows go with the next load:
 * daemons look into them for another second.
 */
#include "store/catalog/table.h"

#include <stdlib.h>
#include <sysexits.h>

#include "store/base/buf.h"
#include "store/base/suggest.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/input/key_set.h"
#include "tools/input/row_faults.h"
#include "tools/input/row_value.h"
#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/progress.h"
#include "tools/input/rows_flags.h"
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
	struct row_faults faults;
	struct key_set keys;
	uint64_t read; /* rows, good and bad */
	int64_t max_bad;
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

/* The cell's value; NULL where it should be a number and is none. */
static json_t *
cell_json(const struct cli *cli, const struct row_cell *cell)
{
	struct span value = cell->value;
	json_t *number;

	if (cell->kind == CELL_NULL)
		return json_null();
	if (cell->kind != CELL_TEXT)
		return json_loadb(value.at, value.len, JSON_DECODE_ANY, NULL);
	if (!is_number(cli, cell->name))
		return out_string(value);
	value = span_trim(value);
	if (value.len == 0)
		return json_null();
	number = json_loadb(value.at, value.len, JSON_DECODE_ANY, NULL);
	if (number && json_is_number(number))
		return number;
	json_decref(number);
	return NULL;
}

/* The row as JSON, freed by the caller, and the cell of its key. 1; 0 where
 * the row is bad; -1. */
static int
row_json(struct filling *filling, struct row *row, char **text,
    const struct row_cell **key, struct err *err)
{
	json_t *object = json_object();
	int good = 1;

	*key = NULL;
	for (size_t i = 0; i < row->count && good; i++) {
		const struct row_cell *cell = &row->cells[i];
		json_t *value = cell_json(filling->cli, cell);
		char member[300];

		if (span_eq(cell->name, filling->table.key))
			*key = cell;
		snprintf(member, sizeof(member), "%.*s", SPAN_ARG(cell->name));
		if (!value)
			good = row_bad(row, cell, "not a number");
		else
			out_set(object, member, value);
	}
	if (good)
		*text =
		    json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(object);
	return good && !*text ? no_memory(err) : good;
}

/* Whether the row has a key of its own. 1, 0 bad, -1. */
static int
check_key(struct filling *filling, struct row *row, const struct row_cell *key,
    struct err *err)
{
	int new;

	if (!key || key->value.len == 0)
		return row_bad(row, key, "no key");
	if (key->value.len > TABLE_KEY_MAX)
		return row_bad(row, key, "the key is too long");
	new = key_set_add(&filling->keys, key->value, err);
	return new == 0 ? row_bad(row, key, "the key stands in an earlier row")
			: new;
}

/* The row as one entry of the batch. 1, 0 bad, -1. */
static int
add_row(struct filling *filling, struct row *row, struct err *err)
{
	struct entry *entry = &filling->batch[filling->count];
	const struct row_cell *key;
	struct buf name;
	char *text = NULL;
	int status = row_json(filling, row, &text, &key, err);

	if (status > 0)
		status = check_key(filling, row, key, err);
	if (status > 0) {
		buf_init(&name, filling->arena, ENGINE_NAME_MAX);
		if (table_row_name(filling->table.name, filling->table.edition,
			key->value, &name) < 0 ||
		    arena_dup(filling->arena, span_str(text), &entry->bytes) <
			0)
			status = no_memory(err);
		entry->name = buf_span(&name);
		filling->count += status > 0;
	}
	free(text);
	return status;
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
		filling->read++;
		if (good == 0)
			row_faults_add_row(&filling->faults, &row);
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

/* The edition in force; 0 where the table is new. A tenant's table does not
 * become somebody else's, or everybody's, by the way. 0 or -1. */
static int
find_edition(struct filling *filling, uint64_t *edition, struct err *err)
{
	struct cli *cli = filling->cli;
	struct span head, text, name = filling->table.name;
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
	if (!span_eq(table->tenant, filling->table.tenant))
		return err_set(err, ERR_INPUT,
		    "the table %.*s is %s%.*s; load it so, or remove it first",
		    SPAN_ARG(name),
		    table->tenant.len != 0 ? "of --tenant " : "everybody's",
		    SPAN_ARG(table->tenant));
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
	if (table->tenant.len != 0)
		out_set(head, "tenant", out_string(table->tenant));
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

static bool
has_column(const struct rows *rows, struct span name)
{
	struct span column;

	for (size_t i = 0; rows_column_name(rows, i, &column); i++)
		if (span_eq(column, name))
			return true;
	return false;
}

/* That the file has the column that a flag names. 0 or -1. */
static int
check_column(const struct filling *filling, const char *name, struct err *err)
{
	size_t count;
	const char *file = input_stream_name(filling->source);
	unsigned line = rows_header_line(filling->rows);
	struct span nearest;

	rows_columns(filling->rows, &count);
	/* JSON Lines have no columns: each row tells its own names. */
	if (count == 0 || has_column(filling->rows, span_str(name)))
		return 0;
	nearest =
	    suggest_nearest(span_str(name), rows_column_name, filling->rows);
	if (nearest.len != 0)
		return err_at(err, ERR_INPUT, file, line, 0,
		    "there is no column `%s`; did you mean `%.*s`?", name,
		    SPAN_ARG(nearest));
	return err_at(
	    err, ERR_INPUT, file, line, 0, "there is no column `%s`", name);
}

/* The key column and the columns of numbers. 0 or -1. */
static int
plan(struct filling *filling, struct err *err)
{
	struct cli *cli = filling->cli;
	const char *key = cli_flag(cli, "key"), *number;
	size_t count;
	const struct span *columns = rows_columns(filling->rows, &count);

	filling->table.key = key	  ? span_str(key)
			     : count != 0 ? columns[0]
					  : SPAN("key");
	if (key && check_column(filling, key, err) < 0)
		return -1;
	for (size_t i = 0; (number = cli_flag_nth(cli, "number", i)); i++)
		if (check_column(filling, number, err) < 0)
			return -1;
	return 0;
}

/* Makes the new edition the table: never one without rows. 0 or -1. */
static int
put_table(struct filling *filling, struct err *err)
{
	if (filling->table.rows != 0)
		return put_head(filling, err);
	return err_at(err, ERR_INPUT, input_stream_name(filling->source), 0, 0,
	    "no row to load; the table stays as it was");
}

static int
load(struct filling *filling, struct err *err)
{
	struct cli *cli = filling->cli;
	uint64_t edition;
	int status;

	filling->faults.arena = cli->arena;
	if (cli_number(cli, "max-bad", 0, INT64_MAX, &filling->max_bad, err) <
		0 ||
	    plan(filling, err) < 0 || find_edition(filling, &edition, err) < 0)
		return -1;
	filling->table.edition = edition + 1;
	/* Older editions, and what an interrupted load left behind. */
	if (!cli_flag(cli, "dry-run") &&
	    table_sweep(cli->engine, filling->table.name, edition, err) < 0)
		return -1;
	interrupt_watch();
	progress_begin(&filling->progress, cli->errors, "loading", "rows");
	status = fill(filling, err);
	progress_end(&filling->progress);
	row_faults_print(
	    &filling->faults, cli->errors, input_stream_name(filling->source));
	if (status < 0 || put_table(filling, err) < 0)
		return -1;
	fprintf(cli->out, "%.*s: %llu rows, %llu bad\n",
	    SPAN_ARG(filling->table.name),
	    (unsigned long long)filling->table.rows,
	    (unsigned long long)filling->faults.rows);
	return row_faults_status(
	    &filling->faults, filling->read, (uint64_t)filling->max_bad);
}

int
verb_table_load(struct cli *cli, struct err *err)
{
	struct filling *filling = ARENA_NEW(cli->arena, struct filling);
	const char *name = cli_flag(cli, "name");
	struct rows_options options;
	int status = -1;

	if (!filling)
		return no_memory(err);
	filling->cli = cli;
	filling->table.name = name ? span_str(name) : name_of(cli->argv[0]);
	filling->table.tenant = span_str(cli_flag(cli, "tenant"));
	filling->arena = arena_new(BATCH_MEMORY);
	if (!filling->arena)
		return no_memory(err);
	if (input_stream_open(
		cli->argv[0], fileno(cli->in), &filling->source, err) == 0 &&
	    rows_flags(cli, &options, err) == 0 &&
	    rows_open(filling->source, &options, &filling->rows, err) == 0)
		status = load(filling, err);
	progress_end(&filling->progress);
	rows_close(&filling->rows);
	input_stream_close(&filling->source);
	arena_free(&filling->arena);
	key_set_deinit(&filling->keys);
	return status;
}
