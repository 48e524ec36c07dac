/*
 * Any bytes as a message: nothing is lost, and a text part that changes
 * leaves everything else as it was and reads back.
 */
#include <stdlib.h>

#include "milter/mail/guard.h"
#include "milter/mail/rendering.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

/* Where memory is out nothing needs to hold. */
static void
change_leaf(struct message *m, size_t index, struct arena *arena)
{
	struct part *part = m->parts[index], *is;
	struct err err = ERR_INIT;
	struct rendering *rendering;
	struct message *new;
	struct span text, back;
	struct buf want, out;

	if (part_text(part, arena, &text, &err) < 0)
		return;
	buf_init(&want, arena, LIMIT);
	buf_init(&out, arena, LIMIT);
	buf_str(&want, "Zo\xc3\xab\r\n");
	buf_add(&want, text);
	if (rendering_new(m, arena, &rendering, &err) < 0 ||
	    rendering_set_text(rendering, part, buf_span(&want), &err) < 0 ||
	    message_write(m, rendering, &out, &err) < 0) {
		demand(err.code == ERR_MEMORY || err.code == ERR_SIZE);
		return;
	}
	if (message_parse(buf_span(&out), &MESSAGE_LIMITS, arena, &new, &err) <
	    0)
		return;
	demand(new->part_count == m->part_count);
	is = new->parts[index];
	if (part_text(is, arena, &back, &err) < 0) {
		demand(err.code == ERR_MEMORY);
		return;
	}
	demand(span_eq(back, buf_span(&want)));
	demand(is->header.at - new->bytes.at == part->header.at - m->bytes.at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(LIMIT);
	struct err err = ERR_INIT;
	struct rendering *rendering;
	struct message *m;
	struct buf out;

	buf_init(&out, arena, LIMIT);
	if (message_parse(
		span_of(bytes, len), &MESSAGE_LIMITS, arena, &m, &err) == 0 &&
	    rendering_new(m, arena, &rendering, &err) == 0) {
		struct buf parts;

		buf_init(&parts, arena, LIMIT);
		for (size_t i = 0; i < m->fields.count; i++)
			buf_add(&parts, m->fields.at[i].whole);
		buf_add(&parts, m->separator);
		demand(rendering_write_body(rendering, &parts, &err) == 0);
		demand(span_eq(buf_span(&parts), span_of(bytes, len)));
		for (size_t i = 0; i < m->part_count && i < 8; i++)
			if (m->ambiguous == NULL &&
			    m->parts[i]->role == PART_TEXT)
				change_leaf(m, i, arena);
	}
	arena_free(&arena);
	return 0;
}
