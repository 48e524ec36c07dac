#include "tests/store/engine/memory.h"

#include "store/record/record.h"
#include "tests/store/engine/shelf.h"

#include <pthread.h>
#include <stdlib.h>

struct memory_engine {
	struct engine engine;
	pthread_mutex_t lock; /* guards all below */
	struct shelf records;
	struct shelf catalog;
	uint64_t sequence;
	uint64_t generation;
	uint64_t corrupt;
	struct writer_counts {
		uint64_t commits, writes, conflicts, failures;
	} counts;
	enum memory_fate (*fate)(void *context, const struct write *write);
	void *context;
};

#define RECORD_NAME (KEY_SIZE + 1)

static struct memory_engine *
of(struct engine *engine)
{
	return (struct memory_engine *)engine;
}

static struct span
record_name(const struct record_key *key, unsigned kind, char *out)
{
	memcpy(out, key->bytes, KEY_SIZE);
	out[KEY_SIZE] = (char)kind;
	return span_of(out, RECORD_NAME);
}

/* Copies a cell's value. 1 sound, 0 corrupt, -1 memory. */
static int
copy_out(const struct cell *cell, unsigned kind, struct arena *arena,
    struct stored *value)
{
	int sound =
	    record_check(cell_name(cell), kind, cell_sealed(cell), value);

	if (sound && arena_dup(arena, value->bytes, &value->bytes) < 0)
		return -1;
	return sound;
}

/* All kinds of the record under the lock. 0, or -1: memory. */
static int
read_record(struct memory_engine *engine, struct record *record,
    struct arena *arena, struct err *err)
{
	char name[RECORD_NAME];

	for (unsigned kind = 0; kind < RECORD_KINDS; kind++) {
		const struct cell *cell = shelf_get(
		    &engine->records, record_name(&record->key, kind, name));
		int sound = 1;

		if (cell != NULL)
			sound =
			    copy_out(cell, kind, arena, &record->values[kind]);
		if (sound < 0)
			return err_set(
			    err, ERR_MEMORY, "no memory for a record");
		engine->corrupt += sound == 0;
	}
	return 0;
}

static int
has_any(const struct record *record)
{
	for (unsigned kind = 0; kind < RECORD_KINDS; kind++)
		if (record->values[kind].version != 0)
			return 1;
	return 0;
}

static int
memory_get(struct engine *base, const struct record_key *key,
    struct arena *arena, struct record *record, struct err *err)
{
	struct memory_engine *engine = of(base);
	int failed;

	(void)key;
	pthread_mutex_lock(&engine->lock);
	failed = read_record(engine, record, arena, err);
	pthread_mutex_unlock(&engine->lock);
	return failed < 0 ? -1 : has_any(record);
}

/* Does one write, or refuses it. Under the lock. */
static enum write_result
do_write(struct memory_engine *engine, struct write *write)
{
	char bytes[RECORD_NAME];
	struct span name = record_name(&write->key, write->kind, bytes);
	const struct cell *cell = shelf_get(&engine->records, name);
	struct stored value = { .version = 0 };

	if (cell != NULL)
		record_check(
		    cell_name(cell), write->kind, cell_sealed(cell), &value);
	if (value.version != write->version)
		return WRITE_CONFLICT;
	engine->sequence++;
	if (write->bytes.len == 0) {
		shelf_drop(&engine->records, name);
		return WRITE_OK;
	}
	if (shelf_put(&engine->records, name, write->kind, engine->sequence,
		write->bytes) < 0)
		return WRITE_UNAVAILABLE;
	write->now = engine->sequence;
	return WRITE_OK;
}

static void
suffer(struct memory_engine *engine, struct write *write, enum memory_fate fate)
{
	switch (fate) {
	case FATE_COMMIT:
		write->result = do_write(engine, write);
		return;
	case FATE_UNAVAILABLE:
		write->result = WRITE_UNAVAILABLE;
		return;
	case FATE_LOST:
		write->result = WRITE_UNKNOWN;
		return;
	case FATE_HIDDEN:
		if (do_write(engine, write) == WRITE_CONFLICT)
			write->result = WRITE_CONFLICT;
		else
			write->result = WRITE_UNKNOWN;
		write->now = 0;
		return;
	}
}

