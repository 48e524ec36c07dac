/*
 * A report over a million people with ten exposures each: seconds, and the
 * most memory that the command held.
 * usage: bench_report [PEOPLE]
 */
#include "store/engine/lmdb.h"
#include "store/record/history.h"
#include "tests/store/kit.h"
#include "tools/command.h"

#include <sys/resource.h>
#include <time.h>

#define PEOPLE 1000000u
#define EXPOSURES 10
#define BEGIN ((int64_t)1772355600)
#define DAY 86400

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
	fprintf(stderr, "bench_report: %s: %s\n", what, err ? err->text : "");
	exit(EXIT_FAILURE);
}

/* Everybody in key order, as a sorted load has them. */
struct crowd {
	unsigned count, at;
	struct arena *arena;
	struct buf bytes;
};

/* Ten campaigns; who is in which arm and cluster follows from the number. */
static void
write_history(struct crowd *crowd, unsigned number)
{
	static const char *const campaigns[] = { "c0", "c1", "c2", "c3", "c4",
		"c5", "c6", "c7", "c8", "c9" };
	static const char *const clusters[] = { "young", "middle", "senior" };
	struct exposure entries[EXPOSURES];
	struct exposure_slot slots[EXPOSURES];
	struct response bought = { .time = BEGIN + 2 * DAY,
		.type = SPAN("purchase"),
		.value = number % 100,
		.currency = SPAN("EUR") };
	struct history history = { .exposures = entries,
		.exposure_count = EXPOSURES,
		.responses = &bought,
		.response_count = number % 20 == 0 };

	for (unsigned i = 0; i < EXPOSURES; i++) {
		bool control = (number >> i) % 2;

		slots[i] = (struct exposure_slot){ .slot = SPAN("hero"),
			.option = SPAN("a"),
			.block = SPAN("hero_a") };
		entries[i] = (struct exposure){ .tag = { (unsigned char)i },
			.time = BEGIN + (int64_t)i * 7 * DAY,
			.campaign = span_str(campaigns[i]),
			.topic = SPAN("light"),
			.version = SPAN("1"),
			.arm = control ? SPAN("control") : SPAN("warm"),
			.channel = SPAN("email"),
			.propensity = 0.5,
			.state = EXPOSURE_DELIVERED,
			.reason = control ? REASON_CONTROL : REASON_DECIDED,
			.eligible = number % 9 ? ELIGIBLE_YES : ELIGIBLE_NO,
			.cluster = span_str(clusters[number % 3]),
			.slots = &slots[i],
			.slot_count = !control };
	}
	arena_reset(crowd->arena);
	buf_init(&crowd->bytes, crowd->arena, 1 << 16);
	if (history_encode(&history, crowd->arena, &crowd->bytes, NULL) < 0)
		die("encode", NULL);
}

static int
next_row(void *context, struct load_row *row, struct err *err)
{
	struct crowd *crowd = context;
	uint64_t place = UINT64_MAX / crowd->count * crowd->at;

	(void)err;
	if (crowd->at == crowd->count)
		return 0;
	memset(&row->key, 0, sizeof(row->key));
	for (unsigned i = 0; i < 8; i++)
		row->key.bytes[i] = (unsigned char)(place >> (56 - 8 * i));
	write_history(crowd, crowd->at++);
	row->bytes = buf_span(&crowd->bytes);
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
	changes[RECORD_HISTORY] = row->bytes;
	*kinds = 1u << RECORD_HISTORY;
	return 0;
}

/* Runs `inlay -c CONF words...`. */
static void
command(char *const *words, int count)
{
	char name[] = "inlay", flag[] = "-c", conf[KIT_PATH + 16];
	char *argv[16] = { name, flag, conf };

	snprintf(conf, sizeof conf, "%s/inlay.conf", directory);
	for (int i = 0; i < count; i++)
		argv[3 + i] = words[i];
	if (command_run(3 + count, argv, stdin, stdout, stderr) != 0)
		die(words[0], NULL);
}

static void
load_campaigns(void)
{
	for (int i = 0; i < EXPOSURES; i++) {
		char path[KIT_PATH + 16], noun[] = "campaign", verb[] = "load";
		char *words[] = { noun, verb, path };
		FILE *file;

		snprintf(path, sizeof path, "%s/c%d.yaml", directory, i);
		file = fopen(path, "w");
		if (file == NULL)
			die(path, NULL);
		fprintf(file,
		    "id: c%d\ntopic: light\narms: [{name: control, control: "
		    "true}, {name: warm}]\nmeasure: {goal: {event: purchase, "
		    "within: 5d}, guard: [{event: unsubscribe, within: 5d}]}\n",
		    i);
		fclose(file);
		command(words, 3);
	}
}

static void
fill(unsigned people)
{
	char store[KIT_PATH + 16];
	struct engine_options options = { .path = store };
	struct crowd crowd = { .count = people,
		.arena = arena_new((size_t)1 << 20) };
	struct load_source source = { next_row, merge_row, NULL, &crowd };
	struct engine *engine;
	struct err err = ERR_INIT;
	uint64_t done;

	snprintf(store, sizeof store, "%s/store", directory);
	if (lmdb_open(&options, &engine, &err) < 0 ||
	    engine_load(engine, &source, &done, &err) != 1)
		die("load", &err);
	engine_close(&engine);
	arena_free(&crowd.arena);
}

int
main(int argc, char **argv)
{
	unsigned people =
	    argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : PEOPLE;
	char path[KIT_PATH + 16], verb[] = "report", campaign[] = "c0";
	char *words[] = { verb, campaign };
	struct rusage before, after;
	FILE *file;
	double begun;

	if (kit_directory("/tmp", directory) < 0)
		die("directory", NULL);
	snprintf(path, sizeof path, "%s/inlay.conf", directory);
	file = fopen(path, "w");
	if (file == NULL)
		die(path, NULL);
	fprintf(file, "store = %s/store\nsign = no\n", directory);
	fclose(file);
	load_campaigns();
	fill(people);
	getrusage(RUSAGE_SELF, &before);
	begun = seconds();
	command(words, 2);
	printf("report  %u people, %d exposures each: %.1f s", people,
	    EXPOSURES, seconds() - begun);
	getrusage(RUSAGE_SELF, &after);
	printf(", %ld MB more at the most, mapped pages included\n",
	    (after.ru_maxrss - before.ru_maxrss) / 1024);
	kit_remove(directory);
	return 0;
}
