/*
 * The contract of store/engine/engine.h, as tests. Every engine is put through
 * all of them: a row in `engines` is all that a new one needs.
 */
#include "store/engine/lmdb.h"
#include "tests/store/engine/memory.h"
#include "tests/store/kit.h"
#include "tests/suite.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static char directory[KIT_PATH];
static struct engine *engine;
static struct arena *arena;
static struct err err;

static int
open_memory(void)
{
	return memory_open(&engine, &err);
}

static int
open_lmdb(void)
{
	struct engine_options options = { .path = directory,
		.map_bytes = (size_t)1 << 20 };

	return lmdb_open(&options, &engine, &err);
}

static const struct {
	const char *name;
	int (*open)(void);
	bool keeps; /* what was committed, over closing and opening */
} engines[] = {
	{ "memory", open_memory, false },
	{ "lmdb", open_lmdb, true },
};

#define ENGINES ((int)(sizeof engines / sizeof engines[0]))

static void
set_up(void)
{
	ck_assert_int_eq(kit_directory("/tmp", directory), 0);
	err_clear(&err);
	arena = arena_new((size_t)256 * 1024 * 1024);
	ck_assert_ptr_nonnull(arena);
}

static void
tear_down(void)
{
	engine_close(&engine);
	arena_free(&arena);
	kit_remove(directory);
}

static void
begin(int which)
{
	ck_assert_msg(engines[which].open() == 0, "%s", err.text);
}

/* Writes over whatever is there. */
static uint64_t
put(unsigned number, enum record_kind kind, const char *text)
{
	struct record_key key = kit_key(number);
	struct record record;
	struct write write;

	ck_assert_int_ge(engine_get(engine, &key, arena, &record, &err), 0);
	write = kit_write(number, kind, record.values[kind].version, text);
	ck_assert_msg(
	    engine_commit(engine, &write, 1, &err) == 1, "%s", err.text);
	ck_assert_int_eq(write.result, WRITE_OK);
	return write.now;
}

static struct record
get(unsigned number)
{
	struct record_key key = kit_key(number);
	struct record record;

	ck_assert_int_ge(engine_get(engine, &key, arena, &record, &err), 0);
	return record;
}

#define EXPECT(value, text) \
	ck_assert_msg(span_eq((value).bytes, span_str(text)), "got %.*s", \
	    SPAN_ARG((value).bytes))

START_TEST(a_record_that_is_not_there_is_a_no)
{
	struct record_key key = kit_key(7);
	struct record record;

	begin(_i);
	ck_assert_int_eq(engine_get(engine, &key, arena, &record, &err), 0);
	for (int kind = 0; kind < RECORD_KINDS; kind++) {
		ck_assert_uint_eq(record.values[kind].version, 0);
		ck_assert_uint_eq(record.values[kind].bytes.len, 0);
		ck_assert(!record.values[kind].corrupt);
	}
	ck_assert_int_eq(record_key_cmp(&record.key, &key), 0);
}
END_TEST

START_TEST(what_was_committed_is_read_back_with_its_version)
{
	struct record record;
	uint64_t profile, history;

	begin(_i);
	profile = put(1, RECORD_PROFILE, "who");
	history = put(1, RECORD_HISTORY, "what");
	put(2, RECORD_PROFILE, "another");
	record = get(1);
	EXPECT(record.values[RECORD_PROFILE], "who");
	EXPECT(record.values[RECORD_HISTORY], "what");
	ck_assert_uint_eq(record.values[RECORD_PROFILE].version, profile);
	ck_assert_uint_eq(record.values[RECORD_HISTORY].version, history);
	ck_assert_uint_eq(record.values[RECORD_TOMBSTONE].version, 0);
	EXPECT(get(2).values[RECORD_PROFILE], "another");
}
END_TEST

