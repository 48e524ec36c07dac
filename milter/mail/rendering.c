#include "milter/mail/rendering.h"

#include "milter/mail/edit.h"
#include "milter/mail/reencode.h"

struct rendering {
	struct message *message;
	struct arena *arena;
	struct edits edits; /* over the body */
	/* One for each top-level field, or NULL as long as none changes. */
	struct header_change **of_field;
	struct header_change *adds;
	size_t add_count, add_room;
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

int
rendering_new(struct message *message, struct arena *arena,
    struct rendering **rendering, struct err *err)
{
	struct rendering *r = ARENA_NEW(arena, struct rendering);

	if (r == NULL)
		return full(err);
	r->message = message;
	r->arena = arena;
	*rendering = r;
	return 0;
}

static bool
is_top(const struct rendering *r, const struct header_field *field)
{
	const struct fields *fields = &r->message->fields;

	return field >= fields->at && field < fields->at + fields->count;
}

static int
change_field(struct rendering *r, const struct header_field *field,
    enum header_action action, struct span value, struct err *err)
{
	const struct fields *fields = &r->message->fields;
	struct header_change *change =
	    ARENA_NEW(r->arena, struct header_change);

	if (r->of_field == NULL)
		r->of_field = arena_calloc(
		    r->arena, fields->count, sizeof(struct header_change *));
	if (change == NULL || r->of_field == NULL)
		return full(err);
	change->action = action;
	change->nth = field->nth;
	change->field = field;
	if (arena_dup(r->arena, field->name, &change->name) < 0 ||
	    arena_dup(r->arena, value, &change->value) < 0)
		return full(err);
	r->of_field[field - fields->at] = change;
	return 0;
}

static int
append(
    struct rendering *r, struct span name, struct span value, struct err *err)
{
	struct header_change *change;

	if (r->add_count == r->add_room) {
		size_t more = r->add_room ? r->add_room * 2 : 8;

		change = arena_grow(r->arena, r->adds,
		    r->add_room * sizeof *change, more * sizeof *change);
		if (change == NULL)
			return full(err);
		r->adds = change;
		r->add_room = more;
	}
	change = &r->adds[r->add_count];
	*change = (struct header_change){ .action = HEADER_ADD };
	if (arena_dup(r->arena, name, &change->name) < 0 ||
	    arena_dup(r->arena, value, &change->value) < 0)
		return full(err);
	r->add_count++;
	return 0;
}

/* A value in the milter's form, LF to CRLF. */
static void
add_crlf(struct buf *buf, struct span value)
{
	while (value.len > 0) {
		size_t n = span_find(value, '\n');

		buf_add(buf, span_first(value, n));
		if (n == value.len)
			return;
		buf_add(buf, SPAN("\r\n"));
		value = span_from(value, n + 1);
	}
}

/* A value in the milter's form: CR and NUL go, a blank follows each LF. */
static int
to_milter(
    struct rendering *r, struct span value, struct span *clean, struct err *err)
{
	struct buf out;

	buf_init(&out, r->arena, SIZE_MAX / 4);
	while (value.len > 0 && value.at[value.len - 1] == '\n')
		value.len--;
	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];

		if (c == '\r' || c == '\0')
			continue;
		buf_byte(&out, c);
		if (c == '\n' && value.at[i + 1] != ' ' &&
		    value.at[i + 1] != '\t')
			buf_byte(&out, ' ');
	}
	if (out.failed)
		return full(err);
	*clean = buf_span(&out);
	return 0;
}

static size_t
offset_of(const struct rendering *r, const char *at)
{
	return (size_t)(at - r->message->bytes.at);
}

static int
edit(struct rendering *r, struct span old, struct span new, struct err *err)
{
	size_t start = offset_of(r, old.at);

	return edits_add(&r->edits, start, start + old.len, new, r->arena, err);
}

static bool
changed_already(const struct rendering *r, const struct header_field *field)
{
	return r->of_field != NULL &&
	       r->of_field[field - r->message->fields.at] != NULL;
}

