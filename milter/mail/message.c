#include "milter/mail/message.h"

#include "milter/mail/boundary.h"
#include "milter/mail/line.h"
#include "store/base/buf.h"

struct message_scanner {
	struct message *message;
	struct message_limits limits;
	struct arena *arena;
	struct err *err;
	struct boundaries boundaries;
	size_t at;	     /* offset of the line to look at */
	size_t header_bytes; /* of all header sections so far */
	size_t room;	     /* in message->parts */
	bool stopped;	     /* a limit was reached */
};

static const char *const once[] = { "Date", "From", "Sender", "Reply-To", "To",
	"Cc", "Bcc", "Message-ID", "In-Reply-To", "References", "Subject",
	"MIME-Version", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Content-ID", "Content-Description" };

/* From here on once[] holds for the parts, too. */
#define ONCE_MIME 11

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

/* The first reason stays. What is inside of an enclosed message or a
 * signature is not edited, and its structure nobody's concern. */
static void
doubt(struct message_scanner *s, struct part *part, const char *reason)
{
	if (s->message->ambiguous != NULL || (part && part->sealed))
		return;
	s->message->ambiguous = reason;
	s->message->ambiguous_in = part;
}

/* The name, from once[first] on, that occurs twice, or NULL. */
static const char *
find_duplicate(const struct fields *fields, size_t first)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (fields->at[i].nth != 2)
			continue;
		for (size_t n = first; n < sizeof once / sizeof once[0]; n++)
			if (span_caseeq(fields->at[i].name, span_str(once[n])))
				return once[n];
	}
	return NULL;
}

static struct span
rest_of(const struct message_scanner *s)
{
	return span_from(s->message->bytes, s->at);
}

/* The innermost open multipart whose delimiter the line is. A closed one
 * whose boundary is used again only raises a doubt. */
static struct part *
match(struct message_scanner *s, struct span line, enum delimiter *kind)
{
	size_t from = s->boundaries.count;
	struct part *part;

	while ((part = boundaries_match(&s->boundaries, line, &from, kind)) !=
	       NULL) {
		if (!part->closed)
			return part;
		doubt(s, part, "boundary used again after its end");
	}
	return NULL;
}

/* Line ends that some readers take for one and others do not: a bare LF
 * before or after a delimiter. */
static void
check_line_ends(
    struct message_scanner *s, struct part *part, size_t start, size_t end)
{
	struct span bytes = s->message->bytes;

	if ((start >= 1 && (start < 2 || bytes.at[start - 2] != '\r')) ||
	    (end < bytes.len && bytes.at[end] != '\r'))
		doubt(s, part, "mixed line ends around a delimiter");
}

/* Looks for what would be a delimiter if a bare CR ended lines. */
static void
check_bare_cr(struct message_scanner *s, struct span line)
{
	enum delimiter kind;

	while (line.len > 0) {
		struct span piece = span_first(line, span_find(line, '\r'));
		struct part *part = match(s, piece, &kind);

		if (part != NULL)
			doubt(s, part, "bare CR around a delimiter");
		line = span_from(line, piece.len + 1);
	}
}

/* The next delimiter line from s->at on: *start is its offset, s->at the
 * offset after it. NULL when there is none up to the end. */
static struct part *
find_delimiter(struct message_scanner *s, enum delimiter *kind, size_t *start)
{
	while (s->at < s->message->bytes.len) {
		struct span rest = rest_of(s);
		struct span line = span_first(rest, line_length(rest));
		struct span content = line_content(line);
		struct part *part;

		if (span_find(content, '\r') != content.len)
			check_bare_cr(s, content);
		*start = s->at;
		s->at += line.len;
		part = match(s, content, kind);
		if (part != NULL) {
			check_line_ends(s, part, *start, *start + content.len);
			return part;
		}
	}
	*start = s->message->bytes.len;
	return NULL;
}

static struct part *
add_part(struct message_scanner *s, struct part *parent)
{
	struct message *m = s->message;
	struct part *part = ARENA_NEW(s->arena, struct part);

	if (part != NULL && m->part_count == s->room) {
		size_t more = s->room ? s->room * 2 : 8;
		struct part **parts = arena_grow(s->arena, m->parts,
		    s->room * sizeof *parts, more * sizeof *parts);

		if (parts == NULL)
			return NULL;
		m->parts = parts;
		s->room = more;
	}
	if (part == NULL)
		return NULL;
	m->parts[m->part_count++] = part;
	part->parent = parent;
	part->root = parent == NULL;
	part->role = PART_OTHER;
	part->position = 1;
	if (parent == NULL)
		return part;
	part->depth = parent->depth + 1;
	part->sealed = parent->sealed || part_seals(parent);
	if (parent->last != NULL) {
		parent->last->next = part;
		part->position = parent->last->position + 1;
	} else {
		parent->first = part;
	}
	parent->last = part;
	return part;
}

