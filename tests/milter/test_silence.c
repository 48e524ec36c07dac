/* Whatever the profile, the campaign and the template: the value of a field
 * that is absent is nowhere in the bytes that leave. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/decide/decide.h"
#include "milter/personalise.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "store/record/key.h"
#include "tests/store/engine/memory.h"
#include "store/record/profile.h"
#include "tests/suite.h"

#define NOW 1790000000 /* 2026-09-21 */
#define WORLDS 600

static struct engine *engine;
static struct personaliser *personaliser;
static struct arena *arena;
static struct err err;
static uint64_t dice;

static const char schema[] =
    "fields:\n"
    "  open: {class: public}\n"
    "  near: {class: contextual}\n"
    "  name: {class: identifying, placeholders: [test]}\n"
    "  deed: {class: behavioural}\n"
    "  ill: {class: special}\n"
    "  stale: {class: contextual, max_age: 30d}\n"
    "  part: {class: contextual, derived: 'profile.name | slice: 0, 2'}\n"
    "sources:\n"
    "  shop: {weight: 90}\n"
    "  form: {weight: 20}\n";

static const char *const fields[] = { "open", "near", "name", "deed", "ill",
	"stale" };

#define FIELDS (sizeof fields / sizeof *fields)

static const char *const campaigns[] = {
	"id: c0\nmissing: blank\n",
	"id: c1\nmissing: blank\narms: [{name: a, intensity: segment}]\n",
	"id: c2\nmissing: blank\narms: [{name: a}, {name: b, control: true}]\n",
	"id: c3\nmissing: blank\nholdout: {share: 0.5}\nlanes: {exploration: "
	"0.3, "
	"exploitation: 0.3}\n",
	"id: c4\nmissing: blank\npurpose: offers\nwhy: true\n",
	"id: c5\nmissing: blank\nintrusion: {points: 3, max_identifying: 1}\n",
	"id: c6\nmissing: blank\nmin_trust: 0.1\nnamespace: {name: n, to: "
	"0.5}\n",
};

#define CAMPAIGNS (sizeof campaigns / sizeof *campaigns)

/* Every field in every place where a field may stand. */
static const char mail[] =
    "From: a@shop.example\r\n"
    "Subject: {{ profile.name | default: 'you' }}\r\n"
    "Message-ID: <w@shop.example>\r\n"
    "X-Inlay-Campaign: c%u\r\n"
    "Content-Type: text/html; charset=utf-8\r\n\r\n"
    "{{ profile.open | default: '' }}\r\n"
    "{%% assign x = profile.near | default: '-' | upcase | downcase %%}"
    "{{ x }}\r\n"
    "{%% if profile.deed %%}{{ profile.deed }}{%% endif %%}\r\n"
    "{{ profile.ill | default: '' }}{{ profile.part | default: '' }}\r\n"
    "{%% capture y %%}{{ profile.stale | default: '' }}{%% endcapture %%}"
    "{{ y }}\r\n"
    "<a title='{{ profile.name | default: \"\" }}'\r\n"
    " href='https://shop.example/?{{ profile.deed | default: \"\" }}'>"
    "x</a>\r\n"
    "{%% slot 's' %%}{%% option 'a' if profile.deed %%}{{ profile.deed }}\r\n"
    "{{ profile.near }}{%% option 'b' %%}{{ profile.name }}\r\n"
    "{%% else %%}{{ profile.name | default: '' }}{%% endslot %%}\r\n"
    "{{ profile | json }}\r\n"
    "{%% for f in profile %%}{{ f }}\r\n{%% endfor %%}\r\n"
    "{%% assign key = 'de' | append: 'ed' %%}{{ profile[key] }}\r\n"
    "{%% why %%}\r\n";

static unsigned
roll(unsigned sides)
{
	dice = dice * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(dice >> 33) % sides;
}

static void
put_entry(const char *name, const char *text)
{
	struct entry entry = { span_str(name), span_str(text) };

	ck_assert_msg(engine_catalog_change(engine, &entry, 1, &err) == 0, "%s",
	    err.text);
}

