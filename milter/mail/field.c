#include "milter/mail/field.h"

#include <ctype.h>

#include "milter/mail/line.h"
#include "store/base/hash.h"

/* Up to this many fields are compared with each other to number them; more
 * go through a hash table, so that numbering stays linear. */
#define FEW 24

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

static struct header_field *
add_field(struct fields *fields, size_t *room, struct arena *arena)
{
	struct header_field *at = fields->at;

	if (fields->count == *room) {
		size_t more = *room ? *room * 2 : 8;

		at = arena_grow(
		    arena, at, *room * sizeof *at, more * sizeof *at);
		if (at == NULL)
			return NULL;
		fields->at = at;
		*room = more;
	}
	return &at[fields->count++];
}

/* What in a field's own bytes makes parsers disagree. */
static const char *
field_oddity(const struct header_field *field)
{
	struct span rest = field->whole;
	size_t at;

	if (field->name.len != 0 && field->value.at[-1] == ':' &&
	    field->name.at + field->name.len != field->value.at - 1)
		return "blank between a header name and its colon";
	if (span_find(rest, '\0') != rest.len)
		return "NUL in a header";
	while ((at = span_find(rest, '\r')) != rest.len) {
		if (at + 1 == rest.len || rest.at[at + 1] != '\n')
			return "bare CR in a header";
		rest = span_from(rest, at + 2);
	}
	return NULL;
}

/* Of the whole name, whatever its case: names that share a long beginning
 * must not meet in one slot. */
static uint64_t
name_hash(struct span name)
{
	uint64_t hash = hash_secret() + name.len;
	char lower[128];

	do {
		struct span piece = span_first(name, sizeof lower);

		for (size_t i = 0; i < piece.len; i++)
			lower[i] = (char)tolower((unsigned char)piece.at[i]);
		hash = hash_xxh3_seeded(span_of(lower, piece.len), hash);
		name = span_from(name, piece.len);
	} while (name.len != 0);
	return hash;
}

static int
number_many(struct fields *fields, struct arena *arena)
{
	size_t size = 1;
	struct header_field **last;

	while (size < fields->count * 2)
		size *= 2;
	last = arena_calloc(arena, size, sizeof(struct header_field *));
	if (last == NULL)
		return -1;
	for (size_t i = 0; i < fields->count; i++) {
		struct header_field *field = &fields->at[i];
		size_t slot = (size_t)name_hash(field->name) & (size - 1);

		while (last[slot] != NULL &&
		       !span_caseeq(last[slot]->name, field->name))
			slot = (slot + 1) & (size - 1);
		field->nth = last[slot] ? last[slot]->nth + 1 : 1;
		last[slot] = field;
	}
	return 0;
}

static int
number(struct fields *fields, struct arena *arena)
{
	if (fields->count > FEW) {
		struct arena_mark mark = arena_mark(arena);
		int done = number_many(fields, arena);

		arena_rewind(arena, mark);
		return done;
	}
	for (size_t i = 0; i < fields->count; i++) {
		fields->at[i].nth = 1;
		for (size_t j = i; j-- > 0;) {
			if (!span_caseeq(
				fields->at[j].name, fields->at[i].name))
				continue;
			fields->at[i].nth = fields->at[j].nth + 1;
			break;
		}
	}
	return 0;
}

/* Extends the field by the continuation lines that follow it. */
static void
take_continuations(struct header_field *field, struct span rest)
{
	struct span name, value;

	while (rest.len > 0) {
		struct span line = span_first(rest, line_length(rest));

		if (line_kind(line, &name, &value) != LINE_CONTINUATION)
			break;
		field->whole.len += line.len;
		field->value.len =
		    (size_t)(value.at + value.len - field->value.at);
		rest = span_from(rest, line.len);
	}
}

int
fields_split(struct span section, struct arena *arena, struct fields *fields,
    struct err *err)
{
	struct span rest = section;
	size_t room = 0;

	*fields = (struct fields){ NULL, 0, NULL };
	while (rest.len > 0) {
		struct header_field *field = add_field(fields, &room, arena);
		enum line_kind kind;

		if (field == NULL)
			return full(err);
		field->whole = span_first(rest, line_length(rest));
		kind = line_kind(field->whole, &field->name, &field->value);
		take_continuations(field, span_from(rest, field->whole.len));
		rest = span_from(rest, field->whole.len);
		if (fields->odd == NULL && kind == LINE_CONTINUATION)
			fields->odd = "header begins with a continuation line";
		if (fields->odd == NULL)
			fields->odd = field_oddity(field);
	}
	return number(fields, arena) < 0 ? full(err) : 0;
}

int
fields_read(struct span bytes, struct arena *arena, struct fields *fields,
    size_t *used, size_t *separator, struct err *err)
{
	struct span rest = bytes, name, value;

	*separator = 0;
	while (rest.len > 0) {
		struct span line = span_first(rest, line_length(rest));
		enum line_kind kind = line_kind(line, &name, &value);

		if (kind == LINE_BLANK)
			*separator = line.len;
		if (kind == LINE_BLANK || kind == LINE_OTHER ||
		    (kind == LINE_MBOX && rest.at != bytes.at))
			break;
		rest = span_from(rest, line.len);
	}
	*used = bytes.len - rest.len;
	return fields_split(span_first(bytes, *used), arena, fields, err);
}

const struct header_field *
fields_find(const struct fields *fields, struct span name, unsigned nth)
{
	for (size_t i = 0; i < fields->count; i++)
		if (fields->at[i].nth == nth &&
		    span_caseeq(fields->at[i].name, name))
			return &fields->at[i];
	return NULL;
}

int
field_unfold(const struct header_field *field, struct arena *arena,
    struct span *line, struct err *err)
{
	char *text = arena_alloc(arena, field->value.len);
	size_t len = 0;

	if (text == NULL)
		return full(err);
	for (size_t i = 0; i < field->value.len; i++)
		if (field->value.at[i] != '\r' && field->value.at[i] != '\n')
			text[len++] = field->value.at[i];
	*line = span_trim(span_of(text, len));
	return 0;
}
