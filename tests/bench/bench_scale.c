/*
 * A million rows of CSV through the command itself, and what more people
 * cost: lookups and commits among a million and among MOST.
 * usage: bench_scale [MOST]
 */
#include "store/engine/lmdb.h"
#include "tests/store/kit.h"
#include "tools/command.h"

#include <time.h>

#define PEOPLE 1000000u
#define ROW_BYTES 200
#define LOOKUPS 500000u
#define COMMITS 2000u

static char directory[KIT_PATH];

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_scale: %s: %s\n", what, err ? err->text : "");
	exit(EXIT_FAILURE);
}

/* Everybody in key order, as a sorted load has them. */
struct crowd {
	unsigned count, at;
	char text[ROW_BYTES];
};

/* Evenly over the key space, as hashes are. */
static struct record_key
key_of(const struct crowd *crowd, unsigned number)
{
	uint64_t place = UINT64_MAX / crowd->count * number;
	struct record_key key = { { 0 } };

	for (unsigned i = 0; i < 8; i++)
		key.bytes[i] = (unsigned char)(place >> (56 - 8 * i));
	return key;
}

static struct record_key
anybody(const struct crowd *crowd, uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return key_of(crowd, (unsigned)((*seed >> 33) % crowd->count));
}

static int
next_row(void *context, struct load_row *row, struct err *err)
{
	struct crowd *crowd = context;

	(void)err;
	if (crowd->at == crowd->count)
		return 0;
	row->key = key_of(crowd, crowd->at++);
	row->bytes = span_of(crowd->text, ROW_BYTES);
	return 1;
}

static int
merge_row(void *context, const struct load_row *row, const struct record *now,
    struct arena *arena, struct span changes[RECORD_KINDS], unsigned *kinds,
    struct err *err)
{
	(void)context;
	(void)now;
	(void)arena;
	(void)err;
	changes[RECORD_PROFILE] = row->bytes;
	*kinds = 1u << RECORD_PROFILE;
	return 0;
}

static double
lookups(struct engine *engine, const struct crowd *crowd, unsigned count)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	uint64_t seed = 1;
	double begun = seconds();

	for (unsigned i = 0; i < count; i++) {
		struct record_key key = anybody(crowd, &seed);
		struct record record;

		arena_reset(arena);
		if (engine_get(engine, &key, arena, &record, NULL) != 1)
			die("lookup", NULL);
	}
	arena_free(&arena);
	return count / (seconds() - begun);
}

static double
commits(struct engine *engine, const struct crowd *crowd)
{
	uint64_t seed = 2;
	struct err err = ERR_INIT;
	double begun = seconds();

	for (unsigned i = 0; i < COMMITS; i++) {
		struct write write = { .key = anybody(crowd, &seed),
			.kind = RECORD_HISTORY,
			.bytes = span_of(crowd->text, 60) };

		if (engine_commit(engine, &write, 1, &err) < 0)
			die("commit", &err);
	}
	return COMMITS / (seconds() - begun);
}

static void
bench_crowd(unsigned count)
{
	struct engine_options options = { .path = directory };
	struct crowd crowd = { .count = count };
	struct load_source source = { next_row, merge_row, NULL, &crowd };
	struct engine *engine;
	struct err err = ERR_INIT;
	uint64_t done;

	memset(crowd.text, 'r', sizeof crowd.text);
	if (kit_directory("/tmp", directory) < 0 ||
	    lmdb_open(&options, &engine, &err) < 0 ||
	    engine_load(engine, &source, &done, &err) != 1)
		die("load", &err);
	lookups(engine, &crowd, LOOKUPS); /* what is read once is in memory */
	printf("people  %9u: lookup %8.0f /s, commit %6.0f /s\n", count,
	    lookups(engine, &crowd, LOOKUPS), commits(engine, &crowd));
	engine_close(&engine);
	kit_remove(directory);
}

static void
write_rows(const char *path)
{
	FILE *file = fopen(path, "w");
	char note[301];

	if (file == NULL)
		die(path, NULL);
	fputs("email,first_name,last_name,city,tier,note\n", file);
	for (unsigned i = 0; i < PEOPLE; i++) {
		unsigned number = i * 7919u % PEOPLE;

		memset(note, 'a' + (int)(i % 26), sizeof note - 1);
		note[sizeof note - 1] = '\0';
		fprintf(file,
		    "user%u@customer%u.example,Name%u,Family%u,City%u,gold,"
		    "%s\n",
		    number, number % 500, number, number * 7, number % 1000,
		    note);
	}
	fclose(file);
}

/* `inlay profile load`, from opening the file to the last sync. */
static void
bench_csv(void)
{
	char conf[KIT_PATH + 16], rows[KIT_PATH + 16];
	char words[][16] = { "inlay", "-c", "profile", "load" };
	char *argv[] = { words[0], words[1], conf, words[2], words[3], rows,
		NULL };
	FILE *file;
	double begun;

	if (kit_directory("/tmp", directory) < 0)
		die("directory", NULL);
	snprintf(conf, sizeof conf, "%s/inlay.conf", directory);
	snprintf(rows, sizeof rows, "%s/rows.csv", directory);
	file = fopen(conf, "w");
	if (file == NULL)
		die(conf, NULL);
	fprintf(file, "store = %s/store\nsign = no\n", directory);
	fclose(file);
	write_rows(rows);
	begun = seconds();
	if (command_run(6, argv, stdin, stdout, stderr) != 0)
		die("profile load", NULL);
	printf("load    %u rows of CSV, 370 bytes  %9.0f rows/s\n", PEOPLE,
	    PEOPLE / (seconds() - begun));
	kit_remove(directory);
}

int
main(int argc, char **argv)
{
	unsigned most =
	    argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : PEOPLE;

	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_csv();
	for (unsigned count = most < PEOPLE ? most : PEOPLE; count <= most;
	     count *= 10)
		bench_crowd(count);
	return EXIT_SUCCESS;
}