static void
open_world(void)
{
	static const struct personalise_options options = {
		.tenant = { "default", 7 },
		.cache_bytes = 1 << 20,
		.part_max = 1 << 20,
		.steps_max = 100000,
		.deadline_ms = 1000,
	};
	char name[40];

	err_clear(&err);
	arena = arena_new((size_t)64 << 20);
	ck_assert_int_eq(memory_open(&engine, &err), 0);
	put_entry("schema", schema);
	for (size_t i = 0; i < CAMPAIGNS; i++) {
		snprintf(name, sizeof name, "campaign/c%zu", i);
		put_entry(name, campaigns[i]);
	}
	ck_assert_msg(
	    personaliser_open(&options, engine, &personaliser, &err) == 0, "%s",
	    err.text);
}

static void
close_world(void)
{
	personaliser_close(&personaliser);
	engine_close(&engine);
	arena_free(&arena);
}

/* A person of whom some is known, by some source, of some age. */
static void
put_person(struct span address, char values[FIELDS][32])
{
	struct observation seen[FIELDS];
	struct consent consent = { .type = SPAN("offers"),
		.at = NOW - 100,
		.status = roll(2) ? CONSENT_GRANTED : CONSENT_DENIED };
	struct profile profile = { .address = address,
		.object_profiling = roll(8) == 0,
		.restricted = roll(12) == 0,
		.observations = seen,
		.consents = &consent,
		.consent_count = 1 };
	struct write write = { .kind = RECORD_PROFILE };
	struct buf bytes;

	for (size_t i = 0; i < FIELDS; i++) {
		snprintf(values[i], 32, "v%uq%u%s", roll(100000), roll(100000),
		    fields[i]);
		if (roll(5) == 0)
			continue;
		seen[profile.observation_count++] =
		    (struct observation){ .field = span_str(fields[i]),
			    .value = span_str(values[i]),
			    .source = roll(3) ? SPAN("shop") : SPAN("form"),
			    .observed_at = NOW - (int64_t)roll(60) * 86400 };
	}
	write.key = record_key(SPAN("default"), address);
	buf_init(&bytes, arena, 65536);
	ck_assert_int_eq(profile_encode(&profile, arena, &bytes, &err), 0);
	write.bytes = buf_span(&bytes);
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
}

/* Counts the fields that were absent though there was a value. */
static unsigned
look(const struct personalised *made, char values[FIELDS][32])
{
	unsigned silent = 0;

	for (size_t i = 0; i < FIELDS; i++) {
		const struct decided_field *field =
		    decision_field(made->decision, span_str(fields[i]));

		if (field != NULL && field->absence == ABSENCE_NONE)
			continue;
		silent++;
		ck_assert_msg(span_search(made->bytes, span_str(values[i])) ==
				  made->bytes.len,
		    "%s: %s leaves in\n%.*s", fields[i],
		    field ? absence_word(field->absence) : "unasked",
		    SPAN_ARG(made->bytes));
	}
	return silent;
}

START_TEST(no_absent_field_is_in_the_bytes)
{
	unsigned silent = 0, spoken = 0;

	for (unsigned i = 0; i < WORLDS; i++) {
		char values[FIELDS][32], text[4096], address[40];
		struct personalise_request request = { .now = NOW };
		struct personalised made;
		unsigned quiet;

		dice = i + 1;
		arena_reset(arena);
		snprintf(address, sizeof address, "p%u@x.example", i);
		snprintf(text, sizeof text, mail, roll(CAMPAIGNS));
		put_person(span_str(address), values);
		request.message = span_str(text);
		request.recipient = span_str(address);
		ck_assert_msg(personalise_preview(personaliser, &request, NULL,
				  arena, &made, &err) == 0,
		    "%s: %s", err.where, err.text);
		quiet = look(&made, values);
		silent += quiet;
		spoken += (unsigned)FIELDS - quiet;
		personalised_release(personaliser, &made);
	}
	ck_assert_uint_gt(silent, WORLDS);
	ck_assert_uint_gt(spoken, WORLDS / 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("silence");
	TCase *cases = tcase_create("all");

	tcase_set_timeout(cases, 120);
	tcase_add_checked_fixture(cases, open_world, close_world);
	tcase_add_test(cases, no_absent_field_is_in_the_bytes);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