START_TEST(a_write_with_another_version_conflicts_and_changes_nothing)
{
	struct write write;
	uint64_t version;

	begin(_i);
	version = put(1, RECORD_PROFILE, "first");
	write = kit_write(1, RECORD_PROFILE, 0, "second");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 0);
	ck_assert_int_eq(write.result, WRITE_CONFLICT);
	write = kit_write(1, RECORD_PROFILE, version + 1, "second");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 0);
	write = kit_write(2, RECORD_PROFILE, version, "second");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 0);
	ck_assert_int_eq(write.result, WRITE_CONFLICT);
	EXPECT(get(1).values[RECORD_PROFILE], "first");
	ck_assert_uint_eq(get(2).values[RECORD_PROFILE].version, 0);
	write = kit_write(1, RECORD_PROFILE, version, "second");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	EXPECT(get(1).values[RECORD_PROFILE], "second");
}
END_TEST

START_TEST(a_version_never_comes_back)
{
	struct write write;
	uint64_t first, second;

	begin(_i);
	first = put(1, RECORD_HISTORY, "same");
	write = kit_write(1, RECORD_HISTORY, first, "");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	ck_assert_uint_eq(write.now, 0);
	ck_assert_uint_eq(get(1).values[RECORD_HISTORY].version, 0);
	second = put(1, RECORD_HISTORY, "same");
	ck_assert_uint_ne(first, second);
	write = kit_write(1, RECORD_HISTORY, first, "stale");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 0);
	EXPECT(get(1).values[RECORD_HISTORY], "same");
}
END_TEST

START_TEST(deleting_what_is_not_there_is_fine)
{
	struct write write = kit_write(9, RECORD_PROFILE, 0, "");

	begin(_i);
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	ck_assert_int_eq(write.result, WRITE_OK);
}
END_TEST

START_TEST(each_write_of_a_list_completes_alone)
{
	struct write writes[3];

	begin(_i);
	put(2, RECORD_PROFILE, "there");
	writes[0] = kit_write(1, RECORD_PROFILE, 0, "a");
	writes[1] = kit_write(2, RECORD_PROFILE, 0, "b");
	writes[2] = kit_write(3, RECORD_HISTORY, 0, "c");
	ck_assert_int_eq(engine_commit(engine, writes, 3, &err), 0);
	ck_assert_int_eq(writes[0].result, WRITE_OK);
	ck_assert_int_eq(writes[1].result, WRITE_CONFLICT);
	ck_assert_int_eq(writes[2].result, WRITE_OK);
	EXPECT(get(1).values[RECORD_PROFILE], "a");
	EXPECT(get(2).values[RECORD_PROFILE], "there");
	EXPECT(get(3).values[RECORD_HISTORY], "c");
}
END_TEST

START_TEST(of_two_writes_to_one_record_the_second_conflicts)
{
	struct write writes[2];

	begin(_i);
	writes[0] = kit_write(1, RECORD_PROFILE, 0, "a");
	writes[1] = kit_write(1, RECORD_PROFILE, 0, "b");
	ck_assert_int_eq(engine_commit(engine, writes, 2, &err), 0);
	ck_assert_int_eq(writes[0].result, WRITE_OK);
	ck_assert_int_eq(writes[1].result, WRITE_CONFLICT);
	EXPECT(get(1).values[RECORD_PROFILE], "a");
}
END_TEST

START_TEST(no_writes_are_all_done)
{
	begin(_i);
	ck_assert_int_eq(engine_commit(engine, NULL, 0, &err), 1);
}
END_TEST

START_TEST(a_long_value_fits_and_one_that_is_too_long_is_refused)
{
	size_t lens[] = { 1, 1900, 2100, 4096, 100000, 1000000 };
	char *bytes = malloc(ENGINE_VALUE_MAX + 1);
	struct write write;

	begin(_i);
	memset(bytes, 'x', ENGINE_VALUE_MAX + 1);
	for (unsigned i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		write = kit_write(i, RECORD_PROFILE, 0, "");
		write.bytes = span_of(bytes, lens[i]);
		ck_assert_msg(engine_commit(engine, &write, 1, &err) == 1,
		    "%zu: %s", lens[i], err.text);
		ck_assert(
		    span_eq(get(i).values[RECORD_PROFILE].bytes, write.bytes));
	}
	write = kit_write(99, RECORD_PROFILE, 0, "");
	write.bytes = span_of(bytes, ENGINE_VALUE_MAX + 1);
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), -1);
	ck_assert_int_eq(write.result, WRITE_UNAVAILABLE);
	free(bytes);
}
END_TEST

