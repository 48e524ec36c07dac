/*
 * inlay profile load: rows become updates, sorted by key in a sort, merged
 * into the store in short durable steps. Loading a file again changes
 * nothing; an interrupted load goes on where it stopped.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "milter/settings.h"
#include "store/base/hash.h"
#include "store/base/buf.h"
#include "store/base/suggest.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/import.h"
#include "tools/input/key_set.h"
#include "tools/input/row_faults.h"
#include "tools/input/row_reading.h"
#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/progress.h"
#include "tools/input/input_stream.h"
#include "tools/input/external_sort.h"
#include "tools/verbs.h"

#define SPOOL_MEMORY ((size_t)64 << 20)
#define ROW_MEMORY ((size_t)64 << 20)
#define NOTE_EVERY 100000

struct loading {
	struct cli *cli;
	const char *path;
	struct input_stream *source;
	struct import import;
	struct catalog *catalog;
	struct external_sort *sort;
	struct progress progress;
	bool dry_run;
	int64_t max_bad; /* rows left out without a failure */
	struct row_faults faults;
	uint64_t rows;	  /* read */
	uint64_t skipped; /* durable since an earlier run */
	uint64_t stored, erased, changed;
	struct key_set respelled; /* people whose address is written oddly */
	struct record_key last;	  /* whose row came last from the sort */
	bool last_counted;
	uint64_t spellings;  /* people under more than one spelling */
	struct span spelled; /* the first of them, or "" */
	uint64_t noted; /* rows of the last note: where a killed load goes on */
	struct span note; /* name of the note, "" for none */
};

static struct span
key_bytes(const struct record_key *key)
{
	return span_of(key->bytes, sizeof key->bytes);
}

/* 1 kept, 0 bad, -1. */
static int
keep_row(void *context, struct row *row, struct arena *arena, struct err *err)
{
	struct loading *loading = context;
	struct profile update;
	struct record_key key;
	struct buf bytes;
	int status = import_row(&loading->import, row, arena, &update, err);

	if (status <= 0)
		return status;
	buf_init(&bytes, arena, ENGINE_VALUE_MAX);
	if (profile_encode(&update, arena, &bytes, err) < 0)
		return -1;
	key = record_key(loading->cli->tenant, update.address);
	if (loading->import.respelled &&
	    key_set_add(&loading->respelled, key_bytes(&key), err) < 0)
		return -1;
	if (external_sort_add(loading->sort, &key, buf_span(&bytes), err) < 0)
		return -1;
	return 1;
}

static int
plan(void *context, struct rows *rows, struct err *err)
{
	struct loading *loading = context;

	return import_plan(
	    &loading->import, rows, loading->path, loading->cli->arena, err);
}

static int
read_all(struct loading *loading, struct err *err)
{
	struct row_reading reading = { .cli = loading->cli,
		.stream = loading->source,
		.faults = &loading->faults,
		.progress = &loading->progress,
		.memory = ROW_MEMORY,
		.strict = cli_flag(loading->cli, "strict") != NULL,
		.plan = plan,
		.keep = keep_row,
		.context = loading };
	int status = row_reading_run(&reading, err);

	loading->rows = reading.rows;
	return status < 0 ? -1 : external_sort_finish(loading->sort, err);
}

/* Counts a person who has several rows, of which some spell the address in
 * another way. Rows of one person come one after the other. 0 or -1. */
static int
count_spellings(
    struct loading *loading, const struct load_row *row, struct err *err)
{
	bool again = record_key_cmp(&loading->last, &row->key) == 0;
	struct profile update;

	loading->last_counted &= again;
	loading->last = row->key;
	if (!again || loading->last_counted ||
	    !key_set_has(&loading->respelled, key_bytes(&row->key)))
		return 0;
	loading->last_counted = true;
	if (loading->spellings++ != 0)
		return 0;
	if (profile_decode(row->bytes, loading->cli->arena, &update, err) < 0)
		return -1;
	return arena_dup(
		   loading->cli->arena, update.address, &loading->spelled) < 0
		   ? err_set(err, ERR_MEMORY, "out of memory")
		   : 0;
}

static int
next_row(void *context, struct load_row *row, struct err *err)
{
	struct loading *loading = context;
	int more = external_sort_next(loading->sort, row, err);

	if (more > 0 && loading->respelled.used != 0 &&
	    count_spellings(loading, row, err) < 0)
		return -1;
	return more;
}

/* What a record becomes when the row is merged into it. */
static int
merge_row(void *context, const struct load_row *row, const struct record *now,
    struct arena *arena, struct span changes[RECORD_KINDS], unsigned *kinds,
    struct err *err)
{
	struct loading *loading = context;
	const struct stored *held = &now->values[RECORD_PROFILE];
	struct profile profile = { .changed_at = 0 }, update;
	struct buf bytes;
	int changed;

