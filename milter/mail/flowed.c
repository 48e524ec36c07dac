#include "milter/mail/flowed.h"

#include "milter/mail/line.h"
#include "store/base/buf.h"
#include "store/base/hash.h"

#define WIDTH 76

/* One physical line, taken apart (RFC 3676 section 4). */
struct physical {
	struct span content; /* unquoted, unstuffed */
	struct span ending;  /* CRLF, LF or nothing at the end of the text */
	size_t depth;
	bool soft; /* goes on in the next line, if that has the same depth */
};

/* One logical line of the original. */
struct flowed_entry {
	uint64_t hash;
	struct span lines; /* its physical lines */
	size_t ending;	   /* length of the last line end, part of lines */
};

struct index {
	struct flowed_entry *at;
	size_t size; /* a power of two */
	bool delsp;
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

static struct physical
take_apart(struct span line)
{
	struct span content = line_content(line);
	struct physical p = { .ending = span_from(line, content.len) };

	while (p.depth < content.len && content.at[p.depth] == '>')
		p.depth++;
	content = span_from(content, p.depth);
	if (content.len > 0 && content.at[0] == ' ')
		content = span_from(content, 1);
	p.content = content;
	p.soft = p.ending.len > 0 && content.len > 0 &&
		 content.at[content.len - 1] == ' ' &&
		 !span_eq(content, SPAN("-- "));
	return p;
}

/* Adds the logical line at the start of *rest to the buf and takes its
 * physical lines off; *ending is the last one's line end. */
static struct span
next_logical(
    struct span *rest, bool delsp, struct buf *text, struct span *ending)
{
	struct span lines = *rest;
	struct physical p = take_apart(span_first(*rest, line_length(*rest)));

	for (size_t i = 0; i < p.depth; i++)
		buf_byte(text, '>');
	/* A blank after the marks; one too where the text itself would look
	 * like a mark. */
	if (p.depth > 0 || (p.content.len > 0 && p.content.at[0] == '>'))
		buf_byte(text, ' ');
	for (;;) {
		struct physical next;

		*rest = span_from(*rest, line_length(*rest));
		*ending = p.ending;
		next = take_apart(span_first(*rest, line_length(*rest)));
		if (!p.soft || rest->len == 0 || next.depth != p.depth ||
		    span_eq(next.content, SPAN("-- ")))
			break;
		buf_add(text,
		    span_first(p.content, p.content.len - (delsp ? 1 : 0)));
		p = next;
	}
	buf_add(text, p.content);
	return span_first(lines, lines.len - rest->len);
}

int
flowed_decode(struct span lines, bool delsp, struct arena *arena,
    struct span *text, struct err *err)
{
	struct buf out;
	struct span ending;

	buf_init(&out, arena, SIZE_MAX / 4);
	if (buf_reserve(&out, lines.len) < 0)
		return full(err);
	while (lines.len > 0) {
		next_logical(&lines, delsp, &out, &ending);
		buf_add(&out, ending);
	}
	if (out.failed)
		return full(err);
	*text = buf_span(&out);
	return 0;
}

static int
index_build(struct index *index, struct span original, struct arena *arena)
{
	struct span rest = original, ending;
	size_t count = 1;
	struct buf text;

	for (size_t i = 0; i < original.len; i++)
		count += original.at[i] == '\n';
	for (index->size = 2; index->size < count * 2; index->size *= 2)
		;
	index->at = arena_calloc(arena, index->size, sizeof *index->at);
	buf_init(&text, arena, SIZE_MAX / 4);
	if (index->at == NULL)
		return -1;
	while (rest.len > 0) {
		struct span lines;
		uint64_t hash;
		size_t slot;

		buf_clear(&text);
		lines = next_logical(&rest, index->delsp, &text, &ending);
		hash = hash_xxh3(buf_span(&text));
		slot = (size_t)hash & (index->size - 1);
		while (index->at[slot].lines.at != NULL &&
		       index->at[slot].hash != hash)
			slot = (slot + 1) & (index->size - 1);
		if (index->at[slot].lines.at == NULL)
			index->at[slot] =
			    (struct flowed_entry){ hash, lines, ending.len };
	}
	return text.failed ? -1 : 0;
}

/* The physical lines that the original had for the logical line. */
static bool
index_find(const struct index *index, struct span line, struct buf *scratch,
    struct span *lines)
{
	uint64_t hash = hash_xxh3(line);
	size_t slot = (size_t)hash & (index->size - 1);
	struct span rest, ending;

	while (index->at[slot].lines.at != NULL && index->at[slot].hash != hash)
		slot = (slot + 1) & (index->size - 1);
	rest = index->at[slot].lines;
	if (rest.at == NULL)
		return false;
	*lines = span_first(rest, rest.len - index->at[slot].ending);
	/* Equal hashes are not yet equal lines. */
	buf_clear(scratch);
	next_logical(&rest, index->delsp, scratch, &ending);
	return rest.len == 0 && span_eq(buf_span(scratch), line);
}

/* The bytes of the line that fit the width, up to and with the last blanks;
 * all of it if it is short or has none. */
static size_t
fitting(struct span text, size_t width)
{
	size_t column = 0, best = 0, i;

	for (i = 0; i < text.len; i++) {
		if (text.at[i] == ' ' &&
		    (i + 1 == text.len || text.at[i + 1] != ' ') &&
		    (column < width || best == 0))
			best = i + 1;
		if (((unsigned char)text.at[i] & 0xc0) != 0x80)
			column++;
		if (column > width && best != 0)
			return best;
	}
	return text.len;
}

static void
wrap(struct span line, bool delsp, struct buf *out)
{
	struct physical p = take_apart(line);
	struct span text = span_from(line, p.depth);

	if (p.depth > 0)
		text = p.content;
	if (!span_eq(text, SPAN("-- ")))
		while (text.len > 0 && text.at[text.len - 1] == ' ')
			text.len--;
	do {
		size_t n = fitting(text, WIDTH - p.depth % WIDTH);

		for (size_t i = 0; i < p.depth; i++)
			buf_byte(out, '>');
		if (p.depth > 0 || (text.len > 0 && text.at[0] == ' ') ||
		    span_starts(text, SPAN(">")) ||
		    span_starts(text, SPAN("From ")))
			buf_byte(out, ' ');
		buf_add(out, span_first(text, n));
		text = span_from(text, n);
		if (text.len > 0 && delsp)
			buf_byte(out, ' ');
		if (text.len > 0)
			buf_add(out, SPAN("\r\n"));
	} while (text.len > 0);
}

int
flowed_encode(struct span text, struct span original, bool delsp,
    struct arena *arena, struct span *lines, struct err *err)
{
	struct index index = { NULL, 0, delsp };
	struct buf out, scratch;

	buf_init(&out, arena, SIZE_MAX / 4);
	buf_init(&scratch, arena, SIZE_MAX / 4);
	if (index_build(&index, original, arena) < 0)
		return full(err);
	while (text.len > 0) {
		struct span line = span_first(text, line_length(text));
		struct span content = line_content(line), same;

		if (index_find(&index, content, &scratch, &same))
			buf_add(&out, same);
		else
			wrap(content, delsp, &out);
		buf_add(&out, span_from(line, content.len));
		text = span_from(text, line.len);
	}
	if (out.failed || scratch.failed)
		return full(err);
	*lines = buf_span(&out);
	return 0;
}
