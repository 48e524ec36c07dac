/*
 * Any bytes as a file of events, CSV or JSON: each row becomes an event or
 * says what is wrong with it, and packed it is the same event.
 */
#include <math.h>
#include <stdlib.h>

#include "tools/input/event_rows.h"
#include "tools/input/input_stream.h"

#define NOW INT64_C(1795000000)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(const struct event *event)
{
	const struct response *response = &event->response;
	struct event again;
	struct buf packed;

	if (response->time > NOW + 300 || response->time < 0 ||
	    !isfinite(response->value) || response->value < 0 ||
	    response->type.len == 0 || response->type.len > EVENT_WORD_MAX ||
	    (event->address.len == 0 && !event_has_tag(response)))
		abort();
	buf_init_heap(&packed, 1 << 16);
	event_pack(event, &packed);
	if (packed.failed ||
	    event_unpack(buf_span(&packed), &again) != packed.len ||
	    !event_equal(event, &again))
		abort();
	buf_deinit(&packed);
}

static void
read_rows(struct event_rows *reading, struct rows *rows, struct arena *arena)
{
	struct row row;

	if (event_rows_plan(reading, rows, "-", arena, NULL) < 0)
		return;
	while (rows_next(rows, &row, NULL) > 0) {
		struct arena_mark mark = arena_mark(arena);
		struct event event;

		if (!row.bad &&
		    event_rows_read(reading, &row, arena, &event, NULL) == 1)
			check(&event);
		else if (!row.bad)
			abort();
		arena_rewind(arena, mark);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct secret secret = { { "k1", 2 },
		{ "0123456789abcdef", 16 } };
	static const struct token_keys tokens = { .secrets = { &secret, 1 } };
	static const struct schema schema;
	static const struct catalog catalog = { .schema = &schema };
	const struct rows_options options = { .format = ROWS_AUTO };
	struct event_rows reading = { .catalog = &catalog,
		.tokens = &tokens,
		.tenant = SPAN("default"),
		.source = SPAN("fuzz"),
		.now = NOW,
		.ignore_unknown = len % 2 != 0 };
	struct arena *arena = arena_new((size_t)16 << 20);
	struct input_stream *stream;
	struct rows *rows;

	if (input_stream_open_bytes(span_of(bytes, len), &stream, NULL) == 0) {
		if (rows_open(stream, &options, &rows, NULL) == 0) {
			read_rows(&reading, rows, arena);
			rows_close(&rows);
		}
		input_stream_close(&stream);
	}
	arena_free(&arena);
	return 0;
}