	*kinds = 0;
	if (now->values[RECORD_TOMBSTONE].version != 0) {
		loading->erased++;
		return 0;
	}
	if (profile_decode(row->bytes, arena, &update, err) < 0)
		return -1;
	if (held->bytes.len != 0 &&
	    profile_decode(held->bytes, arena, &profile, err) < 0)
		return -1;
	profile.address = update.address;
	changed = profile_merge(&profile, &update, arena, err);
	if (changed < 0)
		return -1;
	if (changed == 0 && held->bytes.len != 0)
		return 0;
	buf_init(&bytes, arena, ENGINE_VALUE_MAX);
	if (profile_encode(&profile, arena, &bytes, err) < 0)
		return -1;
	changes[RECORD_PROFILE] = buf_span(&bytes);
	*kinds = 1u << RECORD_PROFILE;
	loading->changed++;
	return 0;
}

/* Remembers in the store how far this file is; forgotten when it is done. A
 * failure only costs the next run some time. */
static void
note(struct loading *loading, uint64_t rows)
{
	char text[32];
	struct entry entry = { loading->note, SPAN_NONE };

	if (loading->note.len == 0)
		return;
	snprintf(text, sizeof(text), "%llu", (unsigned long long)rows);
	if (rows != 0)
		entry.bytes = span_str(text);
	engine_catalog_change(loading->cli->engine, &entry, 1, NULL);
	loading->noted = rows;
}

static int
after_step(void *context, uint64_t rows)
{
	struct loading *loading = context;
	uint64_t all = loading->skipped + rows;

	loading->stored = rows;
	if (all >= loading->noted + NOTE_EVERY)
		note(loading, all);
	progress_at(
	    &loading->progress, all, all, external_sort_count(loading->sort));
	return interrupt_seen();
}

