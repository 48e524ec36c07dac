/*
 * The store under everything at once, in one thread and in virtual time:
 * sessions that decide and record, retries of a mail server, a log that
 * confirms, a load, folding, crashes, and an engine that loses commits or
 * keeps quiet about them. One seed gives one run.
 *
 * After every delivery the checker asks for promises I1, I2 and I4 and
 * that no block was shown twice. The controls break one rule each, and
 * the checker must find them out.
 */
#include "store/record/history.h"
#include "tests/store/engine/memory.h"
#include "store/record/profile.h"
#include "tests/store/kit.h"
#include "tests/suite.h"

#include <check.h>
#include <time.h>

#define PEOPLE 6
#define MAILINGS 8
#define SESSIONS 12
#define BLOCKS 20 /* more than anybody can be shown */

enum rule {
	RULE_NONE,	      /* all is kept */
	RULE_REPLY_FIRST,     /* the copy leaves before the commit */
	RULE_UNKNOWN_IS_YES,  /* nobody knows: so it went well */
	RULE_OVERWRITE,	      /* a conflict is answered with fresh versions */
	RULE_DECIDE_ON_RETRY, /* a retry decides again */
};

/* One copy of one mailing on its way. */
enum phase { PHASE_IDLE, PHASE_READ, PHASE_COMMIT, PHASE_REPLY };

struct session {
	enum phase phase;
	unsigned who, mailing;
	unsigned block; /* decided */
	bool replay;	/* the record was there already */
	uint64_t version;
	struct arena *arena;
	struct history history;
};

struct simulation {
	uint64_t seed;
	enum rule rule;
	int64_t now;
	struct engine *engine;
	struct session sessions[SESSIONS];
	/* The mail server's side: 250 given, and what the reader saw. */
	bool acked[PEOPLE][MAILINGS];
	unsigned seen[PEOPLE][MAILINGS]; /* block + 1 */
	unsigned broken;
	unsigned steps, conflicts, unknown, crashes, loads;
};

static uint64_t
random_of(struct simulation *sim)
{
	sim->seed ^= sim->seed << 13;
	sim->seed ^= sim->seed >> 7;
	sim->seed ^= sim->seed << 17;
	return sim->seed >> 11;
}

static bool
chance(struct simulation *sim, unsigned in)
{
	return random_of(sim) % in == 0;
}

static enum memory_fate
fate_of(void *context, const struct write *write)
{
	struct simulation *sim = context;

	(void)write;
	switch (random_of(sim) % 24) {
	case 0:
		return FATE_UNAVAILABLE;
	case 1:
		return FATE_LOST;
	case 2:
		return FATE_HIDDEN;
	default:
		return FATE_COMMIT;
	}
}

static struct message_key
message_of(unsigned mailing)
{
	char text[16];

	snprintf(text, sizeof text, "<%u@sim>", mailing);
	return message_key(SPAN("t"), SPAN("c"), span_str(text), SPAN("r"));
}

static struct span
block_name(struct arena *arena, unsigned block)
{
	char text[16];
	struct span name;

	snprintf(text, sizeof text, "b%u", block);
	ck_assert_int_eq(arena_dup(arena, span_str(text), &name), 0);
	return name;
}

static void
read_history(struct simulation *sim, unsigned who, struct arena *arena,
    struct history *history, uint64_t *version)
{
	struct record_key key = kit_key(who);
	struct record record;
	struct stored *value = &record.values[RECORD_HISTORY];

	ck_assert_int_ge(
	    engine_get(sim->engine, &key, arena, &record, NULL), 0);
	ck_assert_int_eq(history_decode(value->bytes, arena, history, NULL), 0);
	*version = value->version;
}

