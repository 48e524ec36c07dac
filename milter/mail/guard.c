#include "milter/mail/guard.h"

#include "milter/mail/header.h"
#include "store/base/buf.h"

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

/* "text/plain", "header NAME" or "text/plain header NAME". */
static int
name_place(const struct part *part, const struct header_field *field,
    struct arena *arena, const char **where, struct err *err)
{
	struct span title;
	struct buf text;

	buf_init(&text, arena, 512);
	if (part != NULL) {
		if (part_title(part, arena, &title, err) < 0)
			return -1;
		buf_add(&text, title);
	}
	if (part != NULL && field != NULL)
		buf_byte(&text, ' ');
	if (field != NULL) {
		buf_str(&text, "header ");
		buf_add(&text, span_first(field->name, 80));
	}
	*where = buf_cstr(&text);
	return text.failed ? full(err) : 0;
}

static int
walk_field(const struct part *part, const struct header_field *field,
    struct arena *arena, guard_seen *seen, void *context, struct err *err)
{
	struct err ignored = ERR_INIT;
	struct header header;
	const char *where;
	int said = 0;

	if (name_place(part, field, arena, &where, err) < 0)
		return -1;
	if (header_read(field, arena, &header, &ignored) < 0) {
		if (ignored.code == ERR_MEMORY)
			return full(err);
		return seen(context, where, field->value);
	}
	for (size_t i = 0; i < header.count && said == 0; i++)
		said = seen(context, where, header.pieces[i].text);
	return said;
}

static int
walk_part(struct part *part, struct arena *arena, guard_seen *seen,
    void *context, struct err *err)
{
	struct err ignored = ERR_INIT;
	const char *where;
	struct span text;
	int said = 0;

	for (size_t i = 0; i < part->fields.count && said == 0; i++)
		said = walk_field(part->parent ? part : NULL,
		    &part->fields.at[i], arena, seen, context, err);
	if (said != 0 || part->role != PART_TEXT)
		return said;
	if (name_place(part, NULL, arena, &where, err) < 0)
		return -1;
	if (part_text(part, arena, &text, &ignored) < 0) {
		if (ignored.code == ERR_MEMORY)
			return full(err);
		text = part->body;
	}
	return seen(context, where, text);
}

int
guard_walk(struct span bytes, struct arena *arena, guard_seen *seen,
    void *context, struct err *err)
{
	struct message *message;
	int said = 0;

	if (message_parse(bytes, &MESSAGE_LIMITS, arena, &message, err) < 0)
		return -1;
	for (size_t i = 0; i < message->part_count && said == 0; i++)
		if (!message->parts[i]->sealed)
			said = walk_part(
			    message->parts[i], arena, seen, context, err);
	return said;
}
