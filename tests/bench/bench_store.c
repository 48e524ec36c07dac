/*
 * What the store costs, beside what it is made of: group commits against
 * one sync per record, lookups against a bare mdb_get, a load against
 * mdb_load of the same data. Everything in one run, on one file system.
 * Disks of test machines may not wait for stable media, so the commits are
 * measured once more on one that takes 2 ms longer.
 * usage: bench_store [ROWS [DIRECTORY]]
 */
#define _GNU_SOURCE /* syscall */
#include "store/record/history.h"
#include "store/engine/lmdb.h"
#include "store/record/profile.h"
#include "tests/store/kit.h"
#include "tools/input/external_sort.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define ROW_BYTES 400
#define ROWS 1000000u

static char directory[KIT_PATH];
static struct engine *engine;

/* The library's syncs come here. */
static atomic_long sync_delay_ns;

int
fdatasync(int fd)
{
	struct timespec delay = { 0, atomic_load(&sync_delay_ns) };

	if (delay.tv_nsec != 0)
		nanosleep(&delay, NULL);
	return (int)syscall(SYS_fdatasync, fd);
}

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
	fprintf(stderr, "bench_store: %s: %s\n", what, err ? err->text : "");
	exit(EXIT_FAILURE);
}

static void
open_engine(void)
{
	struct engine_options options = { .path = directory };
	struct err err = ERR_INIT;

	if (lmdb_open(&options, &engine, &err) < 0)
		die("open", &err);
}

/* Spread over the key space as a hash would. */
static struct record_key
spread(unsigned number)
{
	struct span parts[] = { span_of(&number, sizeof number) };

	return record_key(SPAN("bench"), parts[0]);
}

struct session {
	pthread_t thread;
	unsigned number;
	unsigned commits;
	pthread_mutex_t *alone; /* one sync per record: no batch ever forms */
	double until;
};

/* What a message does: read both values, add an exposure, commit. */
static void *
converse(void *context)
{
	struct session *session = context;
	struct arena *arena = arena_new((size_t)1 << 20);
	char text[120];

	memset(text, 'h', sizeof text);
	while (seconds() < session->until) {
		struct record record;
		struct record_key key = spread(
		    session->number * 1000003u + session->commits % 5000);
		struct write write = { key, RECORD_HISTORY, 0,
			span_of(text, sizeof text), WRITE_NONE, 0 };

		arena_reset(arena);
		if (engine_get(engine, &key, arena, &record, NULL) < 0)
			die("get", NULL);
		write.version = record.values[RECORD_HISTORY].version;
		if (session->alone != NULL)
			pthread_mutex_lock(session->alone);
		if (engine_commit(engine, &write, 1, NULL) != 1)
			die("commit", NULL);
		if (session->alone != NULL)
			pthread_mutex_unlock(session->alone);
		session->commits++;
	}
	arena_free(&arena);
	return NULL;
}

static double
commits_per_second(unsigned sessions, pthread_mutex_t *alone, double during)
{
	struct session *all = calloc(sessions, sizeof *all);
	double begun = seconds(), total = 0;

	for (unsigned i = 0; i < sessions; i++) {
		all[i] = (struct session){
			.number = i + 1, .alone = alone, .until = begun + during
		};
		pthread_create(&all[i].thread, NULL, converse, &all[i]);
	}
	for (unsigned i = 0; i < sessions; i++) {
		pthread_join(all[i].thread, NULL);
		total += all[i].commits;
	}
	free(all);
	return total / (seconds() - begun);
}

static void
bench_commits(long delay_ms)
{
	static const unsigned sessions[] = { 1, 8, 57 };
	pthread_mutex_t alone = PTHREAD_MUTEX_INITIALIZER;
	char disk[32] = "";
	double single;

	if (delay_ms != 0)
		snprintf(disk, sizeof disk, ", +%ld ms", delay_ms);
	atomic_store(&sync_delay_ns, delay_ms * 1000000);
	single = commits_per_second(57, &alone, 2);
	printf("commit  one sync per record%-8s %9.0f /s\n", disk, single);
	for (size_t i = 0; i < 3; i++) {
		double rate = commits_per_second(sessions[i], NULL, 2);

		printf("commit  %2u waiting sessions%-8s %9.0f /s  %5.2f x\n",
		    sessions[i], disk, rate, rate / single);
	}
	atomic_store(&sync_delay_ns, 0);
}

/* Rows in key order, from memory: what the CLI's parser would give. */
struct rows {
	struct record_key *keys;
	unsigned count;
	unsigned at;
	char text[ROW_BYTES];
};