START_TEST(a_full_arena_is_a_clean_failure)
{
	struct record_key key = kit_key(1);
	struct record record;
	char text[3000];
	int got = -1;

	begin(_i);
	memset(text, 'p', sizeof text);
	text[sizeof text - 1] = '\0';
	put(1, RECORD_PROFILE, text);
	put(1, RECORD_HISTORY, text);
	for (size_t limit = 1; got < 0; limit += 37) {
		struct arena *small = arena_new(limit);
		struct err why = ERR_INIT;

		got = engine_get(engine, &key, small, &record, &why);
		if (got < 0)
			ck_assert_int_eq(why.code, ERR_MEMORY);
		else
			EXPECT(record.values[RECORD_HISTORY], text);
		arena_free(&small);
	}
	ck_assert_int_eq(got, 1);
}
END_TEST

START_TEST(a_scan_gives_every_record_once_in_key_order)
{
	struct record records[7];
	struct scan scan = { .begun = false };
	unsigned expected = 0;
	size_t count;

	begin(_i);
	for (unsigned i = 0; i < 100; i++) {
		unsigned number = i * 37 % 100;

		put(number, number % 2 ? RECORD_PROFILE : RECORD_HISTORY, "v");
		if (number % 10 == 0)
			put(number, RECORD_PROFILE, "both");
	}
	while (
	    engine_scan(engine, &scan, arena, records, 7, &count, &err) == 1) {
		ck_assert_uint_le(count, 7);
		for (size_t i = 0; i < count; i++) {
			if (kit_number(&records[i].key) >= 1000)
				continue;
			ck_assert_uint_eq(
			    kit_number(&records[i].key), expected);
			if (expected % 10 == 0)
				EXPECT(
				    records[i].values[RECORD_PROFILE], "both");
			if (expected % 2 == 0)
				EXPECT(records[i].values[RECORD_HISTORY], "v");
			expected++;
		}
		/* What comes and goes meanwhile does not disturb the rest. */
		if (expected < 100)
			put(1000 + expected, RECORD_PROFILE, "new");
		arena_reset(arena);
	}
	ck_assert_uint_eq(expected, 100);
}
END_TEST

START_TEST(a_scan_fills_the_arena_and_goes_on)
{
	struct record records[50];
	struct scan scan = { .begun = false };
	struct arena *small = arena_new((size_t)20 * 1024);
	char text[1000];
	unsigned expected = 0;
	size_t count;
	int more;

	begin(_i);
	memset(text, 's', sizeof text);
	text[sizeof text - 1] = '\0';
	for (unsigned i = 0; i < 50; i++)
		put(i, RECORD_PROFILE, text);
	while ((more = engine_scan(
		    engine, &scan, small, records, 50, &count, &err)) == 1) {
		ck_assert_uint_lt(count, 50);
		for (size_t i = 0; i < count; i++)
			ck_assert_uint_eq(
			    kit_number(&records[i].key), expected++);
		arena_reset(small);
	}
	ck_assert_msg(more == 0, "%s", err.text);
	ck_assert_uint_eq(expected, 50);
	arena_free(&small);
}
END_TEST

START_TEST(a_scan_of_nothing_ends)
{
	struct scan scan = { .begun = false };
	struct record record;
	size_t count = 9;

	begin(_i);
	ck_assert_int_eq(
	    engine_scan(engine, &scan, arena, &record, 1, &count, &err), 0);
	ck_assert_uint_eq(count, 0);
}
END_TEST

static void
change(const char *name, const char *text)
{
	struct entry entry = { span_str(name), span_str(text) };

	ck_assert_msg(engine_catalog_change(engine, &entry, 1, &err) == 0, "%s",
	    err.text);
}

static uint64_t
generation(void)
{
	uint64_t now;

	ck_assert_int_eq(engine_catalog_generation(engine, &now, &err), 0);
	return now;
}

