/* A whole campaign message, tags and all, for a person whose profile is
 * hostile. Where it is personalised, its parts are those of the original and
 * its header fields are, too, but for those that inlayd writes; and what is
 * signed is what a mail server makes of the changes it is told. */
#include <stdlib.h>

#include "milter/mail/rendering.h"
#include "milter/personalise.h"
#include "store/engine/engine.h"
#include "store/record/key.h"
#include "store/record/profile.h"
#include "tests/store/engine/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1790000000 };

#define ANNA SPAN("anna@example.com")

static struct engine *engine;
static struct personaliser *personaliser;

static const char head[] = "From: Shop <news@shop.example>\r\n"
			   "Message-ID: <m@shop.example>\r\n"
			   "X-Inlay-Campaign: spring\r\n";

/* Somebody who tries to be more than a value. */
static void
put_anna(struct arena *arena)
{
	struct observation seen[] = {
		{ .field = SPAN("n"),
		    .value = SPAN("Zo\xc3\xab, \"x\" <y@z>") },
		{ .field = SPAN("h"),
		    .value = SPAN("</p>\"'><script>--><b x=javascript:1") },
		{ .field = SPAN("l"),
		    .value = SPAN("a\r\nBcc: b@c\r\n\r\n--b\r\n--b--\r\n.\r\n"
				  "From x\r\n; a=b") },
	};
	struct profile profile = {
		.address = ANNA, .observations = seen, .observation_count = 3
	};
	struct write write = { .key = record_key(SPAN("default"), ANNA),
		.kind = RECORD_PROFILE };
	struct buf bytes;

	for (size_t i = 0; i < 3; i++) {
		seen[i].source = SPAN("s");
		seen[i].observed_at = NOW - 60;
	}
	buf_init(&bytes, arena, 65536);
	if (profile_encode(&profile, arena, &bytes, NULL) < 0)
		abort();
	write.bytes = buf_span(&bytes);
	if (engine_commit(engine, &write, 1, NULL) != 1)
		abort();
}

static void
open_world(void)
{
	const struct entry catalog[] = {
		{ { "schema", 6 },
		    SPAN("fields:\n"
			 "  n: { type: string, class: contextual }\n"
			 "  h: { type: string, class: contextual }\n"
			 "  l: { type: string, class: contextual }\n"
			 "sources:\n  s: { weight: 90 }\n") },
		{ { "campaign/spring", 15 },
		    SPAN("id: spring\nmissing: blank\narms:\n"
			 "  - { name: personal, weight: 1, intensity: "
			 "individual }\n") },
		{ { "block/b", 7 },
		    SPAN("---\npool: p\ntext: \"{{ profile.l }}\"\n---\n"
			 "<i>{{ profile.h }}</i>\n") },
	};
	static const struct personalise_options options = {
		.tenant = { "default", 7 },
		.cache_bytes = 1 << 16,
		.part_max = 1 << 18,
		.steps_max = 100000,
		.deadline_ms = 60000,
		.harden = true,
	};
	struct arena *arena = arena_new(1 << 20);

	if (memory_open(&engine, NULL) < 0 ||
	    engine_catalog_change(
		engine, catalog, sizeof catalog / sizeof *catalog, NULL) < 0)
		abort();
	put_anna(arena);
	arena_free(&arena);
	if (personaliser_open(&options, engine, &personaliser, NULL) < 0)
		abort();
}

/* ---- structure ---- */

/* Fields that inlayd itself writes or takes away. */
static bool
is_ours(struct span name)
{
	static const char *const names[] = { "DKIM-Signature",
		"X-Inlay-Campaign", "X-Inlay-Seal", "Date", "MIME-Version",
		"Content-Type", "Content-Transfer-Encoding" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_caseeq(name, span_str(names[i])))
			return true;
	return false;
}

static const struct header_field *
next_field(const struct fields *fields, size_t *at)
{
	while (*at < fields->count && is_ours(fields->at[*at].name))
		(*at)++;
	return *at < fields->count ? &fields->at[(*at)++] : NULL;
}