static int
memory_commit(struct engine *base, unsigned ms, struct write *writes,
    size_t count, struct err *err)
{
	struct memory_engine *engine = of(base);
	int all = 1;

	(void)ms;
	pthread_mutex_lock(&engine->lock);
	for (size_t i = 0; i < count; i++) {
		struct write *write = &writes[i];
		enum memory_fate fate = FATE_COMMIT;

		if (engine->fate != NULL)
			fate = engine->fate(engine->context, write);
		suffer(engine, write, fate);
		if (write->result == WRITE_CONFLICT) {
			engine->counts.conflicts++;
			all = all < 0 ? all : 0;
		} else if (write->result == WRITE_OK) {
			engine->counts.writes++;
		} else {
			all = -1;
		}
	}
	if (all < 0)
		engine->counts.failures++;
	else
		engine->counts.commits++;
	pthread_mutex_unlock(&engine->lock);
	if (all < 0)
		return err_set(err, ERR_STORE, "the store cannot commit");
	return all;
}

static int
scan_page(struct memory_engine *engine, size_t at, struct arena *arena,
    struct record *records, size_t most, size_t *count, struct err *err)
{
	while (at < engine->records.count && *count < most) {
		struct arena_mark mark = arena_mark(arena);
		struct record *record = &records[*count];

		memset(record, 0, sizeof *record);
		memcpy(record->key.bytes, engine->records.cells[at].name,
		    KEY_SIZE);
		if (read_record(engine, record, arena, err) < 0) {
			if (*count == 0)
				return -1;
			arena_rewind(arena, mark);
			err_clear(err);
			return 0;
		}
		++*count;
		while (at < engine->records.count &&
		       memcmp(engine->records.cells[at].name, record->key.bytes,
			   KEY_SIZE) == 0)
			at++;
	}
	return 0;
}

static int
memory_scan(struct engine *base, struct scan *scan, struct arena *arena,
    struct record *records, size_t most, size_t *count, struct err *err)
{
	struct memory_engine *engine = of(base);
	char bytes[RECORD_NAME];
	size_t at = 0;
	int failed;

	pthread_mutex_lock(&engine->lock);
	if (scan->begun)
		at = shelf_find(&engine->records,
		    record_name(&scan->after, RECORD_KINDS, bytes));
	failed = scan_page(engine, at, arena, records, most, count, err);
	pthread_mutex_unlock(&engine->lock);
	if (failed < 0)
		return -1;
	if (*count == 0)
		return 0;
	scan->after = records[*count - 1].key;
	scan->begun = true;
	return 1;
}

static int
memory_catalog_get(struct engine *base, struct span name, struct arena *arena,
    struct span *bytes, struct err *err)
{
	struct memory_engine *engine = of(base);
	const struct cell *cell;
	struct stored value;
	int found = 0;

	pthread_mutex_lock(&engine->lock);
	cell = shelf_get(&engine->catalog, name);
	if (cell != NULL) {
		found = copy_out(cell, RECORD_CATALOG, arena, &value);
		*bytes = value.bytes;
		if (found < 0)
			err_set(err, ERR_MEMORY, "no memory for an entry");
		else if (found == 0)
			found = err_set(
			    err, ERR_STORE, "a catalog entry is corrupt");
	}
	pthread_mutex_unlock(&engine->lock);
	return found;
}

static int
memory_catalog_change(struct engine *base, const struct entry *changes,
    size_t count, struct err *err)
{
	struct memory_engine *engine = of(base);
	int failed = 0;
	bool loud = false;

	pthread_mutex_lock(&engine->lock);
	engine->sequence++;
	for (size_t i = 0; i < count && failed == 0; i++) {
		loud |= !span_starts(changes[i].name, ENGINE_QUIET_ROW) &&
			!span_starts(changes[i].name, ENGINE_QUIET_NOTE);
		if (changes[i].bytes.len == 0)
			shelf_drop(&engine->catalog, changes[i].name);
		else
			failed = shelf_put(&engine->catalog, changes[i].name,
			    RECORD_CATALOG, engine->sequence, changes[i].bytes);
	}
	engine->generation += loud;
	pthread_mutex_unlock(&engine->lock);
	if (failed < 0)
		return err_set(err, ERR_STORE, "no memory for the catalog");
	return 0;
}