START_TEST(the_generation_moves_with_every_change_but_quiet_ones)
{
	struct entry both[] = { { SPAN("row/a/1"), SPAN("x") },
		{ SPAN("block/a"), SPAN("y") } };
	uint64_t start;

	begin(_i);
	start = generation();
	change("schema", "fields");
	ck_assert_uint_eq(generation(), start + 1);
	change("row/table/1", "quiet");
	change("note/load", "quiet");
	ck_assert_uint_eq(generation(), start + 1);
	ck_assert_int_eq(engine_catalog_change(engine, both, 2, &err), 0);
	ck_assert_uint_eq(generation(), start + 2);
	change("schema", "");
	ck_assert_uint_eq(generation(), start + 3);
}
END_TEST

START_TEST(catalog_entries_are_put_read_replaced_and_deleted)
{
	struct span bytes;

	begin(_i);
	ck_assert_int_eq(
	    engine_catalog_get(engine, SPAN("schema"), arena, &bytes, &err), 0);
	change("schema", "one");
	change("schema", "two");
	ck_assert_int_eq(
	    engine_catalog_get(engine, SPAN("schema"), arena, &bytes, &err), 1);
	ck_assert(span_eq(bytes, SPAN("two")));
	ck_assert_int_eq(
	    engine_catalog_get(engine, SPAN("sch"), arena, &bytes, &err), 0);
	change("schema", "");
	change("schema", "");
	ck_assert_int_eq(
	    engine_catalog_get(engine, SPAN("schema"), arena, &bytes, &err), 0);
}
END_TEST

START_TEST(the_catalog_is_listed_by_prefix_in_pages)
{
	static const char *const names[] = { "block/a", "block/b", "block/c",
		"campaign/x", "schema", "a", "blocker" };
	struct catalog_page all = { .most = SIZE_MAX };
	struct catalog_page blocks = { .prefix = SPAN("block/"), .most = 2 };
	struct catalog_page even = { .prefix = SPAN("c"), .most = 1 };

	begin(_i);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		change(names[i], names[i]);
	ck_assert_int_eq(engine_catalog_list(engine, arena, &all, &err), 0);
	ck_assert_uint_eq(all.count, 7);
	ck_assert_uint_eq(all.generation, generation());
	ck_assert(span_eq(all.entries[0].name, SPAN("a")));
	ck_assert(span_eq(all.entries[6].name, SPAN("schema")));
	ck_assert_int_eq(engine_catalog_list(engine, arena, &blocks, &err), 1);
	ck_assert_uint_eq(blocks.count, 2);
	ck_assert(span_eq(blocks.entries[1].name, SPAN("block/b")));
	ck_assert(span_eq(blocks.entries[1].bytes, SPAN("block/b")));
	ck_assert_int_eq(engine_catalog_list(engine, arena, &blocks, &err), 0);
	ck_assert_uint_eq(blocks.count, 1);
	ck_assert(span_eq(blocks.entries[0].name, SPAN("block/c")));
	ck_assert_int_eq(engine_catalog_list(engine, arena, &blocks, &err), 0);
	ck_assert_uint_eq(blocks.count, 0);
	ck_assert_int_eq(engine_catalog_list(engine, arena, &even, &err), 0);
	ck_assert_uint_eq(even.count, 1);
}
END_TEST

START_TEST(a_catalog_name_has_a_length)
{
	char name[ENGINE_NAME_MAX + 2];
	struct entry entry = { SPAN_NONE, SPAN("x") };

	begin(_i);
	memset(name, 'n', sizeof name);
	ck_assert_int_eq(engine_catalog_change(engine, &entry, 1, &err), -1);
	ck_assert_int_eq(err.code, ERR_INPUT);
	entry.name = span_of(name, ENGINE_NAME_MAX + 1);
	ck_assert_int_eq(engine_catalog_change(engine, &entry, 1, &err), -1);
	entry.name = span_of(name, ENGINE_NAME_MAX);
	ck_assert_int_eq(engine_catalog_change(engine, &entry, 1, &err), 0);
	ck_assert_int_eq(
	    engine_catalog_get(engine, entry.name, arena, &entry.bytes, &err),
	    1);
}
END_TEST

#define THREADS 8
#define ROUNDS 60