/* 1 done, 0 conflict, -1 the fate is bad or unknown. */
static int
write_history(struct simulation *sim, unsigned who, struct arena *arena,
    const struct history *history, uint64_t version, enum write_result *result)
{
	struct write write = kit_write(who, RECORD_HISTORY, version, "");
	struct buf out;
	int done;

	buf_init(&out, arena, (size_t)1 << 20);
	ck_assert_int_eq(history_encode(history, arena, &out, NULL), 0);
	write.bytes = buf_span(&out);
	done = engine_commit(sim->engine, &write, 1, NULL);
	*result = write.result;
	sim->conflicts += write.result == WRITE_CONFLICT;
	sim->unknown += write.result == WRITE_UNKNOWN;
	return done;
}

/* The first block that this person has not seen. */
static unsigned
choose(struct simulation *sim, const struct session *session)
{
	unsigned start = (unsigned)(random_of(sim) % BLOCKS);

	for (unsigned i = 0; i < BLOCKS; i++) {
		unsigned block = (start + i) % BLOCKS;

		if (history_seen(&session->history,
			block_name(session->arena, block), INT64_MIN)
			.count == 0)
			return block;
	}
	return 0;
}

static void
session_begin(struct simulation *sim, struct session *session)
{
	session->who = (unsigned)(random_of(sim) % PEOPLE);
	session->mailing = (unsigned)(random_of(sim) % MAILINGS);
	/* The mail server retries what it got no 250 for; now and then it
	 * lost our 250 and sends once more. */
	if (!sim->acked[session->who][session->mailing] || chance(sim, 6))
		session->phase = PHASE_READ;
}

static void
session_read(struct simulation *sim, struct session *session)
{
	struct message_key key = message_of(session->mailing);
	const struct exposure *known;

	arena_reset(session->arena);
	read_history(sim, session->who, session->arena, &session->history,
	    &session->version);
	known = history_find(&session->history, &key);
	session->replay = known != NULL && sim->rule != RULE_DECIDE_ON_RETRY;
	if (session->replay)
		session->block =
		    (unsigned)strtoul(known->slots[0].block.at + 1, NULL, 10);
	else
		session->block = choose(sim, session);
	session->phase = session->replay ? PHASE_REPLY : PHASE_COMMIT;
}

/* The copy leaves: the reader sees it, whatever happens to the 250. */
static void
deliver(struct simulation *sim, struct session *session)
{
	unsigned *seen = &sim->seen[session->who][session->mailing];

	sim->broken += *seen != 0 && *seen != session->block + 1;
	*seen = session->block + 1;
	if (!chance(sim, 10))
		sim->acked[session->who][session->mailing] = true;
}

/* I1 and I4: one record for it, and it says what was shown. */
static void
check(struct simulation *sim, const struct session *session)
{
	struct message_key key = message_of(session->mailing);
	struct arena *arena = arena_new((size_t)1 << 20);
	struct history history;
	unsigned records = 0;
	uint64_t version;

	read_history(sim, session->who, arena, &history, &version);
	for (size_t i = 0; i < history.exposure_count; i++) {
		const struct exposure *entry = &history.exposures[i];

		if (memcmp(entry->tag, key.bytes, KEY_TAG) != 0)
			continue;
		records++;
		sim->broken += !span_eq(
		    entry->slots[0].block, block_name(arena, session->block));
	}
	sim->broken += records != 1;
	arena_free(&arena);
}

