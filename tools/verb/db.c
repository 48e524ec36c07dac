/*
 * inlay db: stat, verify, backup, restore, compact, upgrade, tidy.
 */
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "store/catalog/catalog.h"
#include "store/record/history.h"
#include "store/engine/lmdb.h"
#include "store/engine/chore.h"
#include "store/engine/sweep.h"
#include "store/engine/upkeep.h"
#include "tools/people/audit.h"
#include "tools/people/decodable.h"
#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/progress.h"
#include "tools/verbs.h"

static const struct {
	const char *name, *help;
	size_t offset;
} numbers[] = {
#define NUMBER(member, help) \
	{ \
#member, help, offsetof(struct engine_stat, member) \
	}
	NUMBER(records[RECORD_PROFILE], "profiles"),
	NUMBER(records[RECORD_HISTORY], "histories"),
	NUMBER(records[RECORD_TOMBSTONE], "tombstones"),
	NUMBER(entries, "catalog entries"),
	NUMBER(generation, "catalog generation"),
	NUMBER(used_bytes, "bytes of the file"),
	NUMBER(live_bytes, "bytes holding data"),
	NUMBER(map_bytes, "bytes of the map"),
	NUMBER(limit_bytes, "bytes that can be used"),
	NUMBER(stale_readers, "stale readers cleared"),
};

static uint64_t
number(const struct engine_stat *stat, size_t i)
{
	uint64_t value;

	memcpy(&value, (const char *)stat + numbers[i].offset, sizeof(value));
	return value;
}

