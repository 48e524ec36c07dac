/*
 * inlay event load: rows become events, sorted by their ids, so that an id
 * that stands for two things is seen; then by person, and merged into the
 * histories in short durable steps. Loading a file again changes nothing.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "milter/settings.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/event_rows.h"
#include "tools/input/input_stream.h"
#include "tools/input/row_reading.h"
#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/people/event_intake.h"
#include "tools/people/event_store.h"
#include "tools/people/event_tell.h"
#include "tools/progress.h"
#include "tools/verbs.h"

#define SORT_MEMORY ((size_t)32 << 20)
#define ROW_MEMORY ((size_t)16 << 20)

struct event_loading {
	struct cli *cli;
	const char *path;
	struct input_stream *stream;
	struct event_rows reading;
	struct catalog *catalog;
	struct external_sort *by_id;
	struct event_intake *intake;
	struct event_store store;
	struct row_faults faults;
	struct progress progress;
	bool dry_run;
	int64_t max_bad;
	uint64_t rows;
	uint64_t strangers; /* whose mark leads to nobody */
	struct err no_keys; /* why tokens cannot be read */
};

/* ---- reading ---- */

/* 1 kept, 0 bad, -1. */
static int
keep_row(void *context, struct row *row, struct arena *arena, struct err *err)
{
	struct event_loading *loading = context;
	struct record_key key;
	struct event event;
	struct buf bytes;
	int read = event_rows_read(&loading->reading, row, arena, &event, err);

	if (read <= 0)
		return read;
	buf_init(&bytes, arena, 4096);
	event_pack(&event, &bytes);
	if (bytes.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	memcpy(key.bytes, event.response.id, KEY_SIZE);
	return external_sort_add(loading->by_id, &key, buf_span(&bytes), err) <
		       0
		   ? -1
		   : 1;
}

static int
plan(void *context, struct rows *rows, struct err *err)
{
	struct event_loading *loading = context;

	return event_rows_plan(
	    &loading->reading, rows, loading->path, loading->cli->arena, err);
}

static int
read_all(struct event_loading *loading, struct err *err)
{
	struct row_reading reading = { .cli = loading->cli,
		.stream = loading->stream,
		.faults = &loading->faults,
		.progress = &loading->progress,
		.memory = ROW_MEMORY,
		.strict = cli_flag(loading->cli, "strict") != NULL,
		.plan = plan,
		.keep = keep_row,
		.context = loading };
	int status = row_reading_run(&reading, err);

	loading->rows = reading.rows;
	return status < 0 ? -1 : external_sort_finish(loading->by_id, err);
}

/* ---- one id, one event ---- */

/* What stands in two rows under one id is told, and the first counts. */
static void
compare_rows(
    struct event_loading *loading, struct span first, struct span second)
{
	struct event one, other;
	struct row row = { .bad = "this id stands in another row, with other "
				  "content",
		.bad_name = SPAN("id") };

	event_unpack(first, &one);
	event_unpack(second, &other);
	row.bad_line = other.line;
	row.bad_column = other.id_column;
	if (event_equal(&one, &other))
		loading->store.counted.known++;
	else
		row_faults_add_row(&loading->faults, &row);
}

/* 0 or -1. */
static int
take_in(struct event_loading *loading, struct err *err)
{
	struct record_key last = { { 0 } };
	struct load_row row;
	struct buf first;
	int more = 1, failed = 0;

	buf_init_heap(&first, 4096);
	while (failed == 0 &&
	       (more = external_sort_next(loading->by_id, &row, err)) > 0) {
		struct event event;

		if (first.len != 0 && record_key_cmp(&last, &row.key) == 0) {
			compare_rows(loading, buf_span(&first), row.bytes);
			continue;
		}
		last = row.key;
		buf_clear(&first);
		buf_add(&first, row.bytes);
		event_unpack(row.bytes, &event);
		failed = event_intake_add(loading->intake, &event, err);
	}
	buf_deinit(&first);
	external_sort_close(&loading->by_id);
	return more < 0 || failed < 0 ? -1 : 0;
}

/* ---- storing ---- */

static int
after_step(void *context, uint64_t rows)
{
	struct event_store *store = context;
	struct event_loading *loading =
	    (struct event_loading *)(void *)((char *)store -
					     offsetof(
						 struct event_loading, store));

	progress_at(&loading->progress, rows, rows, 0);
	return interrupt_seen();
}

/* 1 all stored, 0 interrupted, -1. */
static int
store_all(struct event_loading *loading, struct err *err)
{
	struct load_source source = { .step = after_step };
	struct event_store *store = &loading->store;
	struct engine *engine = loading->cli->engine;
	uint64_t people;
	int status = event_intake_finish(
	    loading->intake, &store->sort, &loading->strangers, err);

	if (status <= 0)
		return status;
	progress_end(&loading->progress);
	progress_begin(&loading->progress, loading->cli->errors,
	    loading->dry_run ? "comparing" : "storing", "people");
	event_store_begin(store, &source);
	status = loading->dry_run
		     ? engine_rehearse(engine, &source, &people, err)
		     : engine_load(engine, &source, &people, err);
	event_store_end(store);
	return status;
}

static int
report(struct event_loading *loading, double seconds, struct err *err)
{
	const struct event_report told = { .cli = loading->cli,
		.counted = &loading->store.counted,
		.faults = &loading->faults,
		.rows = loading->rows,
		.strangers = loading->strangers,
		.dry_run = loading->dry_run,
		.seconds = seconds };

	if (event_tell(&told, err) < 0)
		return -1;
	return row_faults_status(
	    &loading->faults, loading->rows, (uint64_t)loading->max_bad);
}

static void
print_faults(struct event_loading *loading)
{
	row_faults_print(&loading->faults, loading->cli->errors, loading->path);
	if (loading->faults.rows != 0 && loading->no_keys.code != ERR_NONE)
		fprintf(loading->cli->errors,
		    "inlay: warning: tokens cannot be read: %s\n",
		    loading->no_keys.text);
}

/* ---- the whole ---- */

static int
prepare(struct event_loading *loading, struct err *err)
{
	struct cli *cli = loading->cli;
	const char *source = cli_flag(cli, "source");
	struct event_rows *reading = &loading->reading;

	loading->dry_run = cli_flag(cli, "dry-run") != NULL;
	loading->faults.arena = cli->arena;
	if (settings_secrets(cli->settings, &loading->no_keys) < 0 ||
	    cli->settings->tokens.secrets.count == 0)
		err_set(&loading->no_keys, ERR_KEY, "there is no token-key");
	*reading = (struct event_rows){ .catalog = loading->catalog,
		.tokens = &cli->settings->tokens,
		.tenant = cli->tenant,
		.source = span_str(source ? source : "file"),
		.now = cli_now(),
		.ignore_unknown = cli_flag(cli, "ignore-unknown") != NULL };
	loading->store = (struct event_store){ .catalog = loading->catalog,
		.arena = cli->arena,
		.faults = &loading->faults,
		.source = reading->source,
		.now = reading->now };
	if (cli_number(cli, "max-bad", 0, INT64_MAX, &loading->max_bad, err) <
		0 ||
	    rows_flags_dates(cli, &reading->formats, err) < 0 ||
	    external_sort_open(
		cli->settings->store, SORT_MEMORY, &loading->by_id, err) < 0)
		return -1;
	loading->intake = event_intake_new(cli, err);
	return loading->intake ? 0 : -1;
}

static int
load(struct event_loading *loading, struct err *err)
{
	double began;
	int status;

	if (cli_catalog(loading->cli, &loading->catalog, err) < 0 ||
	    prepare(loading, err) < 0)
		return -1;
	interrupt_watch();
	progress_begin(
	    &loading->progress, loading->cli->errors, "reading", "rows");
	began = loading->progress.began;
	status = read_all(loading, err) < 0 || take_in(loading, err) < 0
		     ? -1
		     : store_all(loading, err);
	progress_end(&loading->progress);
	print_faults(loading);
	if (status < 0)
		return -1;
	if (status == 0)
		return err_set(err, ERR_DEADLINE,
		    "interrupted; the same command loads what is left");
	loading->progress.began = began;
	return report(loading, progress_seconds(&loading->progress), err);
}

int
verb_event_load(struct cli *cli, struct err *err)
{
	struct event_loading loading = { .cli = cli, .no_keys = ERR_INIT };
	int status;

	if (input_stream_open(
		cli->argv[0], fileno(cli->in), &loading.stream, err) < 0)
		return -1;
	loading.path = input_stream_name(loading.stream);
	status = load(&loading, err);
	event_intake_free(&loading.intake);
	external_sort_close(&loading.by_id);
	catalog_free(&loading.catalog);
	input_stream_close(&loading.stream);
	return status;
}
