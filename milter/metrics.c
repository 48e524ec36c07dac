#include "milter/metrics.h"

#include "milter/personalise.h"
#include "store/engine/chore.h"

#define NOTES_MEMORY ((size_t)4 << 20)

/* A text between quotes, as the format wants it. */
static void
add_label(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\' || *text == '\n')
			buf_byte(out, '\\');
		buf_byte(out, *text == '\n' ? 'n' : *text);
	}
}

static void
write_build(const struct metrics_family *family, const struct metrics_now *now,
    struct buf *out)
{
	(void)now;
	buf_printf(out, "%s{version=\"" INLAY_VERSION "\"} 1\n", family->name);
}

static void
write_messages(const struct metrics_family *family,
    const struct metrics_now *now, struct buf *out)
{
	struct tally tallies[TALLIES];
	size_t count = statistics_tallies(now->session.statistics, tallies);

	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "%s{verdict=\"%s\",reason=\"", family->name,
		    counter_word(tallies[i].verdict));
		add_label(out, tallies[i].reason);
		buf_str(out, "\",campaign=\"");
		add_label(out, tallies[i].campaign);
		buf_printf(out, "\"} %llu\n", tallies[i].count);
	}
}

/* What is counted meanwhile is in the last bucket of all or in none. */
static void
write_histogram(const struct metrics_family *family,
    const struct metrics_now *now, struct buf *out)
{
	struct histogram *histogram =
	    &now->session.statistics->phases[family->index];
	unsigned long long sum = 0;

	for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
		sum += atomic_load(&histogram->counts[i]);
		buf_printf(out, "%s_bucket{le=\"%g\"} %llu\n", family->name,
		    (double)histogram_bounds[i] / 1e6, sum);
	}
	sum += atomic_load(&histogram->counts[HISTOGRAM_BOUNDS]);
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n", family->name, sum);
	buf_printf(out, "%s_sum %.6f\n", family->name,
	    (double)atomic_load(&histogram->sum_us) / 1e6);
	buf_printf(out, "%s_count %llu\n", family->name, sum);
}

static void
write_counter(const struct metrics_family *family,
    const struct metrics_now *now, struct buf *out)
{
	buf_printf(out, "%s %llu\n", family->name,
	    atomic_load(&now->session.statistics->counts[family->index]));
}

#define GET(word, value) \
	static uint64_t get_##word(const struct metrics_now *now) \
	{ \
		return (uint64_t)now->value; \
	}
GET(started, started)
GET(lookups, lookups)
GET(generation, generation)
GET(catalog_failures, catalog_failures)
GET(open, session.open)
GET(under_way, session.under_way)
GET(memory, session.memory)
GET(used, store.used_bytes)
GET(live, store.live_bytes)
GET(limit, store.limit_bytes)
GET(queued, store.queued)
GET(failing, store.failing)
GET(commits, store.commits)
GET(writes, store.writes)
GET(conflicts, store.conflicts)
GET(failures, store.failures)
GET(corrupt, store.corrupt)
GET(reading, reading)
GET(events, events)
GET(tidying, tidying)
GET(reserved, reserved)

