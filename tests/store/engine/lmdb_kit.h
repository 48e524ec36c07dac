/*
 * What the tests of the engine on LMDB share: an engine in a directory of its
 * own, on a disk that does what a test says (disk.h), and children.
 *
 * Include it first.
 */
#ifndef INLAY_TESTS_STORE_LMDB_KIT_H
#define INLAY_TESTS_STORE_LMDB_KIT_H

#include "tests/store/engine/disk.h"

#include "store/engine/lmdb.h"
#include "tests/store/kit.h"

#include <check.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define EVENTS 6

static char directory[KIT_PATH];
static char other[KIT_PATH];
static struct engine *engine;
static struct arena *arena;
static struct err err;
static unsigned events[EVENTS];

static inline void
report(void *context, enum engine_event event, const char *text)
{
	(void)context;
	ck_assert_ptr_null(strchr(text, '@'));
	events[event]++;
}

static inline void
set_up(void)
{
	ck_assert_int_eq(kit_directory("/tmp", directory), 0);
	ck_assert_int_eq(kit_directory("/tmp", other), 0);
	kit_remove(other);
	arena = arena_new((size_t)64 * 1024 * 1024);
	err_clear(&err);
}

static inline void
tear_down(void)
{
	engine_close(&engine);
	arena_free(&arena);
	kit_remove(directory);
	kit_remove(other);
}

/* fixture: set_up tear_down */

static inline struct engine_options
options_of(size_t map_bytes, size_t map_max)
{
	return (struct engine_options){ .path = directory,
		.map_bytes = map_bytes,
		.map_max = map_max,
		.report = report };
}

static inline void
begin(void)
{
	struct engine_options options = options_of((size_t)1 << 26, 0);

	ck_assert_msg(lmdb_open(&options, &engine, &err) == 0, "%s", err.text);
}

static inline int
put_in(struct engine *where, unsigned number, const char *text)
{
	struct record_key key = kit_key(number);
	struct record record;
	struct write write;
	struct arena *mine = arena_new((size_t)1 << 22);
	int got;

	ck_assert_int_ge(engine_get(where, &key, mine, &record, NULL), 0);
	write = kit_write(number, RECORD_PROFILE,
	    record.values[RECORD_PROFILE].version, text);
	got = engine_commit(where, &write, 1, NULL);
	arena_free(&mine);
	return got < 0 ? -(int)write.result : got;
}

static inline int
put(unsigned number, const char *text)
{
	return put_in(engine, number, text);
}

static inline struct stored
get(unsigned number)
{
	struct record_key key = kit_key(number);
	struct record record;
	int found = engine_get(engine, &key, arena, &record, &err);

	ck_assert_msg(found >= 0, "%s", err.text);
	return record.values[RECORD_PROFILE];
}

static inline struct engine_stat
numbers(void)
{
	struct engine_stat stat;

	ck_assert_int_eq(engine_stat(engine, &stat, &err), 0);
	return stat;
}

static inline char *
data_path(const char *place, char *out)
{
	char link[KIT_PATH + 16], name[32];
	ssize_t len;

	snprintf(link, sizeof link, "%s/current", place);
	len = readlink(link, name, sizeof name - 1);
	ck_assert_int_gt(len, 0);
	name[len] = '\0';
	snprintf(out, 256, "%s/%s/data.mdb", place, name);
	return out;
}

/* Where the text lies in the file of the store, or -1. */
static inline long
find_in_file(const char *place, const char *text)
{
	char path[256];
	FILE *file = fopen(data_path(place, path), "rb");
	size_t size, len = strlen(text);
	char *bytes;
	long at = -1;

	ck_assert_ptr_nonnull(file);
	fseek(file, 0, SEEK_END);
	size = (size_t)ftell(file);
	rewind(file);
	bytes = malloc(size);
	ck_assert_uint_eq(fread(bytes, 1, size, file), size);
	fclose(file);
	for (size_t i = 0; at < 0 && i + len <= size; i++)
		if (memcmp(bytes + i, text, len) == 0)
			at = (long)i;
	free(bytes);
	return at;
}

static inline void
flip_in_file(long at)
{
	char path[256];
	int fd = open(data_path(directory, path), O_RDWR);
	char byte;

	ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
	byte ^= 0x40;
	ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

/* A child does its part and says with 0 that all went well. */
static inline pid_t
in_child(int (*work)(void))
{
	int opened[2];
	char byte;
	pid_t child;

	ck_assert_int_eq(pipe(opened), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct engine_options options = options_of(0, 0);

		options.report = NULL;
		if (lmdb_open(&options, &engine, NULL) < 0)
			_exit(99);
		close(opened[0]);
		close(opened[1]);
		_exit(work());
	}
	/* Nothing is ever written: the end says that the store is open. */
	close(opened[1]);
	ck_assert_int_eq(read(opened[0], &byte, 1), 0);
	close(opened[0]);
	return child;
}

static inline void
await_child(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

#endif
