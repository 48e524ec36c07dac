/*
 * The catalog in the LMDB engine. A change is one transaction of its
 * caller's thread; it waits for its turn like any writer.
 */
#include "store/engine/lmdb_engine.h"

#include "store/record/record.h"

#define TRIES 64

static struct lmdb_engine *
of(struct engine *engine)
{
	return (struct lmdb_engine *)engine;
}

static int
out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a record");
}

static int
corrupt_entry(struct lmdb_engine *engine, struct err *err)
{
	lmdb_corrupt(engine, SPAN_NONE);
	return err_set(
	    err, ERR_STORE, "a catalog entry is corrupt: load it again");
}

int
lmdb_catalog_get(struct engine *engine, struct span name, struct arena *arena,
    struct span *bytes, struct err *err)
{
	struct lmdb_key key = lmdb_catalog_key(name);
	struct env_reader *reader;
	struct span found, stored;
	struct stored value;
	enum env_result result;
	int sound = 1;

	if (lmdb_read_begin(of(engine), &reader, err) < 0)
		return -1;
	result =
	    env_read_seek(reader, lmdb_key_span(&key), &found, &stored, err);
	if (result == ENV_OK && !span_eq(found, lmdb_key_span(&key)))
		result = ENV_NONE;
	if (result == ENV_OK)
		sound =
		    lmdb_copy_out(found, RECORD_CATALOG, stored, arena, &value);
	lmdb_read_end(of(engine), reader);
	if (sound < 0)
		return out_of_memory(err);
	if (sound == 0)
		return corrupt_entry(of(engine), err);
	if (result != ENV_OK)
		return result == ENV_NONE ? 0 : -1;
	*bytes = value.bytes;
	return 1;
}

static enum env_result
change_entry(struct change *change, const struct entry *entry, struct err *err)
{
	struct lmdb_key key = lmdb_catalog_key(entry->name);
	enum env_result result;

	if (entry->bytes.len != 0)
		return lmdb_put(change, lmdb_key_span(&key), RECORD_CATALOG,
		    entry->bytes, err);
	result = env_write_delete(change->txn, lmdb_key_span(&key), err);
	return result == ENV_NONE ? ENV_OK : result;
}

static bool
is_quiet(struct span name)
{
	return span_starts(name, ENGINE_QUIET_ROW) ||
	       span_starts(name, ENGINE_QUIET_NOTE);
}

static enum writer_step
change_once(struct lmdb_engine *engine, const struct entry *changes,
    size_t count, struct err *err)
{
	enum env_result result = ENV_OK;
	enum writer_step step;
	struct change change;
	uint64_t generation;
	bool loud = false;

	step = lmdb_change_begin(engine, &change, err);
	if (step != STEP_DONE)
		return step;
	for (size_t i = 0; i < count && result == ENV_OK; i++) {
		result = change_entry(&change, &changes[i], err);
		loud |= !is_quiet(changes[i].name);
	}
	if (result == ENV_OK && loud) {
		if (lmdb_meta(change.txn, META_GENERATION, &generation, err) <
		    0)
			result = ENV_FAILED;
		else
			result = lmdb_meta_put(
			    change.txn, META_GENERATION, generation + 1, err);
	}
	if (result != ENV_OK)
		return lmdb_change_failed(&change, result, err);
	return lmdb_change_commit(&change, err);
}

int
lmdb_catalog_change(struct engine *engine, const struct entry *changes,
    size_t count, struct err *err)
{
	struct err why = ERR_INIT;
	enum writer_step step = STEP_AGAIN;

	for (unsigned try = 0; step == STEP_AGAIN && try < TRIES; try++) {
		err_clear(&why);
		step = change_once(of(engine), changes, count, &why);
	}
	if (step == STEP_DONE)
		return 0;
	if (step == STEP_UNKNOWN)
		return err_set(err, ERR_DEADLINE,
		    "the change may have been lost: %s", why.text);
	return err_set(err, ERR_STORE, "%s", why.text);
}

/* The page grows by doubling; entries live in the arena. */
static int
page_add(struct catalog_page *page, size_t *room, struct arena *arena,
    struct span name, struct span bytes)
{
	struct entry *entry;

	if (page->count == *room) {
		size_t more = *room ? *room * 2 : 16;
		struct entry *wider = arena_calloc(arena, more, sizeof *wider);

		if (wider == NULL)
			return -1;
		if (page->count != 0)
			memcpy(
			    wider, page->entries, page->count * sizeof *wider);
		page->entries = wider;
		*room = more;
	}
	entry = &page->entries[page->count++];
	entry->bytes = bytes;
	return arena_dup(arena, name, &entry->name);
}

static int
list_entries(struct env_reader *reader, struct arena *arena,
    struct catalog_page *page, struct err *err)
{
	struct span after = span_of(page->last, page->last_len);
	struct lmdb_key from = lmdb_catalog_key(
	    span_cmp(after, page->prefix) >= 0 ? after : page->prefix);
	struct span found, bytes;
	enum env_result result =
	    env_read_seek(reader, lmdb_key_span(&from), &found, &bytes, err);
	size_t room = 0;

	for (; result == ENV_OK;
	     result = env_read_next(reader, &found, &bytes, err)) {
		struct span name = span_from(found, 1);
		struct stored value;
		int sound;

		if (found.at[0] != KEY_CATALOG ||
		    !span_starts(name, page->prefix))
			return 0;
		if (after.len != 0 && span_cmp(name, after) <= 0)
			continue;
		if (page->count == page->most)
			return 1;
		sound =
		    lmdb_copy_out(found, RECORD_CATALOG, bytes, arena, &value);
		if (sound == 0)
			return err_set(err, ERR_STORE,
			    "the catalog entry %.*s is corrupt: load it again",
			    SPAN_ARG(name));
		if (sound < 0 ||
		    page_add(page, &room, arena, name, value.bytes) < 0)
			return out_of_memory(err);
	}
	return result == ENV_NONE ? 0 : -1;
}

int
lmdb_catalog_list(struct engine *engine, struct arena *arena,
    struct catalog_page *page, struct err *err)
{
	struct env_reader *reader;
	int more;

	if (lmdb_read_begin(of(engine), &reader, err) < 0)
		return -1;
	more = list_entries(reader, arena, page, err);
	if (more >= 0 &&
	    lmdb_meta_read(reader, META_GENERATION, &page->generation, err) < 0)
		more = -1;
	lmdb_read_end(of(engine), reader);
	return more;
}

int
lmdb_catalog_generation(
    struct engine *engine, uint64_t *generation, struct err *err)
{
	struct env_reader *reader;
	int failed;

	if (lmdb_read_begin(of(engine), &reader, err) < 0)
		return -1;
	failed = lmdb_meta_read(reader, META_GENERATION, generation, err);
	lmdb_read_end(of(engine), reader);
	return failed;
}
