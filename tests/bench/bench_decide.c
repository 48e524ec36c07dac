/*
 * What a decision costs: 5 slots, 30 options, 300 history entries, a dozen
 * fields from two sources each; and one in control, which also decides what
 * another arm would show. Prints microseconds of CPU, the median of rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "milter/decide/decide.h"
#include "store/record/history.h"
#include "store/record/profile.h"
#include "tests/milter/decide/kit_outline.h"

#define NOW 1800000000
#define SLOTS 5
#define OPTIONS 6
#define ENTRIES 300
#define FIELDS 12
#define ROUNDS 15
#define TURNS 2000

static const char campaign_text[] =
    "id: spring\ntopic: garden\nholdout: {share: 0.05}\n"
    "arms: [{name: full, weight: 8}, {name: plain, control: true}]\n"
    "intrusion: {points: 12, max_identifying: 4}\n"
    "caps: {person: {cap: 400, window: 365d}}\n";

static double
microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Text that lives as long as the arena. */
static struct span
named(struct arena *arena, const char *prefix, unsigned number)
{
	struct buf buf;

	buf_init(&buf, arena, 64);
	buf_printf(&buf, "%s%u", prefix, number);
	return buf_span(&buf);
}

static struct span
block_text(struct arena *arena, unsigned priority)
{
	struct buf buf;

	buf_init(&buf, arena, 128);
	buf_printf(&buf, "---\ncap: 50\nwindow: 90d\npriority: %u\n---\nhi\n",
	    priority);
	return buf_span(&buf);
}

static void
add(struct catalog *catalog, struct span key, struct span text)
{
	struct err err = ERR_INIT;

	if (catalog_add(catalog, key, text, &err) < 0) {
		fprintf(stderr, "bench_decide: %s\n", err.text);
		exit(EXIT_FAILURE);
	}
}

static struct catalog *
make_catalog(struct arena *arena)
{
	struct catalog *catalog = catalog_new(16 << 20);
	struct buf text;

	buf_init(&text, arena, 1 << 16);
	buf_str(&text, "fields:\n");
	for (unsigned i = 0; i < FIELDS; i++)
		buf_printf(&text, "  f%u: {class: %s, pattern: '\\w{1,40}'}\n",
		    i, i % 3 == 0 ? "identifying" : "contextual");
	buf_str(&text, "sources:\n  crm: {weight: 90}\n"
		       "  form: {weight: 70, decay: half_life, period: "
		       "365d}\n");
	add(catalog, SPAN("schema"), buf_span(&text));
	add(catalog, SPAN("campaign/spring"), span_str(campaign_text));
	for (unsigned i = 0; i < SLOTS * OPTIONS; i++)
		add(catalog, named(arena, "block/block_", i),
		    block_text(arena, i % 4));
	if (catalog_seal(catalog, NULL) < 0)
		exit(EXIT_FAILURE);
	return catalog;
}

static struct outline *
make_outline(struct arena *arena, const struct catalog *catalog)
{
	struct outline *outline = outline_new(arena, catalog);
	struct outline_use place = { .needed = false };
	unsigned slot, option;

	for (unsigned i = 0; i < SLOTS; i++) {
		outline_put_slot(
		    outline, named(arena, "slot_", i), SPAN_NONE, &slot, NULL);
		for (unsigned j = 0; j < OPTIONS; j++) {
			unsigned n = i * OPTIONS + j;
			struct span id = named(arena, "block_", n);

			outline_put_option(
			    outline, slot, id, id, j % 2 == 0, &option, NULL);
			place.needed = j % 3 == 0;
			outline_put_use(outline,
			    &outline->slots[slot].options[option].uses,
			    named(arena, "profile.f", n % FIELDS), &place,
			    NULL);
		}
	}
	place.needed = false;
	outline_put_use(
	    outline, &outline->outside, SPAN("profile.f0"), &place, NULL);
	outline_put_variant(outline, SPAN("subject"), SPAN("warm"), NULL);
	return outline;
}

