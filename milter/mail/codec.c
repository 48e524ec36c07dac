#include "milter/mail/codec.h"

#include "store/base/ascii.h"
#include "store/base/base64.h"

#define LINE_MAX_LEN 76
#define LINE_BYTES 57 /* they make 76 characters of base64 */

/* The length of the line end at the start of text; 0 for none. Blanks before
 * it would have to go by RFC 2045 section 6.7 (3), but no reader does that. */
static size_t
soft_break(struct span text)
{
	if (span_starts(text, SPAN("\r\n")))
		return 2;
	return span_starts(text, SPAN("\n")) ? 1 : 0;
}

void
qp_decode(struct span text, struct buf *bytes)
{
	while (text.len > 0) {
		size_t at = span_find(text, '=');
		size_t skip;

		buf_add(bytes, span_first(text, at));
		if (at == text.len)
			return;
		text = span_from(text, at + 1);
		skip = soft_break(text);
		if (skip != 0 || text.len == 0) {
			text = span_from(text, skip);
		} else if (text.len >= 2 && hex_value(text.at[0]) >= 0 &&
			   hex_value(text.at[1]) >= 0) {
			buf_byte(bytes, (char)(hex_value(text.at[0]) << 4 |
					       hex_value(text.at[1])));
			text = span_from(text, 2);
		} else {
			buf_byte(bytes, '=');
		}
	}
}

static bool
is_crlf(struct span bytes)
{
	return bytes.len >= 2 && bytes.at[0] == '\r' && bytes.at[1] == '\n';
}

/* Whether the first byte of the rest must be escaped where it stands. */
static bool
must_escape(struct span rest, bool line_start)
{
	unsigned char c = (unsigned char)rest.at[0];

	if (c == ' ' || c == '\t')
		return rest.len == 1 || is_crlf(span_from(rest, 1));
	if (c < ' ' || c > '~' || c == '=')
		return true;
	return line_start && (c == '.' || span_starts(rest, SPAN("From ")) ||
				 span_starts(rest, SPAN("--")));
}

/* How many bytes at the start can be copied as they are, room at most. A
 * blank that may end a line is not among them. */
static size_t
plain_run(struct span bytes, size_t room)
{
	size_t n = 0, end = bytes.len < room ? bytes.len : room;

	while (n < end && bytes.at[n] >= ' ' && bytes.at[n] <= '~' &&
	       bytes.at[n] != '=')
		n++;
	if (n == bytes.len || bytes.at[n] == '\r')
		while (n > 0 && bytes.at[n - 1] == ' ')
			n--;
	return n;
}

void
qp_encode(struct span bytes, struct buf *text)
{
	size_t column = 0;

	if (!text->failed && bytes.len / 4 * 5 < text->max - text->len)
		(void)buf_reserve(text, bytes.len / 4 * 5);
	while (bytes.len > 0) {
		unsigned char c = (unsigned char)bytes.at[0];
		bool escape, last;
		size_t width, run = 0;

		if (column > 0 && column < LINE_MAX_LEN - 1)
			run = plain_run(bytes, LINE_MAX_LEN - 1 - column);
		if (run > 0) {
			buf_add(text, span_first(bytes, run));
			bytes = span_from(bytes, run);
			column += run;
			continue;
		}
		if (is_crlf(bytes)) {
			buf_add(text, SPAN("\r\n"));
			bytes = span_from(bytes, 2);
			column = 0;
			continue;
		}
		escape = must_escape(bytes, column == 0);
		width = escape ? 3 : 1;
		last = bytes.len == 1 || is_crlf(span_from(bytes, 1));
		if (column + width > LINE_MAX_LEN - (last ? 0u : 1u)) {
			buf_add(text, SPAN("=\r\n"));
			column = 0;
			continue;
		}
		if (escape)
			buf_coded(text, '=', (char)c);
		else
			buf_byte(text, (char)c);
		column += width;
		bytes = span_from(bytes, 1);
	}
}

int
base64_decode(struct span text, struct buf *bytes)
{
	uint32_t bits = 0;
	unsigned have = 0;
	bool ended = false;

	if (buf_reserve(bytes, text.len / 4 * 3 + 3) < 0)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		int value = base64_values[(unsigned char)text.at[i]];

		if (value < 0) {
			ended |= text.at[i] == '=';
			continue;
		}
		if (ended)
			return -1;
		bits = bits << 6 | (unsigned)value;
		if (++have == 4) {
			char *to = bytes->at + bytes->len;

			to[0] = (char)(bits >> 16 & 0xff);
			to[1] = (char)(bits >> 8 & 0xff);
			to[2] = (char)(bits & 0xff);
			bytes->len += 3;
			have = 0;
		}
	}
	if (have == 1)
		return -1;
	if (have >= 2)
		buf_byte(bytes, (char)(bits >> (have == 2 ? 4 : 10) & 0xff));
	if (have == 3)
		buf_byte(bytes, (char)(bits >> 2 & 0xff));
	return 0;
}

void
base64_encode_word(struct span bytes, struct buf *text)
{
	base64_write(bytes, BASE64_PLAIN, text);
	buf_add(text, span_first(SPAN("=="), (3 - bytes.len % 3) % 3));
}

void
base64_encode(struct span bytes, struct buf *text)
{
	while (bytes.len > 0) {
		base64_encode_word(span_first(bytes, LINE_BYTES), text);
		buf_add(text, SPAN("\r\n"));
		bytes = span_from(bytes, LINE_BYTES);
	}
}

size_t
base64_length(size_t bytes)
{
	size_t lines = bytes / LINE_BYTES + (bytes % LINE_BYTES != 0);

	return (bytes / 3 + (bytes % 3 != 0)) * 4 + lines * 2;
}
