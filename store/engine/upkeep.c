#include "store/engine/upkeep.h"

#define PAGE 256
#define DAY 86400
/* A page ends where its records fill this much; all kinds of one must fit. */
#define PAGE_MEMORY (4 * ENGINE_VALUE_MAX)
/* For the lists and buffers of one history at a time. */
#define WORK_MEMORY (16 * ENGINE_VALUE_MAX)

/* What a run needs memory for, each thing with an end of its own. */
struct desk {
	struct arena *page;    /* the records */
	struct arena *results; /* what becomes of them */
	struct arena *work;    /* one history */
};

static size_t
reserved_before(const struct history *history, int64_t before)
{
	size_t count = 0;

	for (size_t i = 0; i < history->exposure_count; i++)
		count += history->exposures[i].state == EXPOSURE_RESERVED &&
			 history->exposures[i].time < before;
	return count;
}

/* One history brought up to date. 1 and its new bytes, 0 it is, or cannot be
 * read; -1. */
static int
update(const struct upkeep *upkeep, const struct stored *value,
    struct desk *desk, struct span *bytes, struct upkeep_counts *counts,
    struct err *err)
{
	struct arena *arena = desk->work;
	struct err why = ERR_INIT;
	struct history history;
	struct buf out;
	size_t expired;
	int folded;

	if (history_decode(value->bytes, arena, &history, &why) < 0) {
		if (why.code == ERR_MEMORY)
			return err_set(err, ERR_MEMORY, "%s", why.text);
		counts->skipped++;
		return 0;
	}
	expired = history_expire(&history, upkeep->expire_before, upkeep->now);
	counts->reserved += reserved_before(&history, upkeep->now - DAY);
	folded = history_fold(&history, &upkeep->keep, arena, err);
	if (folded < 0)
		return -1;
	if (expired == 0 && folded == 0)
		return 0;
	buf_init(&out, arena, ENGINE_VALUE_MAX);
	if (history_encode(&history, arena, &out, err) < 0)
		return -1;
	counts->expired += expired;
	counts->folded += (unsigned)folded;
	if (arena_dup(desk->results, buf_span(&out), bytes) < 0)
		return err_set(err, ERR_MEMORY, "no memory for a page");
	return 1;
}

static int
do_page(const struct upkeep *upkeep, const struct record *records, size_t count,
    struct desk *desk, struct upkeep_counts *counts, struct err *err)
{
	struct write writes[PAGE];
	size_t wanted = 0;

	for (size_t i = 0; i < count; i++) {
		const struct stored *value = &records[i].values[RECORD_HISTORY];
		struct span bytes;
		int changed;

		if (value->version == 0)
			continue;
		counts->histories++;
		counts->skipped += value->corrupt;
		if (value->corrupt)
			continue;
		arena_reset(desk->work);
		changed = update(upkeep, value, desk, &bytes, counts, err);
		if (changed < 0)
			return -1;
		if (changed)
			writes[wanted++] =
			    (struct write){ records[i].key, RECORD_HISTORY,
				    value->version, bytes, WRITE_NONE, 0 };
	}
	if (engine_commit(upkeep->engine, writes, wanted, err) < 0)
		return -1;
	for (size_t i = 0; i < wanted; i++)
		counts->skipped += writes[i].result == WRITE_CONFLICT;
	return 0;
}

static int
do_all(const struct upkeep *upkeep, struct desk *desk,
    struct upkeep_counts *counts, struct err *err)
{
	struct record records[PAGE];
	struct scan scan = { .begun = false };
	size_t count;
	int more;

	for (;;) {
		arena_reset(desk->page);
		arena_reset(desk->results);
		more = engine_scan(upkeep->engine, &scan, desk->page, records,
		    PAGE, &count, err);
		if (more <= 0)
			return more < 0 ? -1 : 1;
		if (do_page(upkeep, records, count, desk, counts, err) < 0)
			return -1;
		if (upkeep->step != NULL &&
		    upkeep->step(upkeep->context, counts) != 0)
			return 0;
	}
}

int
upkeep_run(
    const struct upkeep *upkeep, struct upkeep_counts *counts, struct err *err)
{
	struct desk desk = { arena_new(PAGE_MEMORY), arena_new(2 * PAGE_MEMORY),
		arena_new(WORK_MEMORY) };
	int done = -1;

	*counts = (struct upkeep_counts){ .histories = 0 };
	if (desk.page != NULL && desk.results != NULL && desk.work != NULL)
		done = do_all(upkeep, &desk, counts, err);
	else
		err_set(err, ERR_MEMORY, "no memory for the upkeep");
	arena_free(&desk.work);
	arena_free(&desk.results);
	arena_free(&desk.page);
	return done;
}