/* The entries from position at that the call asks for. 1 more, 0 all, -1. */
static int
list_entries(struct memory_engine *engine, size_t at, struct arena *arena,
    struct catalog_page *page)
{
	size_t room = engine->catalog.count - at;

	if (room > page->most)
		room = page->most;
	page->entries = arena_calloc(arena, room, sizeof *page->entries);
	if (page->entries == NULL)
		return -1;
	for (; at < engine->catalog.count; at++) {
		const struct cell *cell = &engine->catalog.cells[at];
		struct entry *entry = &page->entries[page->count];
		struct stored value;

		if (!span_starts(cell_name(cell), page->prefix))
			return 0;
		if (page->count == page->most)
			return 1;
		if (copy_out(cell, RECORD_CATALOG, arena, &value) <= 0 ||
		    arena_dup(arena, cell_name(cell), &entry->name) < 0)
			return -1;
		entry->bytes = value.bytes;
		page->count++;
	}
	return 0;
}

static int
memory_catalog_list(struct engine *base, struct arena *arena,
    struct catalog_page *page, struct err *err)
{
	struct memory_engine *engine = of(base);
	struct span after = span_of(page->last, page->last_len);
	size_t at;
	int more;

	pthread_mutex_lock(&engine->lock);
	at = shelf_find(&engine->catalog, page->prefix);
	if (after.len != 0 && span_cmp(after, page->prefix) >= 0) {
		at = shelf_find(&engine->catalog, after);
		at += shelf_get(&engine->catalog, after) != NULL;
	}
	more = list_entries(engine, at, arena, page);
	page->generation = engine->generation;
	pthread_mutex_unlock(&engine->lock);
	if (more < 0)
		return err_set(err, ERR_MEMORY, "cannot list the catalog");
	return more;
}

static int
memory_generation(struct engine *base, uint64_t *generation, struct err *err)
{
	struct memory_engine *engine = of(base);

	(void)err;
	pthread_mutex_lock(&engine->lock);
	*generation = engine->generation;
	pthread_mutex_unlock(&engine->lock);
	return 0;
}

/* One row as a distributed engine would do it: read, merge, compare and set,
 * again where somebody was faster. 0 or -1. */
static int
load_row(struct engine *base, const struct load_source *source,
    const struct load_row *row, struct arena *arena, struct err *err)
{
	for (;;) {
		struct span changes[RECORD_KINDS];
		struct write writes[RECORD_KINDS];
		struct record now;
		unsigned kinds = 0, count = 0;
		int done;

		arena_reset(arena);
		if (engine_get(base, &row->key, arena, &now, err) < 0 ||
		    source->merge(source->context, row, &now, arena, changes,
			&kinds, err) < 0)
			return -1;
		for (unsigned kind = 0; kind < RECORD_KINDS; kind++)
			if (kinds & 1u << kind)
				writes[count++] = (struct write){ row->key,
					(enum record_kind)kind,
					now.values[kind].version, changes[kind],
					WRITE_NONE, 0 };
		done = engine_commit(base, writes, count, err);
		if (done != 0)
			return done < 0 ? -1 : 0;
	}
}

#define LOAD_STEP 256

static int
memory_load(struct engine *base, const struct load_source *source,
    uint64_t *rows, struct err *err)
{
	struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
	struct load_row row;
	int more = -1;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "no memory for a load");
	while ((more = source->next(source->context, &row, err)) > 0) {
		if (load_row(base, source, &row, arena, err) < 0) {
			more = -1;
			break;
		}
		++*rows;
		if (*rows % LOAD_STEP == 0 && source->step != NULL &&
		    source->step(source->context, *rows) != 0)
			break;
	}
	arena_free(&arena);
	if (more == 0 && source->step != NULL)
		(void)source->step(source->context, *rows);
	return more < 0 ? -1 : more == 0;
}

