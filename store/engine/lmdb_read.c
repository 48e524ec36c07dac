/*
 * Reading records out of the LMDB engine: nothing leaves that points into
 * the map, and no snapshot outlives the copy.
 */
#include "store/engine/lmdb_engine.h"

#include "store/record/record.h"

#include <limits.h>
#include <stdio.h>

static struct lmdb_engine *
of(struct engine *engine)
{
	return (struct lmdb_engine *)engine;
}

struct lmdb_key
lmdb_catalog_key(struct span name)
{
	struct lmdb_key out;

	out.bytes[0] = KEY_CATALOG;
	if (name.len != 0)
		memcpy(out.bytes + 1, name.at, name.len);
	out.len = name.len + 1;
	return out;
}

int
lmdb_key_parse(
    struct span found, struct record_key *key, enum record_kind *kind)
{
	if (found.len == KEY_SIZE + 1 && found.at[0] == KEY_TOMBSTONE) {
		memcpy(key->bytes, found.at + 1, KEY_SIZE);
		*kind = RECORD_TOMBSTONE;
		return 1;
	}
	if (found.len != KEY_SIZE + 2 || found.at[0] != KEY_RECORD ||
	    (unsigned char)found.at[found.len - 1] >= RECORD_KINDS)
		return 0;
	memcpy(key->bytes, found.at + 1, KEY_SIZE);
	*kind = (enum record_kind)found.at[found.len - 1];
	return 1;
}

void
lmdb_corrupt(struct lmdb_engine *engine, struct span key)
{
	char text[128], hex[2 * KEY_SIZE + 1];
	struct record_key record;
	enum record_kind kind;

	atomic_fetch_add(&engine->corrupt, 1);
	if (lmdb_key_parse(key, &record, &kind))
		snprintf(text, sizeof text,
		    "the record %s/%u is corrupt: its person is treated "
		    "as unknown",
		    record_key_hex(&record, hex), (unsigned)kind);
	else
		snprintf(text, sizeof text, "a catalog entry is corrupt");
	lmdb_report(engine, EVENT_CORRUPT, text);
}

int
lmdb_copy_out(struct span key, unsigned kind, struct span bytes,
    struct arena *arena, struct stored *value)
{
	int sound = record_check(key, kind, bytes, value);

	if (sound && arena_dup(arena, value->bytes, &value->bytes) < 0)
		return -1;
	return sound;
}

static int
out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a record");
}

/* Which values of a record were corrupt, to be told after the snapshot. */
static void
tell_corrupt(struct lmdb_engine *engine, const struct record *record)
{
	for (unsigned kind = 0; kind < RECORD_KINDS; kind++) {
		struct lmdb_key key = lmdb_record_key(&record->key, kind);

		if (record->values[kind].corrupt)
			lmdb_corrupt(engine, lmdb_key_span(&key));
	}
}

/* The record that found and bytes begin, all kinds of it; the reader moves
 * past it. result is that of the last step. */
static int
read_record(struct env_reader *reader, struct span *found, struct span *bytes,
    struct arena *arena, struct record *record, enum env_result *result,
    struct err *err)
{
	struct record_key key;
	enum record_kind kind;

	while (*result == ENV_OK && lmdb_key_parse(*found, &key, &kind) &&
	       record_key_cmp(&key, &record->key) == 0) {
		if (lmdb_copy_out(
			*found, kind, *bytes, arena, &record->values[kind]) < 0)
			return out_of_memory(err);
		*result = env_read_next(reader, found, bytes, err);
	}
	return *result == ENV_OK || *result == ENV_NONE ? 0 : -1;
}

/* The tombstone under a key of its own, in the same snapshot. 0 or -1. */
static int
read_tombstone(struct lmdb_engine *engine, struct env_reader *reader,
    struct arena *arena, struct record *record, struct err *err)
{
	struct lmdb_key key;
	struct span found, bytes;
	enum env_result result;

	if (!engine->has_secret)
		return engine->veiled ? lmdb_no_secret(engine, err) : 0;
	/* Theirs are the lowest keys: is there none, nobody was erased. */
	if (env_read_lowest(reader) != KEY_TOMBSTONE)
		return 0;
	key = lmdb_tombstone_key(engine, &record->key);
	result =
	    env_read_seek(reader, lmdb_key_span(&key), &found, &bytes, err);
	if (result == ENV_NONE ||
	    (result == ENV_OK && !span_eq(found, lmdb_key_span(&key))))
		return 0;
	if (result != ENV_OK)
		return -1;
	if (lmdb_copy_out(found, RECORD_TOMBSTONE, bytes, arena,
		&record->values[RECORD_TOMBSTONE]) < 0)
		return out_of_memory(err);
	return 0;
}

int
lmdb_get(struct engine *engine, const struct record_key *key,
    struct arena *arena, struct record *record, struct err *err)
{
	struct lmdb_key first = lmdb_record_key(key, 0);
	struct env_reader *reader;
	struct span found, bytes;
	enum env_result result;
	int failed, any = 0;

	if (lmdb_read_begin(of(engine), &reader, err) < 0)
		return -1;
	result =
	    env_read_seek(reader, lmdb_key_span(&first), &found, &bytes, err);
	failed =
	    read_record(reader, &found, &bytes, arena, record, &result, err);
	if (failed == 0)
		failed = read_tombstone(of(engine), reader, arena, record, err);
	lmdb_read_end(of(engine), reader);
	if (failed < 0)
		return -1;
	for (unsigned kind = 0; kind < RECORD_KINDS; kind++)
		any |= record->values[kind].version != 0;
	tell_corrupt(of(engine), record);
	return any;
}

/* One page of records from where the reader stands. A record that does not
 * fit the arena ends the page, unless it is the first. */
static int
scan_page(struct env_reader *reader, struct span from, struct arena *arena,
    struct record *records, size_t most, size_t *count, struct err *err)
{
	struct span found, bytes;
	enum env_result result =
	    env_read_seek(reader, from, &found, &bytes, err);
	enum record_kind kind;

	while (result == ENV_OK && *count < most) {
		struct arena_mark mark = arena_mark(arena);
		struct record *record = &records[*count];

		memset(record, 0, sizeof *record);
		if (!lmdb_key_parse(found, &record->key, &kind))
			break;
		if (read_record(reader, &found, &bytes, arena, record, &result,
			err) < 0) {
			if (*count == 0 || result != ENV_OK)
				return -1;
			arena_rewind(arena, mark);
			err_clear(err);
			return 0;
		}
		++*count;
	}
	return result == ENV_OK || result == ENV_NONE ? 0 : -1;
}

int
lmdb_scan(struct engine *engine, struct scan *scan, struct arena *arena,
    struct record *records, size_t most, size_t *count, struct err *err)
{
	struct lmdb_key from =
	    lmdb_record_key(&scan->after, scan->begun ? UCHAR_MAX : 0);
	struct env_reader *reader;
	int failed;

	if (lmdb_read_begin(of(engine), &reader, err) < 0)
		return -1;
	failed = scan_page(
	    reader, lmdb_key_span(&from), arena, records, most, count, err);
	lmdb_read_end(of(engine), reader);
	if (failed < 0)
		return -1;
	for (size_t i = 0; i < *count; i++)
		tell_corrupt(of(engine), &records[i]);
	if (*count == 0)
		return 0;
	scan->after = records[*count - 1].key;
	scan->begun = true;
	return 1;
}
