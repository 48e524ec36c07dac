#include "milter/mail/part.h"

#include "milter/mail/charset.h"
#include "milter/mail/codec.h"
#include "milter/mail/flowed.h"
#include "milter/mail/line.h"
#include "store/base/ascii.h"
#include "store/base/buf.h"

enum { SEEN_MAX = 50 }; /* parts looked at for a namesake */

/* Longer texts are refused by size limits long before. */
#define TEXT_MAX (SIZE_MAX / 16)

static const struct {
	const char *name;
	enum part_encoding encoding;
} encodings[] = {
	{ "7bit", PART_7BIT },
	{ "8bit", PART_8BIT },
	{ "binary", PART_BINARY },
	{ "quoted-printable", PART_QUOTED },
	{ "base64", PART_BASE64 },
	/* not RFC 2045, but read as this everywhere */
	{ "", PART_7BIT },
	{ "7-bit", PART_7BIT },
	{ "8-bit", PART_8BIT },
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

bool
part_is(const struct part *part, struct span type, struct span subtype)
{
	return span_caseeq(part->type.type, type) &&
	       span_caseeq(part->type.subtype, subtype);
}

bool
part_seals(const struct part *part)
{
	return part->role == PART_MESSAGE ||
	       part_is(part, SPAN("multipart"), SPAN("signed")) ||
	       part_is(part, SPAN("multipart"), SPAN("encrypted"));
}

bool
part_holds_message(const struct part *part)
{
	static const char *const kinds[] = { "rfc822", "global", "news",
		"rfc2822" };

	if (part->role != PART_MESSAGE || part->encoding == PART_QUOTED ||
	    part->encoding == PART_BASE64)
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (span_caseeq(part->type.subtype, span_str(kinds[i])))
			return true;
	return false;
}

/* Drops a comment and blanks around a one-word value. */
static struct span
one_word(struct span value)
{
	size_t end;

	value = span_trim(value);
	for (end = 0; end < value.len; end++)
		if (strchr(" \t\r\n;(", value.at[end]) || value.at[end] == '\0')
			break;
	return span_first(value, end);
}

static void
describe_encoding(struct part *part)
{
	struct span word;

	part->encoding = PART_7BIT;
	if (part->encoding_field == NULL)
		return;
	word = one_word(part->encoding_field->value);
	part->encoding = PART_UNKNOWN;
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++)
		if (span_caseeq(word, span_str(encodings[i].name)))
			part->encoding = encodings[i].encoding;
}

/* RFC 2045 section 5.2, RFC 2046 section 5.1.5: what no or no usable
 * Content-Type means. */
static void
default_type(struct part *part)
{
	bool digest = part->parent != NULL &&
		      part_is(part->parent, SPAN("multipart"), SPAN("digest"));

	part->type.type = SPAN("text");
	part->type.subtype = SPAN("plain");
	part->type.defaulted = true;
	if (!digest || part->type_field != NULL)
		return;
	part->type.type = SPAN("message");
	part->type.subtype = SPAN("rfc822");
}

/* RFC 2183: what is neither inline nor unsaid is an attachment. */
static bool
is_inline(const struct part *part)
{
	const struct header_field *field =
	    fields_find(&part->fields, SPAN("Content-Disposition"), 1);

	return field == NULL || one_word(field->value).len == 0 ||
	       span_caseeq(one_word(field->value), SPAN("inline"));
}

static enum part_role
role_of(const struct part *part)
{
	if (span_caseeq(part->type.type, SPAN("multipart")))
		return PART_MULTIPART;
	if (span_caseeq(part->type.type, SPAN("message")))
		return PART_MESSAGE;
	if (span_caseeq(part->type.type, SPAN("text")) && !part->sealed &&
	    !part_is(part, SPAN("text"), SPAN("rfc822-headers")) &&
	    is_inline(part))
		return PART_TEXT;
	return PART_OTHER;
}

int
part_describe(struct part *part, struct arena *arena, struct err *err)
{
	const struct mime_parameter *boundary;

	part->type_field = fields_find(&part->fields, SPAN("Content-Type"), 1);
	part->encoding_field =
	    fields_find(&part->fields, SPAN("Content-Transfer-Encoding"), 1);
	if (part->type_field != NULL && mime_value_read(part->type_field->value,
					    arena, &part->type, err) < 0)
		return -1;
	if (part->type.type.len == 0 || part->type.subtype.len == 0)
		default_type(part);
	describe_encoding(part);
	part->role = role_of(part);
	boundary = mime_value_param(&part->type, SPAN("boundary"));
	if (part->role == PART_MULTIPART && boundary != NULL)
		part->boundary = boundary->value;
	return 0;
}

int
part_path(const struct part *part, struct arena *arena, struct span *path,
    struct err *err)
{
	unsigned positions[256];
	size_t count = 0;
	struct buf text;

	for (; part->parent != NULL && count < 256; part = part->parent)
		positions[count++] = part->position;
	buf_init(&text, arena, 4096);
	if (count == 0)
		buf_str(&text, part->first ? "0" : "1");
	while (count-- > 0)
		buf_printf(&text, "%u%s", positions[count], count ? "." : "");
	if (buf_cstr(&text), text.failed)
		return full(err);
	*path = buf_span(&text);
	return 0;
}

/* The part behind it in the order of the bytes, or NULL. */
static const struct part *
next_part(const struct part *part)
{
	if (part->first != NULL)
		return part->first;
	while (part->next == NULL && part->parent != NULL)
		part = part->parent;
	return part->next;
}

/* Whether another part that people read has its type; told for few parts,
 * among many there is said to be one. */