/* Skips what an earlier run of the same file has stored. 0 or -1. */
static int
find_note(struct loading *loading, struct err *err)
{
	uint64_t identity = input_stream_identity(loading->source);
	struct cli *cli = loading->cli;
	struct load_row row;
	struct span text;
	struct buf name;
	uint64_t rows = 0;
	int found;

	if (identity == 0 || loading->dry_run)
		return 0;
	buf_init(&name, cli->arena, ENGINE_NAME_MAX);
	buf_printf(&name, "note/load/%016llx",
	    (unsigned long long)(identity ^ hash_xxh3(cli->tenant)));
	if (name.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	loading->note = buf_span(&name);
	found = engine_catalog_get(
	    cli->engine, loading->note, cli->arena, &text, err);
	if (found <= 0 || cli_flag(cli, "restart"))
		return found < 0 ? -1 : 0;
	for (size_t i = 0; i < text.len && text.at[i] <= '9'; i++)
		rows = rows * 10 + (uint64_t)(text.at[i] - '0');
	while (loading->skipped < rows &&
	       external_sort_next(loading->sort, &row, err) > 0)
		loading->skipped++;
	fprintf(cli->errors, "inlay: going on after %llu rows\n",
	    (unsigned long long)loading->skipped);
	return 0;
}

/* 1 all stored, 0 interrupted, -1. */
static int
store_all(struct loading *loading, struct err *err)
{
	struct load_source source = { .next = next_row,
		.merge = merge_row,
		.step = after_step,
		.context = loading };
	int status;

	if (find_note(loading, err) < 0)
		return -1;
	progress_end(&loading->progress);
	progress_begin(&loading->progress, loading->cli->errors,
	    loading->dry_run ? "comparing" : "storing", "rows");
	if (loading->dry_run)
		return engine_rehearse(
		    loading->cli->engine, &source, &loading->stored, err);
	status =
	    engine_load(loading->cli->engine, &source, &loading->stored, err);
	note(loading, status > 0 ? 0 : loading->skipped + loading->stored);
	return status;
}

static int
report(struct loading *loading, double seconds, struct err *err)
{
	struct cli *cli = loading->cli;
	int status = row_faults_status(
	    &loading->faults, loading->rows, (uint64_t)loading->max_bad);
	json_t *object;

	if (!cli->json) {
		fprintf(cli->out,
		    "%llu rows read, %llu bad, %llu profiles changed%s",
		    (unsigned long long)loading->rows,
		    (unsigned long long)loading->faults.rows,
		    (unsigned long long)loading->changed,
		    loading->dry_run ? " (dry run)" : "");
		if (loading->faults.values != 0)
			fprintf(cli->out, ", %llu values not valid",
			    (unsigned long long)loading->faults.values);
		if (loading->erased != 0)
			fprintf(cli->out, ", %llu of erased people left out",
			    (unsigned long long)loading->erased);
		fprintf(cli->out, ", %.1f s\n", seconds);
		return status;
	}
	object = json_object();
	out_set(object, "rows", json_integer((json_int_t)loading->rows));
	out_set(object, "bad", json_integer((json_int_t)loading->faults.rows));
	out_set(object, "changed", json_integer((json_int_t)loading->changed));
	out_set(object, "invalid_values",
	    json_integer((json_int_t)loading->faults.values));
	out_set(object, "faults", row_faults_json(&loading->faults));
	out_set(
	    object, "respelled", json_integer((json_int_t)loading->spellings));
	out_set(object, "erased", json_integer((json_int_t)loading->erased));
	out_set(object, "dry_run", json_boolean(loading->dry_run));
	out_set(object, "seconds", json_real(seconds));
	return out_json(cli->out, object, err) < 0 ? -1 : status;
}

static void
print_spellings(const struct loading *loading)
{
	FILE *errors = loading->cli->errors;

	fprintf(errors, "inlay: %s: ", loading->path);
	out_text(errors, loading->spelled, 0);
	if (loading->spellings > 1)
		fprintf(errors, " and %llu others",
		    (unsigned long long)loading->spellings - 1);
	fprintf(errors,
	    " %s here in several spellings (capitals, brackets): %s one "
	    "person\n",
	    loading->spellings == 1 ? "stands" : "stand",
	    loading->spellings == 1 ? "it is" : "each is");
}

/* What such a source says is worth no more than that of any stranger. */
static void
warn_of_source(struct loading *loading, const char *source)
{
	const struct schema *schema = loading->catalog->schema;
	struct span nearest;

	if (!source || schema->source_count == 0 ||
	    schema_source(schema, span_str(source)))
		return;
	nearest = suggest_nearest(span_str(source), schema_next_source, schema);
	fprintf(loading->cli->errors,
	    "inlay: warning: the schema does not list the source %s%s%.*s%s\n",
	    source, nearest.len ? "; did you mean `" : "", SPAN_ARG(nearest),
	    nearest.len ? "`?" : "");
}

static int
load(struct loading *loading, struct err *err)
{
	struct cli *cli = loading->cli;
	const char *source = cli_flag(cli, "source");
	double began;
	int status;

	warn_of_source(loading, source);
	loading->import.schema = loading->catalog->schema;
	loading->import.faults = &loading->faults;
	loading->faults.arena = cli->arena;
	loading->import.source = span_str(source ? source : "file");
	loading->import.observed_at = input_stream_changed(loading->source);
	loading->import.ignore_unknown =
	    cli_flag(cli, "ignore-unknown") != NULL;
	if (cli_when(cli, "observed-at", &loading->import.observed_at, err) <
		0 ||
	    cli_number(cli, "max-bad", 0, INT64_MAX, &loading->max_bad, err) <
		0 ||
	    rows_flags_dates(loading->cli, &loading->import.formats, err) < 0)
		return -1;
	if (external_sort_open(
		cli->settings->store, SPOOL_MEMORY, &loading->sort, err) < 0)
		return -1;
	interrupt_watch();
	progress_begin(&loading->progress, cli->errors, "reading", "rows");
	began = loading->progress.began;
	status = read_all(loading, err) < 0 ? -1 : store_all(loading, err);
	progress_end(&loading->progress);
	row_faults_print(&loading->faults, cli->errors, loading->path);
	if (status >= 0 && loading->rows == 0 && loading->skipped == 0)
		fprintf(
		    cli->errors, "inlay: %s: no row to load\n", loading->path);
	if (loading->spellings != 0)
		print_spellings(loading);
	if (status < 0)
		return -1;
	if (status == 0 && loading->dry_run)
		return err_set(err, ERR_DEADLINE, "interrupted");
	if (status == 0)
		return err_set(err, ERR_DEADLINE,
		    "interrupted after %llu rows; the same command goes on "
		    "from there",
		    (unsigned long long)(loading->skipped + loading->stored));
	loading->progress.began = began;
	return report(loading, progress_seconds(&loading->progress), err);
}

int
verb_profile_load(struct cli *cli, struct err *err)
{
	struct loading loading = { .cli = cli, .path = cli->argv[0] };
	int status;

	loading.dry_run = cli_flag(cli, "dry-run") != NULL;
	if (input_stream_open(
		cli->argv[0], fileno(cli->in), &loading.source, err) < 0)
		return -1;
	loading.path = input_stream_name(loading.source);
	if (cli_catalog(cli, &loading.catalog, err) < 0) {
		input_stream_close(&loading.source);
		return -1;
	}
	status = load(&loading, err);
	external_sort_close(&loading.sort);
	key_set_deinit(&loading.respelled);
	catalog_free(&loading.catalog);
	input_stream_close(&loading.source);
	return status;
}