/* Gives a field of the message or of a part another value, once. */
static int
set_value(struct rendering *r, const struct header_field *field,
    struct span value, struct err *err)
{
	struct buf out;

	if (to_milter(r, value, &value, err) < 0)
		return -1;
	if (is_top(r, field)) {
		if (changed_already(r, field))
			return err_set(
			    err, ERR_INPUT, "two changes of one header");
		return change_field(r, field, HEADER_SET, value, err);
	}
	buf_init(&out, r->arena, SIZE_MAX / 4);
	add_crlf(&out, value);
	if (out.failed)
		return full(err);
	return edit(r, field->value, buf_span(&out), err);
}

/* Adds a field to the header of a part, or of the message. */
static int
add_field(struct rendering *r, const struct part *part, struct span name,
    struct span value, struct err *err)
{
	struct span header = part->header;
	struct buf out;

	if (part->parent == NULL)
		return append(r, name, value, err);
	buf_init(&out, r->arena, SIZE_MAX / 4);
	if (header.len > 0 && header.at[header.len - 1] != '\n')
		buf_add(&out, SPAN("\r\n"));
	buf_add(&out, name);
	buf_byte(&out, ':');
	add_crlf(&out, value);
	buf_add(&out, SPAN("\r\n"));
	if (out.failed)
		return full(err);
	return edit(r, span_of(header.at + header.len, 0), buf_span(&out), err);
}

static int
set_encoding(struct rendering *r, const struct part *part,
    enum part_encoding encoding, struct err *err)
{
	struct span value = encoding == PART_BASE64 ? SPAN(" base64")
						    : SPAN(" quoted-printable");

	if (part->encoding == encoding)
		return 0;
	if (part->encoding_field != NULL)
		return set_value(r, part->encoding_field, value, err);
	return add_field(
	    r, part, SPAN("Content-Transfer-Encoding"), value, err);
}

/* The Content-Type with all its parameters, written anew but for charset. */
static int
rewrite_type(struct rendering *r, const struct part *part, struct span charset,
    struct buf *out, struct err *err)
{
	struct span text;

	buf_byte(out, ' ');
	buf_add(out, part->type.type);
	buf_byte(out, '/');
	buf_add(out, part->type.subtype);
	buf_add(out, SPAN("; charset="));
	buf_add(out, charset);
	for (size_t i = 0; i < part->type.count; i++) {
		const struct mime_parameter *param = &part->type.params[i];

		if (span_caseeq(param->name, SPAN("charset")))
			continue;
		if (mime_parameter_write(
			param->name, param->value, r->arena, &text, err) < 0)
			return -1;
		buf_add(out, text);
	}
	return 0;
}

static int
set_charset(struct rendering *r, const struct part *part, struct span charset,
    struct err *err)
{
	const struct mime_parameter *param =
	    mime_value_param(&part->type, SPAN("charset"));
	struct span old = part->type_field->value, tail;
	bool usable = !part->type.defaulted && !part->type.odd;
	struct buf out;

	buf_init(&out, r->arena, SIZE_MAX / 4);
	if (usable && param != NULL && param->raw.len > 0) {
		size_t before = (size_t)(param->raw.at - old.at);

		buf_add(&out, span_first(old, before));
		buf_add(&out, charset);
		buf_add(&out, span_from(old, before + param->raw.len));
	} else if (usable && param == NULL) {
		tail = span_trim(old);
		tail = span_first(old, (size_t)(tail.at + tail.len - old.at));
		buf_add(&out, tail);
		buf_add(&out, span_ends(tail, SPAN(";")) ? SPAN(" charset=")
							 : SPAN("; charset="));
		buf_add(&out, charset);
	} else if (rewrite_type(r, part, charset, &out, err) < 0) {
		return -1;
	}
	if (out.failed)
		return full(err);
	return set_value(r, part->type_field, buf_span(&out), err);
}