static void
rows_init(struct rows *rows, unsigned count)
{
	rows->keys = calloc(count, sizeof *rows->keys);
	rows->count = count;
	rows->at = 0;
	memset(rows->text, 'r', sizeof rows->text);
	for (unsigned i = 0; i < count; i++)
		rows->keys[i] = spread(i);
}

static int
merge_row(void *context, const struct load_row *row, const struct record *now,
    struct arena *arena, struct span changes[RECORD_KINDS], unsigned *kinds,
    struct err *err)
{
	(void)context;
	(void)arena;
	(void)err;
	if (span_eq(now->values[RECORD_PROFILE].bytes, row->bytes))
		return 0;
	changes[RECORD_PROFILE] = row->bytes;
	*kinds = 1u << RECORD_PROFILE;
	return 0;
}

static int
next_row(void *context, struct load_row *row, struct err *err)
{
	return external_sort_next(context, row, err);
}

/* Shuffled rows through the command's sort, as a file would come. */
static double
bench_load(struct rows *rows)
{
	struct load_source source = { next_row, merge_row, NULL, NULL };
	struct external_sort *sort;
	struct err err = ERR_INIT;
	uint64_t done;
	double begun = seconds();

	if (external_sort_open(directory, (size_t)64 << 20, &sort, &err) < 0)
		die("sort", &err);
	for (unsigned i = 0; i < rows->count; i++)
		if (external_sort_add(sort, &rows->keys[i],
			span_of(rows->text, ROW_BYTES), &err) < 0)
			die("sort", &err);
	source.context = sort;
	if (external_sort_finish(sort, &err) < 0 ||
	    engine_load(engine, &source, &done, &err) != 1 ||
	    done != rows->count)
		die("load", &err);
	external_sort_close(&sort);
	return seconds() - begun;
}

static void
bench_lookups(const struct rows *rows)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	unsigned most = 1000000, found = 0;
	double begun = seconds(), ours;

	for (unsigned i = 0; i < most; i++) {
		struct record record;

		arena_reset(arena);
		found +=
		    engine_get(engine, &rows->keys[i * 7919u % rows->count],
			arena, &record, NULL) == 1;
	}
	ours = most / (seconds() - begun);
	arena_free(&arena);
	if (found != most)
		die("lookups", NULL);
	printf("lookup  both values, checked       %9.0f /s\n", ours);
}

static char *
data_path(char *out, size_t size)
{
	char name[64];
	char link[KIT_PATH + 16];
	ssize_t len;

	snprintf(link, sizeof link, "%s/current", directory);
	len = readlink(link, name, sizeof name - 1);
	if (len < 0)
		die("current", NULL);
	name[len] = '\0';
	snprintf(out, size, "%s/%s", directory, name);
	return out;
}

/* The very same entries, a transaction per lookup and without. */
static void
bench_bare(const struct rows *rows, bool each)
{
	char path[256];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;
	unsigned most = 1000000, found = 0;
	double begun;

	if (mdb_env_create(&env) != 0 ||
	    mdb_env_set_mapsize(env, (size_t)1 << 33) != 0 ||
	    mdb_env_open(env, data_path(path, sizeof path),
		MDB_RDONLY | MDB_NOTLS | MDB_NORDAHEAD, 0640) != 0 ||
	    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 ||
	    mdb_dbi_open(txn, NULL, 0, &dbi) != 0)
		die("mdb", NULL);
	begun = seconds();
	for (unsigned i = 0; i < most; i++) {
		char key[KEY_SIZE + 2] = { 3 };
		MDB_val name = { sizeof key, key };
		MDB_val value;

		memcpy(key + 1, rows->keys[i * 7919u % rows->count].bytes,
		    KEY_SIZE);
		if (each) {
			mdb_txn_reset(txn);
			mdb_txn_renew(txn);
		}
		found += mdb_get(txn, dbi, &name, &value) == 0;
	}
	printf("lookup  bare mdb_get%s %9.0f /s\n",
	    each ? ", txn renewed " : ", one snapshot",
	    most / (seconds() - begun));
	mdb_txn_abort(txn);
	mdb_env_close(env);
	if (found != most)
		die("mdb", NULL);
}