static void
compare_fields(const struct fields *before, const struct fields *after)
{
	size_t at = 0, there = 0;

	for (;;) {
		const struct header_field *a = next_field(before, &at);
		const struct header_field *b = next_field(after, &there);

		if ((a == NULL) != (b == NULL) ||
		    (a != NULL && !span_eq(a->name, b->name)))
			abort();
		if (a == NULL)
			return;
	}
}

static void
compare_structure(
    const struct message *before, struct span bytes, struct arena *arena)
{
	struct message *after;

	if (message_parse(bytes, &MESSAGE_LIMITS, arena, &after, NULL) < 0)
		return;
	if (after->ambiguous != NULL || after->part_count != before->part_count)
		abort();
	compare_fields(&before->fields, &after->fields);
	for (size_t i = 0; i < before->part_count; i++) {
		const struct part *a = before->parts[i], *b = after->parts[i];

		if (a->role != b->role ||
		    !span_caseeq(a->type.type, b->type.type) ||
		    !span_caseeq(a->type.subtype, b->type.subtype))
			abort();
		if (!a->root)
			compare_fields(&a->fields, &b->fields);
	}
}

/* ---- what a mail server makes of it ---- */

static void
put_field(struct span name, struct span value, struct buf *out)
{
	buf_add(out, name);
	buf_byte(out, ':');
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '\n')
			buf_byte(out, '\r');
		buf_byte(out, value.at[i]);
	}
	buf_str(out, "\r\n");
}

static const struct header_change *
change_of(const struct header_change *changes, size_t count,
    const struct header_field *field)
{
	for (size_t i = 0; i < count; i++)
		if (changes[i].action != HEADER_ADD &&
		    changes[i].field == field)
			return &changes[i];
	return NULL;
}

static void
apply(const struct personalised *result, struct buf *out)
{
	const struct message *message = result->message;
	const struct header_change *changes;
	size_t count;

	if (rendering_changes(result->rendering, &changes, &count, NULL) < 0)
		return;
	for (size_t i = 0; i < message->fields.count; i++) {
		const struct header_field *field = &message->fields.at[i];
		const struct header_change *change =
		    change_of(changes, count, field);

		if (change == NULL)
			buf_add(out, field->whole);
		else if (change->action == HEADER_SET)
			put_field(field->name, change->value, out);
	}
	for (size_t i = 0; i < count; i++)
		if (changes[i].action == HEADER_ADD)
			put_field(changes[i].name, changes[i].value, out);
	buf_add(out, message->separator);
	if (rendering_body_changed(result->rendering))
		rendering_write_body(result->rendering, out, NULL);
	else
		buf_add(out, message->body);
}

static void
judge(const struct personalised *result, struct arena *arena)
{
	struct buf sent;

	if (result->verdict != VERDICT_PERSONALISED)
		return;
	compare_structure(result->message, result->bytes, arena);
	if (result->message->separator.len == 0)
		return; /* a mail server ends such a header by itself */
	buf_init_heap(&sent, 1 << 22);
	apply(result, &sent);
	if (!sent.failed && !span_eq(buf_span(&sent), result->bytes))
		abort();
	buf_deinit(&sent);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *arena;
	struct personalise_request request = { .recipient = ANNA, .now = NOW };
	struct personalised result;
	struct err err = ERR_INIT;
	struct buf message;

	if (engine == NULL) {
		open_world();
		arena = arena_new((size_t)16 << 20);
	}
	buf_init_heap(&message, sizeof head + size);
	buf_add(&message, span_of(head, sizeof head - 1));
	buf_add(&message, span_of(data, size));
	request.message = buf_span(&message);
	if (personalise_preview(
		personaliser, &request, NULL, arena, &result, &err) == 0) {
		judge(&result, arena);
		personalised_release(personaliser, &result);
	}
	arena_reset(arena);
	buf_deinit(&message);
	return 0;
}