static void
session_commit(struct simulation *sim, struct session *session)
{
	struct message_key key = message_of(session->mailing);
	struct exposure_slot slot = { .slot = SPAN("hero"),
		.option = SPAN("o"),
		.block = block_name(session->arena, session->block) };
	struct exposure entry = { .time = sim->now,
		.state_at = sim->now,
		.campaign = SPAN("c"),
		.propensity = 1,
		.slots = &slot,
		.slot_count = 1 };
	enum write_result result;

	memcpy(entry.tag, key.bytes, KEY_TAG);
	ck_assert_int_ge(
	    history_append(&session->history, &entry, session->arena, NULL), 0);
	if (sim->rule == RULE_REPLY_FIRST)
		deliver(sim, session);
	if (sim->rule == RULE_OVERWRITE) {
		struct history ignored;

		read_history(sim, session->who, session->arena, &ignored,
		    &session->version);
	}
	(void)write_history(sim, session->who, session->arena,
	    &session->history, session->version, &result);
	if (result == WRITE_OK ||
	    (result == WRITE_UNKNOWN && sim->rule == RULE_UNKNOWN_IS_YES))
		session->phase = PHASE_REPLY;
	else
		session->phase =
		    result == WRITE_CONFLICT ? PHASE_READ : PHASE_IDLE;
	if (sim->rule == RULE_REPLY_FIRST && session->phase == PHASE_REPLY)
		session->phase = PHASE_IDLE;
}

static void
session_step(struct simulation *sim, struct session *session)
{
	switch (session->phase) {
	case PHASE_IDLE:
		session_begin(sim, session);
		return;
	case PHASE_READ:
		session_read(sim, session);
		return;
	case PHASE_COMMIT:
		session_commit(sim, session);
		return;
	case PHASE_REPLY:
		deliver(sim, session);
		check(sim, session);
		session->phase = PHASE_IDLE;
		return;
	}
}

/* The delivery log, read again and again, confirms what left. */
static void
confirm(struct simulation *sim)
{
	unsigned who = (unsigned)(random_of(sim) % PEOPLE);
	unsigned mailing = (unsigned)(random_of(sim) % MAILINGS);
	struct message_key key = message_of(mailing);
	struct arena *arena = arena_new((size_t)1 << 20);
	struct history history;
	enum write_result result;
	uint64_t version;

	read_history(sim, who, arena, &history, &version);
	if (sim->seen[who][mailing] != 0 &&
	    history_mark(&history, &key, EXPOSURE_DELIVERED, sim->now) > 0)
		(void)write_history(
		    sim, who, arena, &history, version, &result);
	arena_free(&arena);
}

/* A load brings a field for everybody, as if from a file. */
static int
next_person(void *context, struct load_row *row, struct err *err)
{
	unsigned *who = context;

	(void)err;
	if (*who == PEOPLE)
		return 0;
	*row = (struct load_row){ kit_key(*who), SPAN("v"), *who };
	++*who;
	return 1;
}

static int
merge_person(void *context, const struct load_row *row,
    const struct record *now, struct arena *arena,
    struct span changes[RECORD_KINDS], unsigned *kinds, struct err *err)
{
	struct observation seen = { .field = SPAN("f"),
		.source = SPAN("load"),
		.value = SPAN("v"),
		.observed_at = 1 };
	struct profile update = { .observations = &seen,
		.observation_count = 1 };
	struct profile profile = { .changed_at = 0 };
	struct span bytes = now->values[RECORD_PROFILE].bytes;
	struct buf out;

	(void)context;
	(void)row;
	if (bytes.len != 0 && profile_decode(bytes, arena, &profile, err) < 0)
		return -1;
	if (profile_merge(&profile, &update, arena, err) <= 0)
		return 0;
	buf_init(&out, arena, 10000);
	if (profile_encode(&profile, arena, &out, err) < 0)
		return -1;
	changes[RECORD_PROFILE] = buf_span(&out);
	*kinds = 1u << RECORD_PROFILE;
	return 0;
}

static void
load(struct simulation *sim)
{
	unsigned who = 0;
	struct load_source source = { next_person, merge_person, NULL, &who };
	uint64_t rows;

	sim->loads += engine_load(sim->engine, &source, &rows, NULL) == 1;
}

/* All sessions are gone in the middle of what they did. */
static void
crash(struct simulation *sim)
{
	for (unsigned i = 0; i < SESSIONS; i++)
		sim->sessions[i].phase = PHASE_IDLE;
	sim->crashes++;
}