static int
memory_stat(
    struct engine *base, bool count, struct engine_stat *stat, struct err *err)
{
	struct memory_engine *engine = of(base);

	(void)err;
	pthread_mutex_lock(&engine->lock);
	stat->schema = 1;
	stat->entries = count ? engine->catalog.count : 0;
	stat->generation = engine->generation;
	stat->commits = engine->counts.commits;
	stat->writes = engine->counts.writes;
	stat->conflicts = engine->counts.conflicts;
	stat->failures = engine->counts.failures;
	stat->corrupt = engine->corrupt;
	for (size_t i = 0; count && i < engine->records.count; i++)
		stat->records[(unsigned char)engine->records.cells[i]
				  .name[KEY_SIZE]]++;
	pthread_mutex_unlock(&engine->lock);
	return 0;
}

static int
memory_verify(struct engine *base,
    int (*found)(void *context, const struct record_key *key,
	const struct engine_verdict *so_far),
    void *context, struct engine_verdict *verdict, struct err *err)
{
	struct memory_engine *engine = of(base);
	struct record_key key;
	struct stored value;

	(void)err;
	pthread_mutex_lock(&engine->lock);
	verdict->entries = engine->catalog.count;
	for (size_t i = 0; i < engine->records.count; i++) {
		const struct cell *cell = &engine->records.cells[i];

		verdict->records++;
		memcpy(key.bytes, cell->name, KEY_SIZE);
		if (record_check(cell_name(cell),
			(unsigned char)cell->name[KEY_SIZE], cell_sealed(cell),
			&value))
			continue;
		verdict->corrupt++;
		if (found != NULL && found(context, &key, verdict) != 0)
			break;
	}
	pthread_mutex_unlock(&engine->lock);
	return verdict->corrupt == 0;
}

static int
no_files(struct engine *engine, const char *path, struct err *err)
{
	(void)engine;
	(void)path;
	return err_set(err, ERR_STORE, "the memory engine has no files");
}

static int
memory_compact(struct engine *engine, struct err *err)
{
	(void)engine;
	(void)err;
	return 0;
}

static void
memory_close(struct engine *base)
{
	struct memory_engine *engine = of(base);

	shelf_deinit(&engine->records);
	shelf_deinit(&engine->catalog);
	pthread_mutex_destroy(&engine->lock);
	free(engine);
}

/* Nobody steals memory. */
static int
memory_veil(struct engine *engine, const struct record_key *key,
    struct record_key *veiled, struct err *err)
{
	(void)engine, (void)err;
	*veiled = *key;
	return 1;
}

static const struct engine_class memory_class = {
	.name = "memory",
	.close = memory_close,
	.get = memory_get,
	.veil = memory_veil,
	.commit = memory_commit,
	.scan = memory_scan,
	.catalog_get = memory_catalog_get,
	.catalog_change = memory_catalog_change,
	.catalog_list = memory_catalog_list,
	.catalog_generation = memory_generation,
	.load = memory_load,
	.stat = memory_stat,
	.verify = memory_verify,
	.backup = no_files,
	.compact = memory_compact,
};

int
memory_open(struct engine **engine, struct err *err)
{
	struct memory_engine *new = calloc(1, sizeof *new);

	if (new == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the store");
	new->engine.class = &memory_class;
	pthread_mutex_init(&new->lock, NULL);
	*engine = &new->engine;
	return 0;
}

void
memory_fate(struct engine *base,
    enum memory_fate (*fate)(void *context, const struct write *write),
    void *context)
{
	struct memory_engine *engine = of(base);

	pthread_mutex_lock(&engine->lock);
	engine->fate = fate;
	engine->context = context;
	pthread_mutex_unlock(&engine->lock);
}

int
memory_damage(
    struct engine *base, const struct record_key *key, enum record_kind kind)
{
	struct memory_engine *engine = of(base);
	char name[RECORD_NAME];
	struct cell *cell;

	pthread_mutex_lock(&engine->lock);
	cell = shelf_get(&engine->records, record_name(key, kind, name));
	if (cell != NULL)
		cell->sealed[cell->sealed_len - 1] ^= 1;
	pthread_mutex_unlock(&engine->lock);
	return cell != NULL;
}
