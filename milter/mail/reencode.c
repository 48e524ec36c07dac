#include "milter/mail/reencode.h"

#include "milter/mail/charset.h"
#include "milter/mail/codec.h"
#include "milter/mail/flowed.h"
#include "milter/mail/line.h"

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

/* Every line end becomes CRLF: values bring their own. */
static int
canonical(
    struct span text, struct arena *arena, struct span *lines, struct err *err)
{
	struct buf out;

	*lines = text;
	if (lines_end_in_crlf(text))
		return 0;
	buf_init(&out, arena, SIZE_MAX / 4);
	if (buf_reserve(&out, text.len) < 0)
		return full(err);
	while (text.len > 0) {
		size_t n = 0;

		while (n < text.len && text.at[n] != '\r' && text.at[n] != '\n')
			n++;
		buf_add(&out, span_first(text, n));
		if (n == text.len)
			break;
		buf_add(&out, SPAN("\r\n"));
		if (text.at[n] == '\r' && n + 1 < text.len &&
		    text.at[n + 1] == '\n')
			n++;
		text = span_from(text, n + 1);
	}
	if (out.failed)
		return full(err);
	*lines = buf_span(&out);
	return 0;
}

/* The charset of the part where the text fits it, else UTF-8. */
static int
to_charset(const struct part *part, struct span text, struct arena *arena,
    struct reencoded *result, struct span *bytes, struct err *err)
{
	struct span charset = part_charset(part);
	int fits = charset_encode(charset, text, arena, bytes, err);

	if (fits < 0)
		return -1;
	if (fits)
		return 0;
	result->charset = SPAN("UTF-8");
	*bytes = text;
	return 0;
}

/* A body at the end of the message must end its last line itself; an
 * encoded one can do so without adding to the text. */
static void
finish(const struct part *part, struct buf *out)
{
	bool ended =
	    out->len >= 2 && memcmp(out->at + out->len - 2, "\r\n", 2) == 0;

	if (!part->delimited && out->len > 0 && !ended)
		buf_add(out, SPAN("=\r\n"));
}

static int
to_encoding(const struct part *part, struct span bytes, bool unreadable,
    struct arena *arena, struct reencoded *result, struct err *err)
{
	size_t limit = base64_length(bytes.len);
	struct arena_mark mark = arena_mark(arena);
	struct buf out;

	/* More than that, and base64 is shorter. */
	buf_init(&out, arena, limit + 3);
	if (!unreadable) {
		qp_encode(bytes, &out);
		finish(part, &out);
	}
	result->encoding = PART_QUOTED;
	if (unreadable || out.failed || out.len > limit + 3) {
		arena_rewind(arena, mark);
		buf_init(&out, arena, limit);
		if (buf_reserve(&out, limit) < 0)
			return full(err);
		base64_encode(bytes, &out);
		/* The line end before the delimiter ends the last line. */
		if (part->delimited && !out.failed && out.len > 0)
			out.len -= 2;
		result->encoding = PART_BASE64;
	}
	if (out.failed)
		return full(err);
	result->bytes = buf_span(&out);
	return 0;
}

int
part_reencode(const struct part *part, struct span utf8, struct arena *arena,
    struct reencoded *result, struct err *err)
{
	const struct part_decoded *was = part->decoded;
	struct span text = utf8, bytes;
	bool unreadable;

	*result = (struct reencoded){ .encoding = PART_QUOTED };
	if (!utf8_valid(utf8))
		return err_set(
		    err, ERR_INPUT, "the rendered text is not UTF-8");
	if (!was->bare_ends && canonical(text, arena, &text, err) < 0)
		return -1;
	if (was->flowed &&
	    flowed_encode(text, was->lines, was->delsp, arena, &text, err) < 0)
		return -1;
	if (to_charset(part, text, arena, result, &bytes, err) < 0)
		return -1;
	/* As QP it would be nothing but codes, or one endless line of =0A. */
	unreadable =
	    (result->charset.len == 0 && charset_is_wide(part_charset(part))) ||
	    (was->bare_ends && part->encoding == PART_BASE64);
	return to_encoding(part, bytes, unreadable, arena, result, err);
}

enum { LINE_MAX_BYTES = 998 };

static bool
has_long_line(struct span text)
{
	while (text.len > LINE_MAX_BYTES) {
		size_t end = span_find(text, '\n');
		size_t ended = end > 0 && text.at[end - 1] == '\r';

		if (end - ended > LINE_MAX_BYTES)
			return true;
		text = span_from(text, end + 1);
	}
	return false;
}

static bool
has_high_byte(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] >= 0x80)
			return true;
	return false;
}

bool
part_is_fragile(const struct part *part)
{
	bool encoded =
	    part->encoding == PART_QUOTED || part->encoding == PART_BASE64;
	bool claims =
	    part->encoding == PART_8BIT || part->encoding == PART_BINARY;

	return claims || (!encoded && has_high_byte(part->body)) ||
	       has_long_line(part->body);
}

int
part_harden(const struct part *part, struct arena *arena,
    struct reencoded *result, struct err *err)
{
	struct err why = ERR_INIT;
	struct span bytes;
	struct buf out;

	*result = (struct reencoded){ .encoding = PART_BASE64 };
	if (part_bytes(part, arena, &bytes, &why) < 0)
		return why.code == ERR_DECODE ? 0 : full(err);
	buf_init(&out, arena, SIZE_MAX / 4);
	if (span_caseeq(part->type.type, SPAN("text"))) {
		result->encoding = PART_QUOTED;
		qp_encode(bytes, &out);
		finish(part, &out);
	} else {
		base64_encode(bytes, &out);
		if (part->delimited && !out.failed && out.len > 0)
			out.len -= 2;
	}
	/* What says nothing of itself was read as UTF-8, if by anybody. */
	if (part->type_field == NULL && utf8_valid(bytes))
		result->charset = SPAN("UTF-8");
	if (out.failed)
		return full(err);
	result->bytes = buf_span(&out);
	return 1;
}