/* clang-format off */
const struct metrics_family metrics_families[] = {
	{ "inlay_build_info", "gauge", "The version that runs.",
	    write_build, NULL, 0 },
	{ "inlay_start_time_seconds", "gauge",
	    "When the process began to count.", NULL, get_started, 0 },
	{ "inlay_messages_total", "counter",
	    "Messages over allowed connections, by what became of them.",
	    write_messages, NULL, 0 },
	{ "inlay_message_duration_seconds", "histogram",
	    "From the end of a message to its answer.",
	    write_histogram, NULL, PHASE_WHOLE },
	{ "inlay_decide_duration_seconds", "histogram",
	    "Reading the recipient's record and deciding.",
	    write_histogram, NULL, PHASE_DECIDE },
	{ "inlay_render_duration_seconds", "histogram",
	    "Rendering a copy.", write_histogram, NULL, PHASE_RENDER },
	{ "inlay_commit_duration_seconds", "histogram",
	    "Waiting until what a copy shows was on the disk.",
	    write_histogram, NULL, PHASE_COMMIT },
	{ "inlay_sign_duration_seconds", "histogram",
	    "Signing a copy.", write_histogram, NULL, PHASE_SIGN },
	{ "inlay_messages_foreign_total", "counter",
	    "Messages that no rule allows, untouched.",
	    write_counter, NULL, COUNT_FOREIGN },
	{ "inlay_messages_aborted_total", "counter",
	    "Messages that the client gave up.",
	    write_counter, NULL, COUNT_ABORTED },
	{ "inlay_recipients_postponed_total", "counter",
	    "Recipients after the first of a message, put off.",
	    write_counter, NULL, COUNT_SECOND },
	{ "inlay_connections_total", "counter",
	    "Connections of mail servers.",
	    write_counter, NULL, COUNT_CONNECTIONS },
	{ "inlay_connections_refused_total", "counter",
	    "Connections over max-connections.",
	    write_counter, NULL, COUNT_TURNED_AWAY },
	{ "inlay_connections_open", "gauge",
	    "Connections at this moment.", NULL, get_open, 0 },
	{ "inlay_messages_under_way", "gauge",
	    "Messages at this moment.", NULL, get_under_way, 0 },
	{ "inlay_message_memory_bytes", "gauge",
	    "Memory that messages hold.", NULL, get_memory, 0 },
	{ "inlay_lookups_total", "counter",
	    "How often a recipient's record was read.",
	    NULL, get_lookups, 0 },
	{ "inlay_catalog_generation", "gauge",
	    "The generation of the catalog that mail goes by.",
	    NULL, get_generation, 0 },
	{ "inlay_catalog_failures_total", "counter",
	    "Changed catalogs that could not be loaded.",
	    NULL, get_catalog_failures, 0 },
	{ "inlay_store_used_bytes", "gauge",
	    "Size of the store's file.", NULL, get_used, 0 },
	{ "inlay_store_live_bytes", "gauge",
	    "Of it, holding data.", NULL, get_live, 0 },
	{ "inlay_store_limit_bytes", "gauge",
	    "What the file can ever take: map-limit or the disk.",
	    NULL, get_limit, 0 },
	{ "inlay_store_queued_writes", "gauge",
	    "Writes waiting for the disk.", NULL, get_queued, 0 },
	{ "inlay_store_failing", "gauge",
	    "1 where the last commit failed.", NULL, get_failing, 0 },
	{ "inlay_store_commits_total", "counter",
	    "Group commits.", NULL, get_commits, 0 },
	{ "inlay_store_writes_total", "counter",
	    "Writes in them.", NULL, get_writes, 0 },
	{ "inlay_store_conflicts_total", "counter",
	    "Writes that another process came before.",
	    NULL, get_conflicts, 0 },
	{ "inlay_store_commit_failures_total", "counter",
	    "Group commits that failed.", NULL, get_failures, 0 },
	{ "inlay_store_corrupt_values_total", "counter",
	    "Values that failed their checksum.", NULL, get_corrupt, 0 },
	{ "inlay_delivery_sync_timestamp_seconds", "gauge",
	    "When the delivery log was last read; 0 for never.",
	    NULL, get_reading, 0 },
	{ "inlay_event_sync_timestamp_seconds", "gauge",
	    "When a web server's log was last read; 0 for never.",
	    NULL, get_events, 0 },
	{ "inlay_tidy_timestamp_seconds", "gauge",
	    "When the store was last tidied; 0 for never.",
	    NULL, get_tidying, 0 },
	{ "inlay_exposures_reserved", "gauge",
	    "Exposures reserved for over a day, as the last tidying found.",
	    NULL, get_reserved, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};
/* clang-format on */

static int
gather_chores(struct engine *engine, struct metrics_now *now, struct err *err)
{
	struct arena *arena = arena_new(NOTES_MEMORY);
	int failed;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the metrics");
	failed = chore_last_reading(engine, arena, &now->reading, err) < 0 ||
		 chore_last_events(engine, arena, &now->events, err) < 0 ||
		 chore_last_tidying(
		     engine, arena, &now->tidying, &now->reserved, err) < 0;
	arena_free(&arena);
	return failed ? -1 : 0;
}

int
metrics_gather(struct personaliser *personaliser, struct engine *engine,
    struct metrics_now *now, struct err *err)
{
	session_numbers(&now->session);
	now->lookups = personaliser_lookups(personaliser);
	now->generation =
	    personaliser_generation(personaliser, &now->catalog_failures);
	if (engine_stat_quick(engine, &now->store, err) < 0)
		return -1;
	return gather_chores(engine, now, err);
}

void
metrics_print(const struct metrics_now *now, struct buf *out)
{
	const struct metrics_family *family = metrics_families;

	for (; family->name != NULL; family++) {
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name,
		    family->help, family->name, family->type);
		if (family->write != NULL)
			family->write(family, now, out);
		else
			buf_printf(out, "%s %llu\n", family->name,
			    (unsigned long long)family->get(now));
	}
}
