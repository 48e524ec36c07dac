#include "milter/liquid/compile/scan.h"

#include "store/base/ascii.h"

void
scan_begin(struct scanner *scan, struct span source)
{
	*scan = (struct scanner){ .source = source, .line = 1 };
}

/* The offset of the next {{ or {% from at on, or the source's length. */
static size_t
find_open(struct span source, size_t at)
{
	while (at + 1 < source.len) {
		at += span_find(span_from(source, at), '{');
		if (at + 1 >= source.len)
			break;
		if (source.at[at + 1] == '{' || source.at[at + 1] == '%')
			return at;
		at++;
	}
	return source.len;
}

/* The offset just past the first %} from at on, or 0. */
static size_t
find_tag_end(struct span source, size_t at)
{
	size_t hit = span_search(span_from(source, at), SPAN("%}"));

	return at + hit < source.len ? at + hit + 2 : 0;
}

/* The offset just past an output's end, or 0. As Liquid has it, a single }
 * ends the piece too (and is an error later), and {% within makes it a tag
 * with an odd beginning. */
static size_t
find_output_end(struct span source, size_t at)
{
	for (; at + 1 < source.len; at++) {
		if (source.at[at] == '}')
			return at + (source.at[at + 1] == '}' ? 2 : 1);
		if (source.at[at] == '{' && source.at[at + 1] == '%')
			return find_tag_end(source, at);
	}
	return 0;
}

/* Splits "name markup" and trims the markup's left. */
static void
split_name(struct piece *piece, struct span inside)
{
	size_t start = 0, end;

	while (start < inside.len && ascii_is_space(inside.at[start]))
		start++;
	end = start;
	if (end < inside.len && inside.at[end] == '#')
		end++;
	else
		while (end < inside.len && ascii_is_word(inside.at[end]))
			end++;
	piece->name = span_of(inside.at + start, end - start);
	while (end < inside.len && ascii_is_space(inside.at[end]))
		end++;
	piece->text = span_from(inside, end);
}

/* Cuts the braces and dashes off; what is inside is left in piece->text. */
static void
open_piece(struct piece *piece)
{
	struct span inside = span_of(piece->whole.at + 2, piece->whole.len - 4);

	/* The one dash of {{-}} trims both sides. */
	piece->trim_left = inside.len != 0 && inside.at[0] == '-';
	piece->trim_right = inside.len != 0 && inside.at[inside.len - 1] == '-';
	if (piece->trim_left)
		inside = span_from(inside, 1);
	if (piece->trim_right && inside.len != 0)
		inside.len--;
	piece->text = inside;
	if (piece->kind == PIECE_TAG)
		split_name(piece, inside);
}

static struct piece
scan_braces(struct scanner *scan)
{
	struct span source = scan->source;
	size_t start = scan->at;
	bool output = source.at[start + 1] == '{';
	size_t end = output ? find_output_end(source, start + 2)
			    : find_tag_end(source, start + 2);
	struct piece piece = { .kind = output ? PIECE_OUTPUT : PIECE_TAG };

	piece.whole = span_of(source.at + start, end - start);
	if (end == 0 || (output && (end - start < 4 ||
				       !span_ends(piece.whole, SPAN("}}"))))) {
		piece.kind = PIECE_BROKEN;
		piece.text = piece.whole =
		    span_of(source.at + start, end ? end - start : 2);
		scan->at = end ? end : source.len;
		return piece;
	}
	open_piece(&piece);
	scan->at = end;
	scan->trim = piece.trim_right;
	return piece;
}

static struct piece
scan_text(struct scanner *scan, size_t end)
{
	struct span source = scan->source;
	struct span text = span_of(source.at + scan->at, end - scan->at);

	if (scan->trim)
		while (text.len != 0 && ascii_is_space(text.at[0]))
			text = span_from(text, 1);
	if (end + 2 < source.len && source.at[end + 2] == '-')
		while (text.len != 0 && ascii_is_space(text.at[text.len - 1]))
			text.len--;
	scan->at = end;
	scan->trim = false;
	return (
	    struct piece){ .kind = PIECE_TEXT, .whole = text, .text = text };
}

static struct piece
scan_line(struct scanner *scan)
{
	struct span *lines = &scan->lines[scan->level - 1];
	struct piece piece = { .kind = PIECE_TAG };

	while (lines->len != 0) {
		size_t len = span_find(*lines, '\n');
		struct span line = span_trim(span_first(*lines, len));

		*lines = span_from(*lines, len + 1);
		if (line.len == 0)
			continue;
		piece.whole = line;
		split_name(&piece, line);
		return piece;
	}
	piece.kind = PIECE_LINES_END;
	scan->level--;
	return piece;
}

struct piece
scan_next(struct scanner *scan)
{
	if (scan->level != 0)
		return scan_line(scan);
	while (scan->at < scan->source.len) {
		size_t open = find_open(scan->source, scan->at);
		struct piece piece;

		if (open == scan->at)
			return scan_braces(scan);
		piece = scan_text(scan, open);
		if (piece.text.len != 0)
			return piece;
	}
	return (struct piece){ .kind = PIECE_END };
}

int
scan_lines(struct scanner *scan, struct span markup)
{
	if (scan->level == SCAN_LEVELS)
		return -1;
	scan->lines[scan->level++] = markup;
	return 0;
}

/* Whether {% name stands at the offset. */
static bool
tag_is(struct span source, size_t at, struct span name)
{
	at += 2;
	if (at < source.len && source.at[at] == '-')
		at++;
	while (at < source.len && ascii_is_space(source.at[at]))
		at++;
	return span_starts(span_from(source, at), name) &&
	       (at + name.len == source.len ||
		   !ascii_is_word(source.at[at + name.len]));
}

bool
scan_find_tag(struct span text, struct span name)
{
	size_t at = 0;

	while (at < text.len) {
		at += span_search(span_from(text, at), SPAN("{%"));
		if (at < text.len && tag_is(text, at, name))
			return true;
		at += 2;
	}
	return false;
}

int
scan_until(struct scanner *scan, struct span name, struct span *body)
{
	struct span source = scan->source;
	size_t at = scan->at, found = source.len, end = 0;

	if (scan->level != 0)
		return 0;
	/* The last such tag before the %} that ends the first one counts. */
	while (at < source.len && (end == 0 || at < end)) {
		at += span_search(span_from(source, at), SPAN("{%"));
		if (at >= source.len || (end != 0 && at >= end))
			break;
		if (tag_is(source, at, name)) {
			found = at;
			if (end == 0)
				end = find_tag_end(source, at + 2);
			if (end == 0)
				return 0;
		}
		at += 2;
	}
	if (found == source.len)
		return 0;
	*body = span_of(source.at + scan->at, found - scan->at);
	scan->at = end;
	scan->trim = source.at[end - 3] == '-';
	return 1;
}

void
scan_place(
    struct scanner *scan, const char *at, unsigned *line, unsigned *column)
{
	size_t to = (size_t)(at - scan->source.at);

	while (scan->line_at < to) {
		if (scan->source.at[scan->line_at] == '\n') {
			scan->line++;
			scan->line_start = scan->line_at + 1;
		}
		scan->line_at++;
	}
	*line = scan->line;
	*column = (unsigned)(to - scan->line_start) + 1;
}
