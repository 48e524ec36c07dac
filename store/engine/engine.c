#include "store/engine/engine.h"

#include <assert.h>

#define COMMIT_MS 30000

void
engine_close(struct engine **engine)
{
	if (*engine == NULL)
		return;
	(*engine)->class->close(*engine);
	*engine = NULL;
}

int
engine_get(struct engine *engine, const struct record_key *key,
    struct arena *arena, struct record *record, struct err *err)
{
	memset(record, 0, sizeof *record);
	record->key = *key;
	return engine->class->get(engine, key, arena, record, err);
}

int
engine_veil(struct engine *engine, const struct record_key *key,
    struct record_key *veiled, struct err *err)
{
	return engine->class->veil(engine, key, veiled, err);
}

int
engine_commit(
    struct engine *engine, struct write *writes, size_t count, struct err *err)
{
	unsigned ms = engine->commit_ms ? engine->commit_ms : COMMIT_MS;

	return engine_commit_within(engine, ms, writes, count, err);
}

int
engine_commit_within(struct engine *engine, unsigned ms, struct write *writes,
    size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		assert(writes[i].kind < RECORD_KINDS);
		writes[i].result = WRITE_NONE;
		writes[i].now = 0;
	}
	for (size_t i = 0; i < count; i++) {
		if (writes[i].bytes.len <= ENGINE_VALUE_MAX)
			continue;
		for (size_t j = 0; j < count; j++)
			writes[j].result = WRITE_UNAVAILABLE;
		return err_set(err, ERR_STORE,
		    "a record of %zu bytes is "
		    "longer than the store takes",
		    writes[i].bytes.len);
	}
	if (count == 0)
		return 1;
	return engine->class->commit(engine, ms, writes, count, err);
}

int
engine_scan(struct engine *engine, struct scan *scan, struct arena *arena,
    struct record *records, size_t most, size_t *count, struct err *err)
{
	*count = 0;
	if (most == 0)
		return 0;
	return engine->class->scan(
	    engine, scan, arena, records, most, count, err);
}

static int
name_check(struct span name, struct err *err)
{
	if (name.len != 0 && name.len <= ENGINE_NAME_MAX)
		return 0;
	return err_set(err, ERR_INPUT,
	    "a catalog name of %zu bytes; it takes 1 to %zu", name.len,
	    ENGINE_NAME_MAX);
}

int
engine_catalog_get(struct engine *engine, struct span name, struct arena *arena,
    struct span *bytes, struct err *err)
{
	*bytes = SPAN_NONE;
	if (name_check(name, err) < 0)
		return -1;
	return engine->class->catalog_get(engine, name, arena, bytes, err);
}

int
engine_catalog_change(struct engine *engine, const struct entry *changes,
    size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (name_check(changes[i].name, err) < 0)
			return -1;
		if (changes[i].bytes.len > ENGINE_VALUE_MAX)
			return err_set(err, ERR_INPUT,
			    "a catalog entry of %zu bytes is longer than "
			    "the store takes",
			    changes[i].bytes.len);
	}
	if (count == 0)
		return 0;
	return engine->class->catalog_change(engine, changes, count, err);
}

int
engine_catalog_list(struct engine *engine, struct arena *arena,
    struct catalog_page *page, struct err *err)
{
	struct span last;
	int more;

	page->entries = NULL;
	page->count = 0;
	if (page->prefix.len > ENGINE_NAME_MAX)
		return err_set(err, ERR_INPUT, "a catalog name is too long");
	more = engine->class->catalog_list(engine, arena, page, err);
	if (more < 0 || page->count == 0)
		return more;
	last = page->entries[page->count - 1].name;
	memcpy(page->last, last.at, last.len);
	page->last_len = last.len;
	return more;
}

int
engine_catalog_generation(
    struct engine *engine, uint64_t *generation, struct err *err)
{
	return engine->class->catalog_generation(engine, generation, err);
}

int
engine_load(struct engine *engine, const struct load_source *source,
    uint64_t *rows, struct err *err)
{
	*rows = 0;
	return engine->class->load(engine, source, rows, err);
}

/* 1, 0 interrupted by step, -1. */
static int
rehearse_rows(struct engine *engine, const struct load_source *source,
    struct arena *arena, uint64_t *rows, struct err *err)
{
	struct load_row row;
	int more, stop = 0;

	while (stop == 0 &&
	       (more = source->next(source->context, &row, err)) != 0) {
		struct span changes[RECORD_KINDS];
		struct record record;
		unsigned kinds;

		arena_reset(arena);
		if (more < 0 ||
		    engine_get(engine, &row.key, arena, &record, err) < 0 ||
		    source->merge(source->context, &row, &record, arena,
			changes, &kinds, err) < 0)
			return -1;
		++*rows;
		if (source->step != NULL)
			stop = source->step(source->context, *rows);
	}
	return stop == 0;
}

int
engine_rehearse(struct engine *engine, const struct load_source *source,
    uint64_t *rows, struct err *err)
{
	struct arena *arena = arena_new(8 * ENGINE_VALUE_MAX);
	int done;

	*rows = 0;
	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "no memory for a load");
	done = rehearse_rows(engine, source, arena, rows, err);
	arena_free(&arena);
	return done;
}

int
engine_stat(struct engine *engine, struct engine_stat *stat, struct err *err)
{
	memset(stat, 0, sizeof *stat);
	stat->name = engine->class->name;
	return engine->class->stat(engine, true, stat, err);
}

int
engine_stat_quick(
    struct engine *engine, struct engine_stat *stat, struct err *err)
{
	memset(stat, 0, sizeof *stat);
	stat->name = engine->class->name;
	return engine->class->stat(engine, false, stat, err);
}

int
engine_verify(struct engine *engine,
    int (*found)(void *context, const struct record_key *key,
	const struct engine_verdict *so_far),
    void *context, struct engine_verdict *verdict, struct err *err)
{
	memset(verdict, 0, sizeof *verdict);
	return engine->class->verify(engine, found, context, verdict, err);
}

int
engine_backup(struct engine *engine, const char *path, struct err *err)
{
	return engine->class->backup(engine, path, err);
}

int
engine_compact(struct engine *engine, struct err *err)
{
	return engine->class->compact(engine, err);
}