static void
step(struct simulation *sim)
{
	uint64_t dice = random_of(sim) % 200;

	sim->steps++;
	/* Clocks jump, forth and back. */
	sim->now += dice == 0 ? -3600 : (int64_t)(random_of(sim) % 5);
	if (dice == 1)
		crash(sim);
	else if (dice == 2)
		load(sim);
	else if (dice < 20)
		confirm(sim);
	else
		session_step(sim, &sim->sessions[random_of(sim) % SESSIONS]);
}

/* What is left when all is quiet: no block twice to anybody. */
static void
check_blocks(struct simulation *sim)
{
	for (unsigned who = 0; who < PEOPLE; who++) {
		unsigned times[BLOCKS + 1] = { 0 };

		for (unsigned i = 0; i < MAILINGS; i++)
			times[sim->seen[who][i]]++;
		for (unsigned block = 1; block <= BLOCKS; block++)
			sim->broken += times[block] > 1;
	}
}

static struct simulation
run(uint64_t seed, enum rule rule, unsigned steps)
{
	struct simulation sim = {
		.seed = seed * 2654435769u + 1, .rule = rule, .now = 1700000000
	};

	ck_assert_int_eq(memory_open(&sim.engine, NULL), 0);
	for (unsigned i = 0; i < SESSIONS; i++)
		sim.sessions[i].arena = arena_new((size_t)1 << 20);
	memory_fate(sim.engine, fate_of, &sim);
	for (unsigned i = 0; i < steps; i++)
		step(&sim);
	check_blocks(&sim);
	for (unsigned i = 0; i < SESSIONS; i++)
		arena_free(&sim.sessions[i].arena);
	engine_close(&sim.engine);
	return sim;
}

START_TEST(no_interleaving_breaks_a_promise)
{
	const char *given = getenv("INLAY_SEED");
	uint64_t first = given ? strtoull(given, NULL, 10) : 1;
	uint64_t last = given ? first : 300;
	unsigned steps = 0, conflicts = 0, unknown = 0, crashes = 0, loads = 0;

	for (uint64_t seed = first; seed <= last; seed++) {
		struct simulation sim = run(seed, RULE_NONE, 1500);

		ck_assert_msg(sim.broken == 0, "%u broken: INLAY_SEED=%llu",
		    sim.broken, (unsigned long long)seed);
		steps += sim.steps;
		conflicts += sim.conflicts;
		unknown += sim.unknown;
		crashes += sim.crashes;
		loads += sim.loads;
	}
	/* A simulation in which nothing happens proves nothing. */
	ck_assert_uint_gt(conflicts, steps / 100);
	ck_assert_uint_gt(unknown, steps / 200);
	ck_assert_uint_gt(crashes, steps / 1000);
	ck_assert_uint_gt(loads, 0);
}
END_TEST

START_TEST(a_seed_gives_the_same_run_again)
{
	struct simulation one = run(77, RULE_NONE, 3000);
	struct simulation two = run(77, RULE_NONE, 3000);

	ck_assert_uint_eq(one.seed, two.seed);
	ck_assert_uint_eq(one.conflicts, two.conflicts);
	ck_assert_mem_eq(one.seen, two.seen, sizeof one.seen);
}
END_TEST

START_TEST(every_broken_rule_is_found_out)
{
	for (enum rule rule = RULE_REPLY_FIRST; rule <= RULE_DECIDE_ON_RETRY;
	     rule++) {
		unsigned broken = 0;

		for (uint64_t seed = 1; seed <= 20; seed++)
			broken += run(seed, rule, 1500).broken;
		ck_assert_msg(broken > 0, "rule %d goes unnoticed", (int)rule);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("simulation");
	TCase *tcase = tcase_create("simulation");

	tcase_add_test(tcase, no_interleaving_breaks_a_promise);
	tcase_add_test(tcase, a_seed_gives_the_same_run_again);
	tcase_add_test(tcase, every_broken_rule_is_found_out);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