/* Dumps the store and loads the dump with LMDB's own tool. */
static double
mdb_load_seconds(void)
{
	static const char script[] =
	    "mkdir \"$0/peer\" && mdb_dump \"$1\" >\"$0/dump\" && "
	    "s=$(date +%s.%N) && mdb_load -f \"$0/dump\" \"$0/peer\" "
	    "2>/dev/null && "
	    "e=$(date +%s.%N) && echo \"$s $e\" >\"$0/took\"; "
	    "rm -rf \"$0/peer\" \"$0/dump\"";
	char path[256], took[KIT_PATH + 8];
	double from = 0, to = 0;
	pid_t child;
	FILE *file;

	data_path(path, sizeof path);
	child = fork();
	if (child == 0) {
		execlp("sh", "sh", "-c", script, directory, path, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
	snprintf(took, sizeof took, "%s/took", directory);
	file = fopen(took, "r");
	if (file == NULL || fscanf(file, "%lf %lf", &from, &to) != 2)
		to = from = 0;
	if (file != NULL)
		fclose(file);
	return to - from;
}

/* Waits for the lock among commits while another process loads. */
static void
bench_fairness(struct rows *rows)
{
	struct span mark = SPAN("during");
	struct engine_stat stat;
	double worst = 0, begun, total = 0;
	unsigned commits = 0;
	int status;
	pid_t child;

	engine_close(&engine);
	child = fork();
	if (child == 0) {
		memset(rows->text, 'R', sizeof rows->text);
		open_engine();
		(void)bench_load(rows);
		engine_close(&engine);
		_exit(0);
	}
	open_engine();
	while (waitpid(child, &status, WNOHANG) == 0) {
		struct write write = { spread(commits), RECORD_TOMBSTONE, 0,
			mark, WRITE_NONE, 0 };
		double took;

		begun = seconds();
		if (engine_commit(engine, &write, 1, NULL) < 0)
			die("commit", NULL);
		took = seconds() - begun;
		worst = took > worst ? took : worst;
		total += took;
		commits++;
	}
	printf("commit  during a load by another     %7.1f ms at worst, "
	       "%.1f on average, %u of them\n",
	    worst * 1e3, total / commits * 1e3, commits);
	if (engine_stat_quick(engine, &stat, NULL) == 0)
		printf("commit  and waited for its lock       %7.1f ms at "
		       "worst\n",
		    (double)stat.lock_wait_us / 1e3);
}

static size_t
profile_bytes(void)
{
	struct arena *arena = arena_new((size_t)1 << 20);
	struct consent consents[2] = { { .type = SPAN("email"),
					   .at = 1700000000,
					   .source = SPAN("form") },
		{ .type = SPAN("personalisation"),
		    .at = 1700000000,
		    .source = SPAN("form") } };
	struct observation seen[8];
	static const char *const fields[] = { "first_name", "last_name", "city",
		"postcode", "birth_date", "gender", "last_product", "tier" };
	static const char *const values[] = { "Margarethe", "Mustermann",
		"Regensburg", "93047", "1974-05-12", "f", "SKU-4711-blue",
		"gold" };
	struct profile profile = { .address =
				       SPAN("margarethe.m@mail.example.org"),
		.consents = consents,
		.consent_count = 2,
		.observations = seen,
		.observation_count = 8,
		.changed_at = 1700000500 };
	struct buf out;
	size_t len;

	for (size_t i = 0; i < 8; i++)
		seen[i] = (struct observation){ .field = span_str(fields[i]),
			.value = span_str(values[i]),
			.source = SPAN("crm"),
			.observed_at = 1700000000 + (int64_t)i };
	buf_init(&out, arena, 100000);
	profile_encode(&profile, arena, &out, NULL);
	len = out.len;
	arena_free(&arena);
	return len;
}

static size_t
history_bytes(unsigned count)
{
	struct arena *arena = arena_new((size_t)1 << 24);
	struct history history = { .exposure_count = 0 };
	struct span fields[] = { SPAN("first_name"), SPAN("tier"),
		SPAN("city") };
	char blocks[3][32], campaign[32];
	struct buf out;
	size_t len;

	history.exposures = arena_calloc(arena, count, sizeof(struct exposure));
	history.exposure_count = count;
	for (unsigned i = 0; i < count; i++) {
		struct exposure *entry = &history.exposures[i];
		struct span kept;

		snprintf(campaign, sizeof campaign, "spring-2026-%u", i / 4);
		for (unsigned s = 0; s < 3; s++)
			snprintf(blocks[s], sizeof blocks[s], "block_%u",
			    (i * 3 + s) % 40);
		*entry = (struct exposure){ .time = 1700000000 + i * 86400,
			.topic = SPAN("garden"),
			.arm = SPAN("individual"),
			.lane = SPAN("exploit"),
			.channel = SPAN("email"),
			.version = SPAN("3"),
			.propensity = 0.4512,
			.personal = true,
			.state = EXPOSURE_DELIVERED,
			.state_at = 1700000020 + i * 86400,
			.fields = fields,
			.field_count = 3,
			.slot_count = 3,
			.edition = 212 };
		memcpy(entry->tag, &i, sizeof i);
		entry->slots = arena_calloc(arena, 3, sizeof *entry->slots);
		for (unsigned s = 0; s < 3; s++) {
			entry->slots[s].slot = s == 0	? SPAN("hero")
					       : s == 1 ? SPAN("offer")
							: SPAN("footer");
			arena_dup(arena, span_str(blocks[s]), &kept);
			entry->slots[s].block = kept;
			entry->slots[s].option = kept;
		}
		arena_dup(arena, span_str(campaign), &entry->campaign);
	}
	buf_init(&out, arena, (size_t)1 << 22);
	history_encode(&history, arena, &out, NULL);
	len = out.len;
	arena_free(&arena);
	return len;
}

static double
history_cost(void)
{
	struct arena *arena = arena_new((size_t)1 << 24);
	double begun;
	unsigned rounds = 2000;
	struct history history = { .exposure_count = 0 };
	struct exposure entries[300];
	struct exposure_slot slots[2] = { { .slot = SPAN("hero"),
					      .option = SPAN("a"),
					      .block = SPAN("block_a") },
		{ .slot = SPAN("offer"),
		    .option = SPAN("b"),
		    .block = SPAN("block_b") } };
	struct buf out;
	struct span bytes;

	memset(entries, 0, sizeof entries);
	for (unsigned i = 0; i < 300; i++) {
		entries[i].campaign = SPAN("spring");
		entries[i].arm = SPAN("individual");
		entries[i].channel = SPAN("email");
		entries[i].propensity = 0.5;
		entries[i].time = 1700000000 + i;
		entries[i].slots = slots;
		entries[i].slot_count = 2;
		memcpy(entries[i].tag, &i, sizeof i);
	}
	history.exposures = entries;
	history.exposure_count = 300;
	buf_init_heap(&out, (size_t)1 << 20);
	history_encode(&history, arena, &out, NULL);
	bytes = buf_span(&out);
	begun = seconds();
	for (unsigned i = 0; i < rounds; i++) {
		struct buf again;

		arena_reset(arena);
		history_decode(bytes, arena, &history, NULL);
		buf_init(&again, arena, (size_t)1 << 20);
		history_encode(&history, arena, &again, NULL);
	}
	buf_deinit(&out);
	arena_free(&arena);
	return (seconds() - begun) / rounds * 1e6;
}

static void
bench_bytes(void)
{
	size_t ten = history_bytes(10), fifty = history_bytes(50);

	printf("bytes   of a profile, 8 fields      %8zu\n", profile_bytes());
	printf("bytes   per exposure, 10th          %8.1f\n", (double)ten / 10);
	printf("bytes   per exposure, 11th to 50th  %8.1f\n",
	    (double)(fifty - ten) / 40);
	printf(
	    "cost    300 entries, read + written %8.1f us\n", history_cost());
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROWS;
	const char *base = argc > 2 ? argv[2] : "/tmp";
	struct engine_stat stat;
	struct rows rows;
	double ours, theirs;

	if (kit_directory(base, directory) < 0)
		die("directory", NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	rows_init(&rows, count);
	open_engine();
	ours = bench_load(&rows);
	printf("load    %u shuffled rows of %d  %9.0f rows/s\n", count,
	    ROW_BYTES, count / ours);
	if (engine_stat(engine, &stat, NULL) == 0)
		printf("bytes   of file per row of %d      %8.1f\n", ROW_BYTES,
		    (double)stat.live_bytes / rows.count);
	theirs = count <= 2 * ROWS ? mdb_load_seconds() : 0;
	if (theirs > 0)
		printf("load    mdb_load of the same, sorted %7.0f rows/s  "
		       "we take %.2f x its time\n",
		    count / theirs, ours / theirs);
	bench_lookups(&rows);
	engine_close(&engine);
	bench_bare(&rows, false);
	bench_bare(&rows, true);
	open_engine();
	bench_commits(0);
	bench_commits(2);
	bench_fairness(&rows);
	bench_bytes();
	engine_close(&engine);
	free(rows.keys);
	kit_remove(directory);
	return EXIT_SUCCESS;
}