/* Where the header of a part ends: before a blank line, a line that is no
 * header, or a delimiter, whatever else that line could be. */
static size_t
header_length(struct message_scanner *s, size_t *separator)
{
	struct span rest = rest_of(s), name, value;
	enum delimiter kind;
	bool first = true;

	*separator = 0;
	for (; rest.len > 0; first = false) {
		struct span line = span_first(rest, line_length(rest));
		enum line_kind what = line_kind(line, &name, &value);

		if (what == LINE_BLANK) {
			*separator = line.len;
			break;
		}
		if (what == LINE_OTHER || (what == LINE_MBOX && !first))
			break;
		if (match(s, line_content(line), &kind) != NULL)
			break;
		rest = span_from(rest, line.len);
	}
	return rest_of(s).len - rest.len;
}

static int
doubt_twice(struct message_scanner *s, struct part *part, const char *name)
{
	struct buf reason;

	buf_init(&reason, s->arena, 80);
	buf_printf(&reason, "%s stands twice", name);
	doubt(s, part, buf_cstr(&reason));
	return reason.failed ? full(s->err) : 0;
}

/* Whether a field holds what no folding needs. */
static bool
has_control(const struct header_field *field)
{
	for (size_t i = 0; i < field->value.len; i++) {
		unsigned char c = (unsigned char)field->value.at[i];

		if ((c < ' ' && c != '\t' && c != '\r' && c != '\n') ||
		    c == 0x7f)
			return true;
	}
	return false;
}

static int
check_header(struct message_scanner *s, struct part *part)
{
	size_t end = s->at;
	const char *twice;
	enum delimiter kind;
	struct span line;

	if (part->fields.odd != NULL)
		doubt(s, part, part->fields.odd);
	twice = find_duplicate(&part->fields, part->parent ? ONCE_MIME : 0);
	if (twice != NULL && doubt_twice(s, part, twice) < 0)
		return -1;
	if (part->type_field != NULL && part->type.defaulted)
		doubt(s, part, "Content-Type without a type and subtype");
	if (part->type_field != NULL && has_control(part->type_field))
		doubt(s, part, "Content-Type with control characters");
	if (part->separator.len != 0 || end == s->message->bytes.len)
		return 0;
	line = rest_of(s);
	line = line_content(span_first(line, line_length(line)));
	if (match(s, line, &kind) == NULL)
		doubt(s, part, "header ends without a blank line");
	else if (part->header.len == 0)
		doubt(s, part, "delimiter directly after a delimiter");
	return 0;
}

/* The header section at s->at: read, described; s->at moves to the body. */
static int
read_header(struct message_scanner *s, struct part *part)
{
	size_t separator;
	size_t length = header_length(s, &separator);
	struct span rest = rest_of(s);

	part->header = span_first(rest, length);
	part->separator = span_first(span_from(rest, length), separator);
	part->body = span_first(span_from(rest, length + separator), 0);
	s->header_bytes += length;
	if (s->header_bytes > s->limits.headers) {
		s->stopped = true;
		return 0;
	}
	if (fields_split(part->header, s->arena, &part->fields, s->err) < 0)
		return -1;
	s->at += length + separator;
	return part_describe(part, s->arena, s->err);
}

/* Boundaries that readers take in different ways. */
static const char *
boundary_oddity(const struct part *part)
{
	const struct mime_parameter *param =
	    mime_value_param(&part->type, SPAN("boundary"));
	struct span boundary = part->boundary;
	size_t count = mime_value_param_count(&part->type, SPAN("boundary"));

	if (part->type.odd)
		return "Content-Type of a multipart that is not well-formed";
	if (count == 0)
		return "multipart without a boundary";
	if (count > 1)
		return "two boundary parameters";
	if (span_find(param->raw, '\n') != param->raw.len)
		return "boundary folded over two lines";
	if (boundary.len == 0)
		return "empty boundary";
	if (boundary.at[boundary.len - 1] == ' ' ||
	    boundary.at[boundary.len - 1] == '\t')
		return "boundary that ends in a blank";
	for (size_t i = 0; i < boundary.len; i++)
		if (boundary.at[i] < ' ' || boundary.at[i] >= 0x7f ||
		    boundary.at[i] == '\\')
			return "boundary with odd characters";
	return NULL;
}