static void
make_profile(struct arena *arena, struct profile *profile)
{
	profile->observation_count = (size_t)FIELDS * 2;
	profile->observations = arena_calloc(
	    arena, profile->observation_count, sizeof *profile->observations);
	for (unsigned i = 0; i < FIELDS * 2; i++)
		profile->observations[i] =
		    (struct observation){ named(arena, "f", i / 2),
			    OBSERVED_STRING, named(arena, "value", i / 4),
			    i % 2 ? SPAN("form") : SPAN("crm"),
			    NOW - 86400 * (int64_t)i, false };
	/* Sorted by field as a decoded profile is. */
	for (size_t i = 1; i < profile->observation_count; i++)
		for (size_t j = i;
		     j > 0 && span_cmp(profile->observations[j - 1].field,
				  profile->observations[j].field) > 0;
		     j--) {
			struct observation swap = profile->observations[j];

			profile->observations[j] = profile->observations[j - 1];
			profile->observations[j - 1] = swap;
		}
}

static void
make_history(struct arena *arena, struct history *history)
{
	history->exposure_count = ENTRIES;
	history->exposures =
	    arena_calloc(arena, ENTRIES, sizeof *history->exposures);
	for (unsigned i = 0; i < ENTRIES; i++) {
		struct exposure *entry = &history->exposures[i];

		entry->time = NOW - 86400 * (int64_t)(ENTRIES - i);
		entry->state = EXPOSURE_DELIVERED;
		entry->tag[0] = (unsigned char)i;
		entry->tag[1] = (unsigned char)(i >> 8);
		entry->campaign = named(arena, "campaign_", i % 9);
		entry->topic = SPAN("garden");
		entry->slot_count = SLOTS;
		entry->slots = arena_calloc(arena, SLOTS, sizeof *entry->slots);
		for (unsigned j = 0; j < SLOTS; j++)
			entry->slots[j] = (struct exposure_slot){
				.slot = named(arena, "slot_", j),
				.option = SPAN("x"),
				.block = named(
				    arena, "block_", (i * 7 + j * 11) % 60)
			};
	}
}

/* As the store hands it out: decoded from a record. */
static void
decode_history(struct arena *arena, struct history *history)
{
	struct buf record;
	struct err err = ERR_INIT;

	buf_init(&record, arena, 8 << 20);
	if (history_encode(history, arena, &record, &err) < 0 ||
	    history_decode(buf_span(&record), arena, history, &err) < 0) {
		fprintf(stderr, "bench_decide: %s\n", err.text);
		exit(EXIT_FAILURE);
	}
}

/* A condition as cheap as can be: the bench is about the decision. */
static int
even(void *context, const struct decision *decision, unsigned slot,
    unsigned option, struct err *err)
{
	(void)context;
	(void)decision;
	(void)err;
	return (slot + option) % 2 == 0;
}

static int
order(const void *a, const void *b)
{
	const double *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

static void
run(struct decide_request *request, const char *arm, struct arena *arena)
{
	double rounds[ROUNDS];
	unsigned shown = 0;

	request->arm = span_str(arm);
	for (unsigned i = 0; i < ROUNDS; i++) {
		double begun = microseconds();

		for (unsigned j = 0; j < TURNS; j++) {
			struct decision *decision;

			arena_reset(arena);
			if (decide(request, arena, &decision, NULL) != 1)
				exit(EXIT_FAILURE);
			for (unsigned k = 0; k < decision->slot_count; k++)
				shown += decision->slots[k].chosen >= 0;
		}
		rounds[i] = (microseconds() - begun) / TURNS;
	}
	qsort(rounds, ROUNDS, sizeof *rounds, order);
	printf("decide, arm %s: %.2f us (5 slots, 30 options, 300 entries of "
	       "5; %.1f slots filled; best %.2f)\n",
	    arm, rounds[ROUNDS / 2], (double)shown / (ROUNDS * TURNS),
	    rounds[0]);
}

int
main(void)
{
	struct arena *data = arena_new(64 << 20), *arena = arena_new(8 << 20);
	struct catalog *catalog = make_catalog(data);
	struct profile profile = { .address = SPAN("anna@example.org") };
	struct history history = { .exposures = NULL };
	struct decide_request request = {
		.catalog = catalog,
		.campaign = catalog_campaign(catalog, SPAN("spring")),
		.profile = &profile,
		.history = &history,
		.outline = make_outline(data, catalog),
		.unit = SPAN("anna@example.org"),
		.now = NOW,
		.option_test = even,
	};

	make_profile(data, &profile);
	make_history(data, &history);
	decode_history(data, &history);
	run(&request, "full", arena);
	run(&request, "plain", arena);
	catalog_free(&catalog);
	arena_free(&arena);
	arena_free(&data);
	return EXIT_SUCCESS;
}