static bool
has_namesake(const struct part *part)
{
	const struct part *other = part;
	unsigned seen = 0;

	while (other->parent != NULL)
		other = other->parent;
	for (; other != NULL; other = next_part(other))
		if (++seen > SEEN_MAX ||
		    (other != part && !other->sealed &&
			other->role == part->role &&
			part_is(other, part->type.type, part->type.subtype)))
			return true;
	return false;
}

int
part_title(const struct part *part, struct arena *arena, struct span *title,
    struct err *err)
{
	struct span names[] = { span_first(part->type.type, 20),
		span_first(part->type.subtype, 40) };
	struct span path;
	struct buf text;

	buf_init(&text, arena, 4096);
	for (unsigned i = 0; i < 2; i++) {
		buf_str(&text, i ? "/" : "");
		for (size_t j = 0; j < names[i].len; j++)
			buf_byte(&text, ascii_lower(names[i].at[j]));
	}
	if (has_namesake(part)) {
		if (part_path(part, arena, &path, err) < 0)
			return -1;
		buf_printf(&text, " (part %.*s)", SPAN_ARG(path));
	}
	if (buf_cstr(&text), text.failed)
		return full(err);
	*title = buf_span(&text);
	return 0;
}

/* The body without its transfer encoding. 0, or -1: ERR_DECODE, ERR_MEMORY. */
int
part_bytes(const struct part *part, struct arena *arena, struct span *bytes,
    struct err *err)
{
	struct buf out;
	bool broken = false;

	*bytes = part->body;
	if (part->encoding == PART_UNKNOWN)
		return err_set(err, ERR_DECODE,
		    "unknown Content-Transfer-Encoding \"%.*s\"",
		    SPAN_ARG(
			span_first(one_word(part->encoding_field->value), 40)));
	if (part->encoding != PART_QUOTED && part->encoding != PART_BASE64)
		return 0;
	buf_init(&out, arena, TEXT_MAX);
	if (buf_reserve(&out, part->body.len) < 0)
		return full(err);
	if (part->encoding == PART_QUOTED)
		qp_decode(part->body, &out);
	else
		broken = base64_decode(part->body, &out) < 0;
	if (out.failed)
		return full(err);
	if (broken)
		return err_set(err, ERR_DECODE,
		    "base64 that does not end where it should");
	*bytes = buf_span(&out);
	return 0;
}

struct span
part_charset(const struct part *part)
{
	const struct mime_parameter *param =
	    mime_value_param(&part->type, SPAN("charset"));

	return param ? span_trim(param->value) : SPAN_NONE;
}

static bool
says(const struct part *part, struct span name, struct span value)
{
	const struct mime_parameter *param =
	    mime_value_param(&part->type, name);

	return param != NULL && span_caseeq(span_trim(param->value), value);
}

static int
decode(struct part *part, struct arena *arena, struct part_decoded *decoded,
    struct err *err)
{
	struct span bytes;

	if (mime_value_param_count(&part->type, SPAN("charset")) > 1)
		return err_set(err, ERR_DECODE, "two charset parameters");
	if (part_bytes(part, arena, &bytes, err) < 0)
		return -1;
	if (charset_decode(
		part_charset(part), bytes, arena, &decoded->lines, err) < 0)
		return -1;
	decoded->bare_ends = !lines_end_in_crlf(decoded->lines);
	decoded->flowed = part_is(part, SPAN("text"), SPAN("plain")) &&
			  says(part, SPAN("format"), SPAN("flowed"));
	decoded->delsp =
	    decoded->flowed && says(part, SPAN("delsp"), SPAN("yes"));
	decoded->text = decoded->lines;
	if (!decoded->flowed)
		return 0;
	return flowed_decode(
	    decoded->lines, decoded->delsp, arena, &decoded->text, err);
}

int
part_text(
    struct part *part, struct arena *arena, struct span *utf8, struct err *err)
{
	struct part_decoded *decoded;

	if (part->decoded != NULL) {
		*utf8 = part->decoded->text;
		return 0;
	}
	if (part->role != PART_TEXT)
		return err_set(err, ERR_DECODE, "not a text part");
	decoded = ARENA_NEW(arena, struct part_decoded);
	if (decoded == NULL)
		return full(err);
	if (decode(part, arena, decoded, err) < 0)
		return -1;
	part->decoded = decoded;
	*utf8 = decoded->text;
	return 0;
}

/* Whether the bytes hold a tag: "{{" or "{%", and text from there to its end
 * or to that of the bytes. What chance makes of bytes that are no text has
 * control bytes soon; but with NULs in between it may be UTF-16. */
static bool
holds_tag(struct span bytes)
{
	bool variable = false, tag = false, wide = false;
	char before = '\0';

	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.at[i];

		if (c == '\0' && i > 0)
			continue;
		if (before == '{' && (c == '{' || c == '%')) {
			variable |= c == '{';
			tag |= c == '%';
			wide |= bytes.at[i - 1] == '\0';
		}
		if (c == '}' &&
		    ((before == '}' && variable) || (before == '%' && tag)))
			return true;
		if (!wide && (c == 127 || (c < ' ' && c != '\t' && c != '\r' &&
					      c != '\n')))
			variable = tag = false;
		before = (char)c;
	}
	return variable || tag;
}

bool
part_may_hold_tag(const struct part *part)
{
	struct buf out;
	bool found = holds_tag(part->body);

	if (found)
		return true;
	buf_init_heap(&out, part->body.len + 8);
	qp_decode(part->body, &out);
	found = out.failed || holds_tag(buf_span(&out));
	if (!found) {
		buf_clear(&out);
		/* What came before the fault is in out. */
		(void)base64_decode(part->body, &out);
		found = out.failed || holds_tag(buf_span(&out));
	}
	buf_deinit(&out);
	return found;
}