static int
set_content_headers(struct rendering *r, const struct part *part,
    const struct reencoded *new, struct err *err)
{
	struct message *m = r->message;

	if (new->charset.len != 0 && part->type_field != NULL &&
	    set_charset(r, part, new->charset, err) < 0)
		return -1;
	if (new->charset.len != 0 && part->type_field == NULL &&
	    add_field(r, part, SPAN("Content-Type"),
		SPAN(" text/plain; charset=UTF-8"), err) < 0)
		return -1;
	if (set_encoding(r, part, new->encoding, err) < 0)
		return -1;
	if (part->parent != NULL ||
	    fields_find(&m->fields, SPAN("MIME-Version"), 1) != NULL)
		return 0;
	return add_field(r, part, SPAN("MIME-Version"), SPAN(" 1.0"), err);
}

/* The body's bytes with the line ends that an empty part lacks. */
static int
set_body(struct rendering *r, const struct part *part, struct span bytes,
    struct err *err)
{
	bool unseparated = part->separator.len == 0 && part->parent != NULL;
	struct buf out;

	if (!part->tight && !unseparated)
		return edit(r, part->body, bytes, err);
	buf_init(&out, r->arena, SIZE_MAX / 4);
	if (unseparated)
		buf_add(&out, SPAN("\r\n"));
	buf_add(&out, bytes);
	if (part->tight)
		buf_add(&out, SPAN("\r\n"));
	if (out.failed)
		return full(err);
	return edit(r, part->body, buf_span(&out), err);
}

int
rendering_set_text(
    struct rendering *r, struct part *part, struct span utf8, struct err *err)
{
	struct reencoded new;
	struct span text;

	if (part_text(part, r->arena, &text, err) < 0)
		return -1;
	if (span_eq(text, utf8))
		return 0;
	if (part_reencode(part, utf8, r->arena, &new, err) < 0)
		return -1;
	if (set_content_headers(r, part, &new, err) < 0)
		return -1;
	return set_body(r, part, new.bytes, err);
}

static int
harden_leaf(struct rendering *r, const struct part *part, struct err *err)
{
	struct reencoded new;
	int done;

	if (!part_is_fragile(part) ||
	    edits_replace(&r->edits, offset_of(r, part->body.at)))
		return 0;
	done = part_harden(part, r->arena, &new, err);
	if (done <= 0)
		return done;
	if (set_content_headers(r, part, &new, err) < 0)
		return -1;
	return set_body(r, part, new.bytes, err);
}

/* A multipart that claims to be 8-bit would be relabelled on the way. */
static int
relabel(struct rendering *r, const struct part *part, struct err *err)
{
	if (part->encoding_field == NULL ||
	    (part->encoding != PART_8BIT && part->encoding != PART_BINARY))
		return 0;
	return set_value(r, part->encoding_field, SPAN(" 7bit"), err);
}

int
rendering_harden(struct rendering *r, struct err *err)
{
	const struct message *m = r->message;

	for (size_t i = 0; i < m->part_count; i++) {
		const struct part *part = m->parts[i];
		int done = 0;

		if (part->sealed || part_seals(part))
			continue;
		if (part->role == PART_MULTIPART)
			done = relabel(r, part, err);
		else if (part->role != PART_MESSAGE)
			done = harden_leaf(r, part, err);
		if (done < 0)
			return -1;
	}
	return 0;
}

int
rendering_set_pieces(struct rendering *r, const struct header *header,
    const struct span *rendered, struct err *err)
{
	struct span value;
	bool same = true;

	for (size_t i = 0; i < header->count; i++)
		same &= span_eq(rendered[i], header->pieces[i].text);
	if (same)
		return 0;
	if (header_join(header, rendered, r->arena, &value, err) < 0)
		return -1;
	return set_value(r, header->field, value, err);
}

int
rendering_place_pieces(struct rendering *r, const struct header_field *field,
    const struct header *header, const struct span *rendered, struct err *err)
{
	struct span value;

	if (header_join(header, rendered, r->arena, &value, err) < 0)
		return -1;
	if (field != NULL)
		return set_value(r, field, value, err);
	return append(r, header->field->name, value, err);
}

