/*
 * put-people STORE <FILE: what people were sent and did, straight into a
 * store, as no command would put it. A line each, with tabs, those of one
 * person together and in order:
 *
 *   ADDRESS E TIME CAMPAIGN TOPIC VERSION ARM ELIGIBLE SEGMENT CLUSTER STATE
 *           REASON BLOCK
 *   ADDRESS R TIME TYPE VALUE CURRENCY CAMPAIGN ASIDE MAIL
 *
 * "-" stands for nothing; MAIL is the number of the E line that is answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/engine/engine.h"
#include "store/engine/lmdb.h"
#include "store/record/history.h"

#define COLUMNS 13
#define ENTRIES 64
#define BATCH 500

struct person {
	char address[100];
	struct arena *arena;
	struct history history;
	struct exposure exposures[ENTRIES];
	struct exposure_slot slots[ENTRIES];
	struct response responses[ENTRIES];
};

struct filling {
	struct engine *engine;
	struct arena *arena;
	struct write writes[BATCH];
	size_t count;
};

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "put-people: %s: %s\n", what, why);
	exit(1);
}

static struct span
keep(struct person *person, const char *text)
{
	struct span kept = SPAN("");

	if (strcmp(text, "-") != 0 &&
	    arena_dup(person->arena, span_str(text), &kept) < 0)
		die(text, "memory");
	return kept;
}

static int
number_of(const char *word, int count, const char *(*name)(int))
{
	for (int i = 0; i < count; i++)
		if (strcmp(word, name(i)) == 0)
			return i;
	return 0;
}

static const char *
state_name(int i)
{
	return exposure_word((enum exposure_state)i);
}

static const char *
reason_name(int i)
{
	return reason_word((enum exposure_reason)i);
}

static const char *
eligible_name(int i)
{
	return eligible_word((enum exposure_eligible)i);
}

static const char *
aside_name(int i)
{
	return aside_word((enum response_aside)i);
}

static void
tag_of(size_t nth, unsigned char *tag)
{
	memset(tag, 0, KEY_TAG);
	tag[0] = (unsigned char)(nth + 1);
}

static void
add_exposure(struct person *person, char **at)
{
	size_t nth = person->history.exposure_count++;
	struct exposure *entry = &person->exposures[nth];

	if (nth >= ENTRIES)
		die(at[0], "too many entries");
	*entry = (struct exposure){ .time = strtoll(at[2], NULL, 10),
		.campaign = keep(person, at[3]),
		.topic = keep(person, at[4]),
		.version = keep(person, at[5]),
		.arm = keep(person, at[6]),
		.eligible = (enum exposure_eligible)number_of(
		    at[7], ELIGIBLES, eligible_name),
		.segment = keep(person, at[8]),
		.cluster = keep(person, at[9]),
		.state = (enum exposure_state)number_of(
		    at[10], EXPOSURE_STATES, state_name),
		.reason = (enum exposure_reason)number_of(
		    at[11], REASONS, reason_name),
		.channel = SPAN("email"),
		.propensity = 1,
		.slots = &person->slots[nth],
		.slot_count = strcmp(at[12], "-") != 0 };
	entry->state_at = entry->time;
	tag_of(nth, entry->tag);
	person->slots[nth] = (struct exposure_slot){ .slot = SPAN("hero"),
		.option = keep(person, at[12]),
		.block = keep(person, at[12]) };
}

static void
add_response(struct person *person, char **at)
{
	size_t nth = person->history.response_count++;

	if (nth >= ENTRIES)
		die(at[0], "too many responses");
	person->responses[nth] =
	    (struct response){ .time = strtoll(at[2], NULL, 10),
		    .type = keep(person, at[3]),
		    .value = strtod(at[4], NULL),
		    .currency = keep(person, at[5]),
		    .campaign = keep(person, at[6]),
		    .aside = (enum response_aside)number_of(
			at[7], ASIDES, aside_name) };
	if (strcmp(at[8], "-") != 0)
		tag_of(strtoul(at[8], NULL, 10), person->responses[nth].tag);
}

static void
flush(struct filling *filling)
{
	struct err err = ERR_INIT;

	if (filling->count != 0 &&
	    engine_commit(
		filling->engine, filling->writes, filling->count, &err) != 1)
		die("commit", err.text);
	filling->count = 0;
	arena_reset(filling->arena);
}

static void
finish(struct filling *filling, struct person *person)
{
	struct buf out;

	if (person->address[0] == '\0')
		return;
	person->history.exposures = person->exposures;
	person->history.responses = person->responses;
	buf_init(&out, filling->arena, 1 << 16);
	if (history_encode(&person->history, person->arena, &out, NULL) < 0)
		die(person->address, "cannot be encoded");
	filling->writes[filling->count++] = (struct write){
		.key = record_key(SPAN("default"), span_str(person->address)),
		.kind = RECORD_HISTORY,
		.bytes = buf_span(&out)
	};
	if (filling->count == BATCH)
		flush(filling);
	arena_reset(person->arena);
	person->history = (struct history){ 0 };
}

static void
read_line(struct filling *filling, struct person *person, char *line)
{
	char *at[COLUMNS] = { NULL }, *rest = line;
	size_t count = 0;

	for (char *word;
	     count < COLUMNS && (word = strtok_r(rest, "\t\n", &rest)) != NULL;)
		at[count++] = word;
	if (count < 9)
		die(line, "too few columns");
	if (strcmp(at[0], person->address) != 0)
		finish(filling, person);
	snprintf(person->address, sizeof(person->address), "%s", at[0]);
	if (at[1][0] == 'E')
		add_exposure(person, at);
	else
		add_response(person, at);
}

int
main(int argc, char **argv)
{
	static struct person person;
	static struct filling filling;
	struct engine_options options = { .mode = 0640 };
	struct err err = ERR_INIT;
	char line[1000];

	if (argc != 2)
		return 2;
	options.path = argv[1];
	if (lmdb_open(&options, &filling.engine, &err) < 0)
		die(argv[1], err.text);
	filling.arena = arena_new((size_t)64 << 20);
	person.arena = arena_new((size_t)1 << 20);
	if (!filling.arena || !person.arena)
		die("put-people", "memory");
	while (fgets(line, sizeof(line), stdin) != NULL)
		read_line(&filling, &person, line);
	finish(&filling, &person);
	flush(&filling);
	engine_close(&filling.engine);
	arena_free(&filling.arena);
	arena_free(&person.arena);
	return 0;
}