/* Adds one to a counter kept in a record, again after every conflict. */
static void *
count_up(void *context)
{
	struct arena *mine = arena_new((size_t)1 << 20);
	struct record_key key = kit_key(5);

	(void)context;
	for (unsigned i = 0; i < ROUNDS;) {
		struct record record;
		struct write write;
		char text[32];
		unsigned number = 0;

		arena_reset(mine);
		if (engine_get(engine, &key, mine, &record, NULL) > 0)
			number = (unsigned)strtoul(
			    record.values[RECORD_HISTORY].bytes.at, NULL, 10);
		snprintf(text, sizeof text, "%u", number + 1);
		write = kit_write(5, RECORD_HISTORY,
		    record.values[RECORD_HISTORY].version, text);
		if (engine_commit(engine, &write, 1, NULL) == 1)
			i++;
	}
	arena_free(&mine);
	return NULL;
}

START_TEST(no_update_is_lost_among_threads)
{
	pthread_t threads[THREADS];
	char text[32];

	begin(_i);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, count_up, NULL);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	snprintf(text, sizeof text, "%d", THREADS * ROUNDS);
	EXPECT(get(5).values[RECORD_HISTORY], text);
}
END_TEST

/* A load of numbers first..last, each row twice; values add up. */
struct numbers {
	unsigned at;
	unsigned last;
	unsigned twice;
	uint64_t stop_after;
	char text[32];
	uint64_t steps;
};

static int
numbers_next(void *context, struct load_row *row, struct err *why)
{
	struct numbers *numbers = context;

	(void)why;
	if (numbers->at > numbers->last)
		return 0;
	row->key = kit_key(numbers->at);
	snprintf(numbers->text, sizeof numbers->text, "n%u", numbers->at);
	row->bytes = span_str(numbers->text);
	row->number = numbers->at;
	numbers->twice ^= 1;
	if (numbers->twice == 0)
		numbers->at++;
	return 1;
}

/* Idempotent: writes the row's text unless it is there. */
static int
numbers_merge(void *context, const struct load_row *row,
    const struct record *now, struct arena *memory,
    struct span changes[RECORD_KINDS], unsigned *kinds, struct err *why)
{
	(void)context;
	if (span_eq(now->values[RECORD_PROFILE].bytes, row->bytes))
		return 0;
	*kinds = 1u << RECORD_PROFILE;
	if (arena_dup(memory, row->bytes, &changes[RECORD_PROFILE]) < 0)
		return err_set(why, ERR_MEMORY, "full");
	return 0;
}

static int
numbers_step(void *context, uint64_t rows)
{
	struct numbers *numbers = context;

	numbers->steps++;
	return numbers->stop_after != 0 && rows >= numbers->stop_after;
}

START_TEST(a_load_merges_every_row_and_may_be_done_again)
{
	struct numbers numbers = { .at = 10, .last = 2009 };
	struct load_source source = { numbers_next, numbers_merge, numbers_step,
		&numbers };
	struct record record;
	uint64_t rows, version;

	begin(_i);
	put(11, RECORD_HISTORY, "stays");
	put(12, RECORD_PROFILE, "goes");
	put(3000, RECORD_PROFILE, "stays");
	ck_assert_msg(
	    engine_load(engine, &source, &rows, &err) == 1, "%s", err.text);
	ck_assert_uint_eq(rows, 4000);
	ck_assert_uint_gt(numbers.steps, 0);
	EXPECT(get(10).values[RECORD_PROFILE], "n10");
	record = get(11);
	EXPECT(record.values[RECORD_PROFILE], "n11");
	EXPECT(record.values[RECORD_HISTORY], "stays");
	EXPECT(get(12).values[RECORD_PROFILE], "n12");
	EXPECT(get(2009).values[RECORD_PROFILE], "n2009");
	EXPECT(get(3000).values[RECORD_PROFILE], "stays");
	ck_assert_uint_eq(get(2010).values[RECORD_PROFILE].version, 0);
	version = record.values[RECORD_PROFILE].version;
	numbers.at = 10;
	ck_assert_int_eq(engine_load(engine, &source, &rows, &err), 1);
	ck_assert_uint_eq(get(11).values[RECORD_PROFILE].version, version);
}
END_TEST