int
rendering_remove_headers(struct rendering *r, struct span name, struct err *err)
{
	return rendering_remove_from(r, name, 1, err);
}

int
rendering_remove_from(
    struct rendering *r, struct span name, unsigned nth, struct err *err)
{
	const struct fields *fields = &r->message->fields;

	for (size_t i = 0; i < fields->count; i++)
		if (fields->at[i].nth >= nth &&
		    span_caseeq(fields->at[i].name, name) &&
		    change_field(
			r, &fields->at[i], HEADER_REMOVE, SPAN_NONE, err) < 0)
			return -1;
	return 0;
}

int
rendering_add_header(
    struct rendering *r, struct span name, struct span utf8, struct err *err)
{
	struct span value;

	if (header_value(name, utf8, r->arena, &value, err) < 0)
		return -1;
	return append(r, name, value, err);
}

int
rendering_changes(struct rendering *r, const struct header_change **changes,
    size_t *count, struct err *err)
{
	size_t fields = r->of_field ? r->message->fields.count : 0;
	struct header_change *all =
	    arena_alloc(r->arena, (fields + r->add_count) * sizeof *all);
	size_t n = 0;

	if (all == NULL)
		return full(err);
	for (size_t i = fields; i-- > 0;)
		if (r->of_field[i] != NULL)
			all[n++] = *r->of_field[i];
	for (size_t i = 0; i < r->add_count; i++)
		all[n++] = r->adds[i];
	*changes = all;
	*count = n;
	return 0;
}

bool
rendering_body_changed(const struct rendering *r)
{
	return r->edits.count != 0;
}

bool
rendering_changed(const struct rendering *r)
{
	return r->edits.count != 0 || r->of_field != NULL || r->add_count != 0;
}

int
rendering_write_body(
    const struct rendering *r, struct buf *buf, struct err *err)
{
	const struct message *m = r->message;

	edits_write(
	    &r->edits, m->bytes, offset_of(r, m->body.at), m->bytes.len, buf);
	if (buf->failed)
		return err_set(err, ERR_SIZE,
		    "the rendered message is longer than allowed");
	return 0;
}

static void
write_field(struct buf *buf, const struct header_change *change)
{
	if (change->action == HEADER_REMOVE)
		return;
	buf_add(buf, change->name);
	buf_byte(buf, ':');
	add_crlf(buf, change->value);
	buf_add(buf, SPAN("\r\n"));
}

static void
write_header(const struct rendering *r, struct buf *buf)
{
	const struct fields *fields = &r->message->fields;

	for (size_t i = 0; i < fields->count; i++) {
		if (r->of_field != NULL && r->of_field[i] != NULL)
			write_field(buf, r->of_field[i]);
		else
			buf_add(buf, fields->at[i].whole);
	}
	/* A message cut off in its last header line. */
	if (buf->len > 0 && !buf->failed && buf->at[buf->len - 1] != '\n')
		buf_add(buf, SPAN("\r\n"));
	for (size_t i = 0; i < r->add_count; i++)
		write_field(buf, &r->adds[i]);
}

/* Room for the whole at once, where the buf may grow that far. */
static void
reserve_all(const struct rendering *r, struct buf *buf)
{
	size_t size = r->message->bytes.len;

	for (size_t i = 0; i < r->edits.count; i++)
		size += r->edits.at[i].bytes.len;
	if (!buf->failed && size < buf->max - buf->len)
		(void)buf_reserve(buf, size);
}

int
message_write(const struct message *message, const struct rendering *rendering,
    struct buf *buf, struct err *err)
{
	if (!rendering_changed(rendering)) {
		buf_add(buf, message->bytes);
		if (buf->failed)
			return err_set(err, ERR_SIZE,
			    "the message is longer than allowed");
		return 0;
	}
	reserve_all(rendering, buf);
	write_header(rendering, buf);
	if (message->separator.len == 0 &&
	    (message->body.len > 0 || rendering_body_changed(rendering)))
		buf_add(buf, SPAN("\r\n"));
	buf_add(buf, message->separator);
	return rendering_write_body(rendering, buf, err);
}
