#include "tools/message/view.h"

#include "milter/mail/message.h"
#include "milter/mail/encoded_word.h"
#include "store/base/buf.h"

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

/* Lines that end in LF, the last one too. */
static int
to_lf(
    struct span text, struct arena *arena, struct span *lines, struct err *err)
{
	struct buf out;

	buf_init(&out, arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != '\r' || i + 1 == text.len ||
		    text.at[i + 1] != '\n')
			buf_byte(&out, text.at[i]);
	if (out.len != 0 && out.at[out.len - 1] != '\n')
		buf_byte(&out, '\n');
	*lines = buf_span(&out);
	return out.failed ? full(err) : 0;
}

static int
add_field(const struct header_field *field, struct arena *arena,
    struct buf *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct span line, text;

	if (field_unfold(field, arena, &line, err) < 0)
		return -1;
	if (encoded_words_decode(line, arena, &text, &why) < 0) {
		if (why.code == ERR_MEMORY)
			return full(err);
		text = line;
	}
	buf_add(out, field->name);
	buf_str(out, ": ");
	buf_add(out, text);
	buf_byte(out, '\n');
	return 0;
}

static int
read_headers(const struct message *message, struct arena *arena,
    struct view_section *section, struct err *err)
{
	struct buf out;

	buf_init(&out, arena, SIZE_MAX / 4);
	for (size_t i = 0; i < message->fields.count; i++)
		if (add_field(&message->fields.at[i], arena, &out, err) < 0)
			return -1;
	*section = (struct view_section){ .kind = VIEW_HEADERS,
		.title = SPAN("headers"),
		.text = buf_span(&out) };
	return out.failed ? full(err) : 0;
}

static int
read_part(struct part *part, struct arena *arena, struct view_section *section,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct span text;

	if (part_title(part, arena, &section->title, err) < 0)
		return -1;
	section->kind = VIEW_OTHER;
	if (part_is(part, SPAN("text"), SPAN("plain")))
		section->kind = VIEW_TEXT;
	else if (part_is(part, SPAN("text"), SPAN("html")))
		section->kind = VIEW_HTML;
	if (part_text(part, arena, &text, &why) < 0) {
		if (why.code == ERR_MEMORY)
			return full(err);
		text = part->body;
	}
	return to_lf(text, arena, &section->text, err);
}

int
view_read(struct span message, struct arena *arena, struct view *view,
    struct err *err)
{
	struct message *parsed;

	*view = (struct view){ NULL, 0 };
	if (message_parse(message, &MESSAGE_LIMITS, arena, &parsed, err) < 0)
		return -1;
	view->sections =
	    arena_calloc(arena, parsed->part_count + 1, sizeof *view->sections);
	if (view->sections == NULL)
		return full(err);
	if (read_headers(parsed, arena, &view->sections[view->count++], err) <
	    0)
		return -1;
	for (size_t i = 0; i < parsed->part_count; i++) {
		struct part *part = parsed->parts[i];

		if (part->sealed || part->role != PART_TEXT)
			continue;
		if (read_part(
			part, arena, &view->sections[view->count++], err) < 0)
			return -1;
	}
	return 0;
}
