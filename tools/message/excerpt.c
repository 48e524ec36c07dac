#include "tools/message/excerpt.h"

#include "milter/mail/header.h"
#include "milter/mail/message.h"
#include "tools/message/message_file.h"
#include "tools/message/pipeline.h"

/* What stands inside the tag at the start of text, without its dashes. */
static struct span
tag_inside(struct span text)
{
	struct span inside = span_from(text, 2);

	inside = span_first(inside, span_search(inside, SPAN("%}")));
	if (span_starts(inside, SPAN("-")))
		inside = span_from(inside, 1);
	return span_trim(inside);
}

static bool
opens_slot(struct span text, struct span name)
{
	struct span inside = tag_inside(text);

	if (!span_starts(inside, SPAN("slot")))
		return false;
	inside = span_trim(span_from(inside, 4));
	return inside.len > name.len + 1 &&
	       (inside.at[0] == '"' || inside.at[0] == '\'') &&
	       inside.at[name.len + 1] == inside.at[0] &&
	       span_eq(span_first(span_from(inside, 1), name.len), name);
}

/* The slot from its first byte to its last; "" where there is none. */
static struct span
cut(struct span text, struct span name)
{
	struct span begin = text, rest;

	for (;; begin = span_from(begin, 2)) {
		begin = span_from(begin, span_search(begin, SPAN("{%")));
		if (begin.len == 0)
			return SPAN("");
		if (opens_slot(begin, name))
			break;
	}
	rest = begin;
	do {
		rest = span_from(rest, 2);
		rest = span_from(rest, span_search(rest, SPAN("{%")));
		if (rest.len == 0)
			return SPAN("");
	} while (!span_starts(tag_inside(rest), SPAN("endslot")));
	rest = span_from(rest, span_search(rest, SPAN("%}")) + 2);
	return span_of(begin.at, (size_t)(rest.at - begin.at));
}

static int
cut_parts(struct message *message, struct span slot, struct arena *arena,
    struct excerpt *excerpt, struct err *err)
{
	for (size_t i = 0; i < message->part_count; i++) {
		struct part *part = message->parts[i];
		struct span *into = &excerpt->text, text;

		if (part->sealed || part->role != PART_TEXT)
			continue;
		if (part_is(part, SPAN("text"), SPAN("html")))
			into = &excerpt->html;
		if (into->len != 0)
			continue;
		if (part_text(part, arena, &text, err) < 0)
			return -1;
		*into = cut(text, slot);
	}
	return excerpt->text.len + excerpt->html.len != 0;
}

int
excerpt_read(struct cli *cli, const char *path, const char *slot,
    struct excerpt *excerpt, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	struct personalise_request request = { .now = 0 };
	struct message *message;

	*excerpt = (struct excerpt){ SPAN(""), SPAN("") };
	if (message_file_read(cli, path, &request, err) < 0 ||
	    message_parse(request.message, &limits, cli->arena, &message, err) <
		0)
		return -1;
	return cut_parts(message, span_str(slot), cli->arena, excerpt, err);
}