START_TEST(a_load_can_be_interrupted_and_what_it_did_stays)
{
	struct numbers numbers = { .at = 1, .last = 200000, .stop_after = 1 };
	struct load_source source = { numbers_next, numbers_merge, numbers_step,
		&numbers };
	uint64_t rows;
	char text[32];

	begin(_i);
	ck_assert_int_eq(engine_load(engine, &source, &rows, &err), 0);
	ck_assert_uint_gt(rows, 0);
	ck_assert_uint_lt(rows, 400000);
	snprintf(text, sizeof text, "n%u", (unsigned)(rows / 2));
	EXPECT(get((unsigned)(rows / 2)).values[RECORD_PROFILE], text);
}
END_TEST

START_TEST(what_was_committed_outlives_the_engine)
{
	uint64_t version;

	begin(_i);
	if (!engines[_i].keeps)
		return;
	version = put(1, RECORD_PROFILE, "kept");
	change("schema", "kept");
	engine_close(&engine);
	begin(_i);
	EXPECT(get(1).values[RECORD_PROFILE], "kept");
	ck_assert_uint_eq(get(1).values[RECORD_PROFILE].version, version);
	ck_assert_uint_gt(put(1, RECORD_PROFILE, "more"), version);
	ck_assert_uint_eq(generation(), 1);
}
END_TEST

START_TEST(the_numbers_tell_what_happened)
{
	struct engine_stat stat;
	struct write write = kit_write(1, RECORD_PROFILE, 4711, "x");

	begin(_i);
	put(1, RECORD_PROFILE, "a");
	put(1, RECORD_HISTORY, "b");
	put(2, RECORD_PROFILE, "c");
	change("schema", "s");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 0);
	ck_assert_int_eq(engine_stat(engine, &stat, &err), 0);
	ck_assert_str_eq(stat.name, engines[_i].name);
	ck_assert_uint_eq(stat.records[RECORD_PROFILE], 2);
	ck_assert_uint_eq(stat.records[RECORD_HISTORY], 1);
	ck_assert_uint_eq(stat.entries, 1);
	ck_assert_uint_eq(stat.generation, 1);
	ck_assert_uint_eq(stat.writes, 3);
	ck_assert_uint_eq(stat.conflicts, 1);
	ck_assert_uint_eq(stat.corrupt, 0);
	ck_assert(!stat.failing);
}
END_TEST

START_TEST(a_sound_store_verifies)
{
	struct engine_verdict verdict;

	begin(_i);
	for (unsigned i = 0; i < 300; i++)
		put(i, RECORD_PROFILE, "v");
	change("schema", "s");
	ck_assert_msg(engine_verify(engine, NULL, NULL, &verdict, &err) == 1,
	    "%s", err.text);
	ck_assert_uint_eq(verdict.records, 300);
	ck_assert_uint_eq(verdict.entries, 1);
	ck_assert_uint_eq(verdict.corrupt, 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_record_that_is_not_there_is_a_no,
		what_was_committed_is_read_back_with_its_version,
		a_write_with_another_version_conflicts_and_changes_nothing,
		a_version_never_comes_back,
		deleting_what_is_not_there_is_fine,
		each_write_of_a_list_completes_alone,
		of_two_writes_to_one_record_the_second_conflicts,
		no_writes_are_all_done,
		a_long_value_fits_and_one_that_is_too_long_is_refused,
		a_full_arena_is_a_clean_failure,
		a_scan_gives_every_record_once_in_key_order,
		a_scan_fills_the_arena_and_goes_on,
		a_scan_of_nothing_ends,
		the_generation_moves_with_every_change_but_quiet_ones,
		catalog_entries_are_put_read_replaced_and_deleted,
		the_catalog_is_listed_by_prefix_in_pages,
		a_catalog_name_has_a_length,
		no_update_is_lost_among_threads,
		a_load_merges_every_row_and_may_be_done_again,
		a_load_can_be_interrupted_and_what_it_did_stays,
		what_was_committed_outlives_the_engine,
		the_numbers_tell_what_happened,
		a_sound_store_verifies,
	};
	Suite *suite = suite_create("engine");
	TCase *tcase = tcase_create("contract");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
		tcase_add_loop_test(tcase, tests[i], 0, ENGINES);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