static int
open_multipart(struct message_scanner *s, struct part *part)
{
	const char *odd = boundary_oddity(part);

	if (odd != NULL)
		doubt(s, part, odd);
	if (part->encoding != PART_7BIT && part->encoding != PART_8BIT &&
	    part->encoding != PART_BINARY)
		doubt(s, part, "multipart with a transfer encoding");
	for (size_t i = 0; i < s->boundaries.count; i++)
		if (boundaries_clash(
			s->boundaries.at[i].boundary, part->boundary))
			doubt(s, s->boundaries.at[i].part,
			    "same boundary in each other");
	if (part->boundary.len > 0 &&
	    boundaries_push(&s->boundaries, part, part->boundary, s->arena) < 0)
		return full(s->err);
	return 0;
}

/* Reads the part whose header begins at s->at, and the messages that begin
 * with it, down to a leaf or a multipart. */
static int
open_part(struct message_scanner *s, struct part *parent)
{
	for (;;) {
		struct part *part;

		if (s->message->part_count >= s->limits.parts ||
		    (parent && parent->depth >= s->limits.depth)) {
			doubt(s, parent, "too many or too deep parts");
			s->stopped = true;
			return 0;
		}
		part = add_part(s, parent);
		if (part == NULL)
			return full(s->err);
		if (read_header(s, part) < 0)
			return -1;
		if (s->stopped) {
			doubt(s, part, "header too long");
			return 0;
		}
		if (!part->sealed && check_header(s, part) < 0)
			return -1;
		if (part_is(part, SPAN("message"), SPAN("partial")))
			doubt(s, part, "message/partial");
		if (part->role == PART_MULTIPART && open_multipart(s, part) < 0)
			return -1;
		if (!part_holds_message(part))
			return 0;
		parent = part;
	}
}

/* Ends the part and everything in it before the delimiter at end; the line
 * end before a delimiter belongs to it (RFC 2046 section 5.1.1). */
static void
end_body(
    struct message_scanner *s, struct part *part, size_t end, bool delimited)
{
	const char *bytes = s->message->bytes.at;
	size_t start = (size_t)(part->body.at - bytes);

	part->delimited = delimited;
	if (delimited && end > start && bytes[end - 1] == '\n')
		end--;
	else
		part->tight = delimited;
	if (delimited && !part->tight && end > start && bytes[end - 1] == '\r')
		end--;
	part->body = span_of(part->body.at, end - start);
}

/* Ends all parts inside of outer (all parts, for NULL). */
static void
end_parts(
    struct message_scanner *s, struct part *outer, size_t end, bool delimited)
{
	struct part *part = s->message->parts[s->message->part_count - 1];

	/* From the last leaf up: the youngest descendants are still open. */
	for (; part != NULL && part != outer; part = part->parent) {
		if (part->ended)
			continue;
		end_body(s, part, end, delimited);
		part->ended = true;
		if (!delimited && part->parent && part->role == PART_TEXT &&
		    part->body.len == 0)
			doubt(s, part, "message ends where a part begins");
		if (part->role == PART_MULTIPART && part->first == NULL &&
		    !part->sealed)
			doubt(s, part, "multipart without a part");
	}
	boundaries_pop(&s->boundaries, outer);
}

static int
scan_body(struct message_scanner *s)
{
	enum delimiter kind;
	struct part *part;
	size_t start;

	while (!s->stopped && s->boundaries.count > 0 &&
	       (part = find_delimiter(s, &kind, &start)) != NULL) {
		end_parts(s, part, start, true);
		if (kind == DELIMITER_NEXT && s->at == s->message->bytes.len)
			doubt(s, part, "message ends where a part begins");
		if (kind == DELIMITER_CLOSE)
			part->closed = true;
		else if (open_part(s, part) < 0)
			return -1;
	}
	end_parts(s, NULL, s->message->bytes.len, false);
	return 0;
}

int
message_parse(struct span bytes, const struct message_limits *limits,
    struct arena *arena, struct message **message, struct err *err)
{
	struct message *m = ARENA_NEW(arena, struct message);
	struct message_scanner s = {
		.message = m, .limits = *limits, .arena = arena, .err = err
	};

	if (m == NULL)
		return full(err);
	if (bytes.at == NULL)
		bytes = SPAN("");
	m->bytes = bytes;
	if (s.limits.parts == 0)
		s.limits.parts = 1;
	if (open_part(&s, NULL) < 0)
		return -1;
	m->root = m->parts[0];
	m->fields = m->root->fields;
	m->separator = m->root->separator;
	if (scan_body(&s) < 0)
		return -1;
	m->body = m->root->body;
	m->truncated = s.stopped;
	*message = m;
	return 0;
}