int
verb_db_stat(struct cli *cli, struct err *err)
{
	struct engine_stat stat;
	json_t *object = cli->json ? json_object() : NULL;

	if (engine_stat(cli->engine, &stat, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		uint64_t value = number(&stat, i);

		if (object)
			out_set(object, numbers[i].help,
			    json_integer((json_int_t)value));
		else
			fprintf(cli->out, "%-24s %llu\n", numbers[i].help,
			    (unsigned long long)value);
	}
	if (object) {
		out_set(object, "engine", json_string(stat.name));
		out_set(object, "layout", json_integer(stat.schema));
		out_set(object, "alarm", json_boolean(stat.alarm));
		return out_json_pretty(cli->out, object, err) < 0 ? -1 : EX_OK;
	}
	fprintf(cli->out, "%-24s %s, layout %u\n", "engine", stat.name,
	    stat.schema);
	if (stat.alarm)
		fprintf(cli->errors, "inlay: warning: over 80 %% of the "
				     "space is used\n");
	return EX_OK;
}

struct verifying {
	struct cli *cli;
	struct progress progress;
	uint64_t total;
};

static int
found(void *context, const struct record_key *key,
    const struct engine_verdict *so_far)
{
	struct verifying *verifying = context;
	char hex[33];

	if (key) {
		progress_end(&verifying->progress);
		fprintf(verifying->cli->errors, "inlay: damaged record %s\n",
		    record_key_hex(key, hex));
	}
	progress_at(&verifying->progress, so_far->records, so_far->records,
	    verifying->total);
	return interrupt_seen();
}

static int
print_verdict(struct cli *cli, const struct engine_verdict *verdict,
    uint64_t unreadable, struct err *err)
{
	json_t *object;

	if (!cli->json) {
		fprintf(cli->out,
		    "%llu records, %llu catalog entries, %llu damaged, "
		    "%llu unreadable%s\n",
		    (unsigned long long)verdict->records,
		    (unsigned long long)verdict->entries,
		    (unsigned long long)verdict->corrupt,
		    (unsigned long long)unreadable,
		    interrupt_seen() ? " (interrupted)" : "");
		return 0;
	}
	object = json_object();
	out_set(object, "records", json_integer((json_int_t)verdict->records));
	out_set(object, "entries", json_integer((json_int_t)verdict->entries));
	out_set(object, "damaged", json_integer((json_int_t)verdict->corrupt));
	out_set(object, "unreadable", json_integer((json_int_t)unreadable));
	return out_json(cli->out, object, err);
}

/* Checksums first: only pages that are whole are safe to walk here. */
int
verb_db_verify(struct cli *cli, struct err *err)
{
	struct verifying verifying = { .cli = cli };
	struct engine_stat stat;
	struct engine_verdict verdict;
	uint64_t unreadable = 0;
	int sound;

	if (engine_stat_quick(cli->engine, &stat, err) < 0)
		return -1;
	for (size_t i = 0; i < RECORD_KINDS; i++)
		verifying.total += stat.records[i];
	interrupt_watch();
	progress_begin(
	    &verifying.progress, cli->errors, "verifying", "records");
	sound = engine_verify(cli->engine, found, &verifying, &verdict, err);
	progress_end(&verifying.progress);
	if (sound > 0)
		sound = decodable_check(cli, &unreadable, err);
	if (sound < 0 || print_verdict(cli, &verdict, unreadable, err) < 0)
		return -1;
	return sound && unreadable == 0 ? EX_OK : EX_DATAERR;
}

int
verb_db_backup(struct cli *cli, struct err *err)
{
	if (engine_backup(cli->engine, cli->argv[0], err) < 0)
		return -1;
	fprintf(cli->out,
	    "backed up to %s; its tombstone.key tells who was erased: keep it "
	    "apart from the data\n",
	    cli->argv[0]);
	return EX_OK;
}

int
verb_db_restore(struct cli *cli, struct err *err)
{
	struct engine_options options = cli_store(cli);
	int lost = lmdb_restore(&options, cli->argv[0], err);

	if (lost < 0 || audit(cli, "restore", NULL, err) < 0)
		return -1;
	if (lost)
		fprintf(cli->errors,
		    "inlay: warning: %s has no tombstone.key that fits: people "
		    "erased before it was made may be imported again\n",
		    cli->argv[0]);
	fprintf(cli->out, "restored from %s\n", cli->argv[0]);
	return EX_OK;
}

struct move {
	struct engine *engine;
	uint64_t moved;
};

/* Tombstones of layout 1 lie under the record key, where a scan finds them;
 * written again they go to a key of their own. 0 or -1. */
static int
move_tombstone(void *context, const struct record *record, struct arena *one,
    struct err *err)
{
	struct move *move = context;
	const struct stored *old = &record->values[RECORD_TOMBSTONE];
	struct write write = { .key = record->key,
		.kind = RECORD_TOMBSTONE,
		.version = old->version,
		.bytes = old->bytes.len ? old->bytes : SPAN("moved") };

	(void)one;
	if (old->version == 0)
		return 0;
	if (engine_commit(move->engine, &write, 1, err) < 0)
		return -1;
	move->moved += write.result == WRITE_OK;
	return 0;
}

/* The way back: a copy of the store as it is. Opened to be read it is not
 * marked. */
static int
backup_first(struct cli *cli, struct err *err)
{
	struct engine_options options = cli_store(cli);
	struct engine *engine;
	time_t now = (time_t)cli_now();
	struct tm at;
	char path[1024], name[32];
	int failed;

	gmtime_r(&now, &at);
	strftime(name, sizeof name, "%Y%m%d-%H%M%S", &at);
	/* No number behind the first of a second. */
	for (int i = 0; i == 0 || access(path, F_OK) == 0; i++)
		snprintf(path, sizeof path, "%s/before-upgrade-%s%.*d",
		    options.path, name, i != 0, i);
	if (lmdb_open_readonly(&options, &engine, err) < 0)
		return -1;
	failed = engine_backup(engine, path, err);
	engine_close(&engine);
	if (failed == 0)
		fprintf(cli->out,
		    "backed up to %s; the way back: the version from before, "
		    "and `inlay db restore %s`\n",
		    path, path);
	return failed;
}

/* Opening marks the layout, and refuses a newer one. */
int
verb_db_upgrade(struct cli *cli, struct err *err)
{
	struct engine_options options = cli_store(cli);
	struct engine_stat stat;
	struct move move = { .moved = 0 };
	struct sweep sweep = { .each = move_tombstone, .context = &move };

	if (backup_first(cli, err) < 0 ||
	    lmdb_open(&options, &cli->engine, err) < 0)
		return -1;
	move.engine = cli->engine;
	if (sweep_run(&sweep, cli->engine, err) < 0 ||
	    engine_stat_quick(cli->engine, &stat, err) < 0 ||
	    audit(cli, "upgrade", NULL, err) < 0)
		return -1;
	fprintf(
	    cli->out, "layout %u, the newest of this version\n", stat.schema);
	if (move.moved != 0)
		fprintf(cli->out,
		    "%llu tombstones moved; `inlay db compact` removes what "
		    "is left of them\n",
		    (unsigned long long)move.moved);
	return EX_OK;
}

int
verb_db_compact(struct cli *cli, struct err *err)
{
	struct engine_stat before, after;

	if (engine_stat_quick(cli->engine, &before, err) < 0 ||
	    engine_compact(cli->engine, err) < 0 ||
	    engine_stat_quick(cli->engine, &after, err) < 0 ||
	    audit(cli, "compact", NULL, err) < 0)
		return -1;
	fprintf(cli->out, "%llu bytes, were %llu\n",
	    (unsigned long long)after.used_bytes,
	    (unsigned long long)before.used_bytes);
	return EX_OK;
}

static int
after_page(void *context, const struct upkeep_counts *counts)
{
	progress_at(context, counts->histories, counts->histories, 0);
	return interrupt_seen();
}

/* Before when reservations expire. What no log confirmed was not delivered
 * only where somebody has read the log since; else nothing expires, and what
 * is reserved goes on counting as shown. */
static int
find_expiry(struct cli *cli, struct upkeep *upkeep, struct err *err)
{
	int64_t expire = HISTORY_RETRY, until = upkeep->now;
	int said = cli_lapse(cli, "expire", &expire, err);
	int read =
	    said == 0 ? chore_last_reading(cli->engine, cli->arena, &until, err)
		      : said;

	if (read < 0)
		return -1;
	upkeep->expire_before = INT64_MIN;
	if (read)
		upkeep->expire_before =
		    (until < upkeep->now ? until : upkeep->now) - expire;
	else
		fprintf(cli->errors,
		    "inlay: nothing expires, for `inlay delivery sync` has "
		    "read no log\n");
	return 0;
}

/* How long tidying keeps entries whole. */
struct keeping {
	const struct catalog *catalog;
	int64_t now;
	int64_t keep; /* where a campaign does not say */
};

static int64_t
before_of(const void *context, struct span campaign)
{
	const struct keeping *keeping = context;
	int64_t keep =
	    catalog_ledger(keeping->catalog, campaign, keeping->keep);

	return keeping->now - (keep < HISTORY_RETRY ? HISTORY_RETRY : keep);
}

/* What is kept by --keep and by the campaigns. 0 or -1. */
static int
find_keep(struct cli *cli, const struct catalog *catalog,
    struct keeping *keeping, struct upkeep *upkeep, struct err *err)
{
	*keeping = (struct keeping){ catalog, upkeep->now, HISTORY_KEEP };
	if (cli_lapse(cli, "keep", &keeping->keep, err) < 0)
		return -1;
	if (keeping->keep < HISTORY_RETRY)
		return cli_misuse(
		    err, "--keep is at least 7d: so long mail servers retry");
	upkeep->keep = (struct history_keep){ upkeep->now - keeping->keep,
		before_of, keeping };
	return 0;
}

int
verb_db_tidy(struct cli *cli, struct err *err)
{
	struct catalog *catalog;
	struct keeping keeping;
	struct progress progress;
	struct upkeep upkeep = { .engine = cli->engine,
		.now = cli_now(),
		.step = after_page,
		.context = &progress };
	struct upkeep_counts counts;
	json_t *object;
	int done = -1;

	if (find_expiry(cli, &upkeep, err) < 0 ||
	    cli_catalog(cli, &catalog, err) < 0)
		return -1;
	interrupt_watch();
	progress_begin(&progress, cli->errors, "tidying", "histories");
	if (find_keep(cli, catalog, &keeping, &upkeep, err) == 0)
		done = upkeep_run(&upkeep, &counts, err);
	progress_end(&progress);
	catalog_free(&catalog);
	if (done < 0 || (done && chore_tidied(cli->engine, upkeep.now,
				     counts.reserved, err) < 0))
		return -1;
	if (cli->json) {
		object = json_object();
		out_set(object, "histories",
		    json_integer((json_int_t)counts.histories));
		out_set(object, "expired",
		    json_integer((json_int_t)counts.expired));
		out_set(
		    object, "folded", json_integer((json_int_t)counts.folded));
		out_set(object, "skipped",
		    json_integer((json_int_t)counts.skipped));
		return out_json(cli->out, object, err) < 0 ? -1 : EX_OK;
	}
	fprintf(cli->out,
	    "%llu histories, %llu reservations expired, %llu folded, "
	    "%llu skipped%s\n",
	    (unsigned long long)counts.histories,
	    (unsigned long long)counts.expired,
	    (unsigned long long)counts.folded,
	    (unsigned long long)counts.skipped, done ? "" : " (interrupted)");
	return EX_OK;
}
