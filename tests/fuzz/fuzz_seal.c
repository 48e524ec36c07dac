/* A replayed sealed message may be added to in its header; whatever is added,
 * what passes says what was sealed: no other body, no tag and no field that
 * steers beside those that were there. Input without a seal of ours is never
 * authentic. */
#include <stdlib.h>

#include "milter/coverage.h"
#include "milter/mail/field.h"
#include "milter/sign/seal.h"
#include "milter/sign/sign.h"
#include "milter/template/template.h"
#include "store/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1000 };

#define CAMPAIGN SPAN("X-Inlay-Campaign")

static const char head[] =
    "From: Shop <news@shop.example>\r\nTo: customers:;\r\n"
    "Subject: News for {{ profile.name }}\r\nX-One: 1\r\n"
    "Message-ID: <1@shop.example>\r\nX-Inlay-Campaign: spring\r\n"
    "Reply-To: help@shop.example\r\n";
static const char body[] = "\r\nHello {{ profile.name }}\r\n";

static const struct secret secret = { { "k", 1 }, { "0123456789abcdef", 16 } };
static const struct secrets secrets = { &secret, 1 };

static int
passes(struct span message, struct arena *arena)
{
	struct span covered;

	return seal_check(&secrets, CAMPAIGN, message, NOW, 1000, arena,
		   &covered, NULL) == 1 &&
	       coverage_check(
		   message, covered, CAMPAIGN, sign_headers, arena, NULL) == 1;
}

/* The value of the one field of that name, or the program ends. */
static struct span
only(const struct fields *fields, const char *name)
{
	const struct header_field *field =
	    fields_find(fields, span_str(name), 1);

	if (field == NULL || fields_find(fields, span_str(name), 2) != NULL)
		abort();
	return span_trim(field->value);
}

static void
judge(struct span message, struct arena *arena)
{
	struct fields fields;
	size_t used, separator;

	if (fields_read(message, arena, &fields, &used, &separator, NULL) < 0)
		return;
	if (!span_eq(only(&fields, "Reply-To"), SPAN("help@shop.example")) ||
	    !span_eq(only(&fields, "X-Inlay-Campaign"), SPAN("spring")) ||
	    !span_eq(only(&fields, "Subject"),
		SPAN("News for {{ profile.name }}")) ||
	    fields_find(&fields, SPAN("Bcc"), 1) != NULL ||
	    fields_find(&fields, SPAN("Content-Type"), 1) != NULL)
		abort();
	for (size_t i = 0; i < fields.count; i++)
		if (!span_caseeq(fields.at[i].name, SPAN("Subject")) &&
		    template_renders_field(&fields.at[i], arena, NULL) == 1)
			abort();
	if (!span_starts(span_from(message, used + separator),
		SPAN("Hello {{ profile.name }}")))
		abort();
}

/* The first byte says before which line the rest goes. */
static void
replay(struct span added, unsigned line, struct arena *arena)
{
	struct buf bare, whole;
	struct span seal, text;
	size_t at = 0;

	buf_init(&bare, arena, 4096);
	buf_printf(&bare, "%s%s", head, body);
	if (seal_make(&secrets, CAMPAIGN, buf_span(&bare), NOW, arena, &seal,
		NULL) < 0)
		abort();
	buf_init(&whole, arena, 1 << 17);
	buf_printf(
	    &whole, "X-Inlay-Seal: %.*s\r\n%s%s", SPAN_ARG(seal), head, body);
	text = buf_span(&whole);
	while (line-- != 0 && at < text.len)
		at += span_find(span_from(text, at), '\n') + 1;
	buf_init(&bare, arena, 1 << 17);
	buf_add(&bare, span_first(text, at));
	buf_add(&bare, added);
	buf_add(&bare, span_from(text, at));
	if (!bare.failed && passes(buf_span(&bare), arena))
		judge(buf_span(&bare), arena);
	if (added.len == 0 && !passes(text, arena))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1 << 22);

	if (arena == NULL)
		return 0;
	if (passes(span_of(data, size), arena))
		abort();
	if (size != 0)
		replay(span_of(data + 1, size - 1), data[0] % 16, arena);
	arena_free(&arena);
	return 0;
}
