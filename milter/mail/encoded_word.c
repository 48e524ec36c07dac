#include "milter/mail/encoded_word.h"

#include "store/base/ascii.h"
#include "milter/mail/charset.h"
#include "milter/mail/codec.h"

#define FOLD 76
#define WORD_MAX 75
#define PREFIX "=?UTF-8?Q?"
#define WORD_EXTRA (sizeof PREFIX - 1 + 2)
/* A word longer than this gets encoded, as nothing else can break it before
 * the 998 characters of RFC 5322 section 2.1.1. */
#define UNBROKEN_MAX 800

/* "=?charset?encoding?text?=" as it stands. */
struct word {
	struct span charset;
	struct span text;
	char encoding; /* 'q' or 'b' */
	size_t length; /* of the whole */
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Reads the encoded word at the start of text. */
static bool
word_read(struct span text, struct word *word)
{
	struct span rest = span_from(text, 2);
	size_t at, end;

	if (!span_starts(text, SPAN("=?")))
		return false;
	at = span_find(span_first(rest, 80), '?');
	if (at == 0 || at + 2 >= rest.len || rest.at[at] != '?' ||
	    rest.at[at + 2] != '?')
		return false;
	word->charset = span_first(rest, at);
	word->charset =
	    span_first(word->charset, span_find(word->charset, '*'));
	word->encoding = (char)(rest.at[at + 1] | 0x20);
	if (word->encoding != 'q' && word->encoding != 'b')
		return false;
	rest = span_from(rest, at + 3);
	end = span_find(rest, '?');
	if (end + 1 >= rest.len || rest.at[end + 1] != '=')
		return false;
	word->text = span_first(rest, end);
	word->length = (size_t)(rest.at + end + 2 - text.at);
	return true;
}

static void
q_decode(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '_') {
			buf_byte(out, ' ');
		} else if (c == '=' && i + 2 < text.len &&
			   hex_value(text.at[i + 1]) >= 0 &&
			   hex_value(text.at[i + 2]) >= 0) {
			buf_byte(out, (char)(hex_value(text.at[i + 1]) << 4 |
					     hex_value(text.at[i + 2])));
			i += 2;
		} else {
			buf_byte(out, c);
		}
	}
}

static int
word_bytes(const struct word *word, struct buf *out)
{
	if (word->encoding == 'b')
		return base64_decode(word->text, out);
	q_decode(word->text, out);
	return 0;
}

static size_t
blanks(struct span text)
{
	size_t n = 0;

	while (n < text.len && is_blank(text.at[n]))
		n++;
	return n;
}

/* Decodes the run of encoded words in one charset at the start of text; the
 * blanks between them go (RFC 2047 section 6.2). Returns the length of the
 * run, 0 where there is none. */
static size_t
run_decode(struct span text, struct arena *arena, struct buf *out)
{
	struct err ignored = ERR_INIT;
	struct word word;
	struct span charset = SPAN_NONE, utf8;
	struct buf bytes;
	size_t used = 0, at = 0;
	bool readable = true;

	buf_init(&bytes, arena, SIZE_MAX / 4);
	while (word_read(span_from(text, at), &word)) {
		if (used != 0 && !span_caseeq(word.charset, charset))
			break;
		charset = word.charset;
		readable = word_bytes(&word, &bytes) == 0 && readable;
		used = at + word.length;
		at = used + blanks(span_from(text, used));
	}
	if (used == 0)
		return 0;
	if (bytes.failed || !readable ||
	    charset_decode(charset, buf_span(&bytes), arena, &utf8, &ignored) <
		0)
		utf8 = span_first(text, used);
	out->failed |= bytes.failed || ignored.code == ERR_MEMORY;
	buf_add(out, utf8);
	return used;
}

int
encoded_words_decode(
    struct span line, struct arena *arena, struct span *utf8, struct err *err)
{
	struct word word;
	struct buf out;
	bool after_word = false;

	if (!utf8_valid(line))
		return err_set(
		    err, ERR_DECODE, "8-bit header that is not UTF-8");
	buf_init(&out, arena, SIZE_MAX / 4);
	while (line.len > 0) {
		size_t at = span_find(line, '=');
		size_t used = 0;

		if (!word_read(span_from(line, at), &word)) {
			buf_add(&out, span_first(line, at + 1));
			line = span_from(line, at + 1);
			after_word = false;
			continue;
		}
		/* Blanks between two runs in different charsets go, too. */
		if (!after_word || blanks(line) != at)
			buf_add(&out, span_first(line, at));
		used = run_decode(span_from(line, at), arena, &out);
		line = span_from(line, at + used);
		after_word = true;
	}
	if (out.failed)
		return full(err);
	*utf8 = buf_span(&out);
	return 0;
}

static bool
needs_encoding(struct span word)
{
	for (size_t i = 0; i < word.len; i++) {
		unsigned char c = (unsigned char)word.at[i];

		if (c < ' ' || c >= 0x7f ||
		    (c == '=' && i + 1 < word.len && word.at[i + 1] == '?'))
			return true;
	}
	return word.len > UNBROKEN_MAX;
}

/* RFC 2047 section 5 (3): what may stand for itself in a phrase, and so
 * anywhere. The blank becomes "_". */
static bool
is_q_safe(char c)
{
	return ascii_is_digit(c) || ascii_is_letter(c) || c == ' ' ||
	       c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static size_t
q_length(struct span text)
{
	size_t length = 0;

	for (size_t i = 0; i < text.len; i++)
		length += is_q_safe(text.at[i]) ? 1 : 3;
	return length;
}

static void
q_encode(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == ' ')
			buf_byte(out, '_');
		else if (is_q_safe(c))
			buf_byte(out, c);
		else
			buf_coded(out, '=', c);
	}
}

static size_t
b_length(struct span text)
{
	return (text.len + 2) / 3 * 4;
}

/* The longest start of the text, in whole characters, that room holds. */
static struct span
fitting(struct span text, size_t room, bool base64)
{
	size_t n = 0, length = 0;

	while (n < text.len) {
		size_t more = utf8_length(span_from(text, n));
		struct span next = span_first(text, n + more);

		length = base64 ? b_length(next)
				: length + q_length(span_from(next, n));
		if (length > room && n > 0)
			break;
		n += more;
	}
	return span_first(text, n);
}

static void
fold(struct buf *line, size_t *column)
{
	buf_add(line, SPAN("\n "));
	*column = 1;
}

void
encoded_words_encode_phrase(struct span text, struct buf *line, size_t *column)
{
	bool base64 = b_length(text) < q_length(text);
	bool first = true;

	while (text.len > 0) {
		struct span part;
		size_t room = WORD_MAX - WORD_EXTRA;

		/* Twelve: the longest character there is. */
		if (!first || *column + WORD_EXTRA + 12 > FOLD)
			fold(line, column);
		if (*column + WORD_EXTRA + room > FOLD)
			room = FOLD - *column - WORD_EXTRA;
		part = fitting(text, room, base64);
		*column +=
		    WORD_EXTRA + (base64 ? b_length(part) : q_length(part));
		buf_str(line, base64 ? "=?UTF-8?B?" : PREFIX);
		if (base64)
			base64_encode_word(part, line);
		else
			q_encode(part, line);
		buf_add(line, SPAN("?="));
		text = span_from(text, part.len);
		first = false;
	}
}

static struct span
next_word(struct span text)
{
	size_t n = 0;

	while (n < text.len && !is_blank(text.at[n]))
		n++;
	return span_first(text, n);
}

/* From the first word, which needs encoding, to the last one that does with
 * only such words between. */
static struct span
encoded_run(struct span text)
{
	size_t end = next_word(text).len;

	for (;;) {
		size_t gap = blanks(span_from(text, end));
		struct span word = next_word(span_from(text, end + gap));

		if (word.len == 0 || !needs_encoding(word))
			return span_first(text, end);
		end += gap + word.len;
	}
}

void
encoded_words_encode(struct span text, struct buf *line, size_t *column)
{
	bool first = true;

	while (text.len > 0) {
		struct span gap = span_first(text, blanks(text));
		struct span word = next_word(span_from(text, gap.len));
		bool encode = needs_encoding(word);
		size_t need = encode ? WORD_EXTRA + 12 : word.len;

		if (word.len == 0)
			return;
		if (!first && *column + gap.len + need > FOLD) {
			buf_byte(line, '\n');
			*column = 0;
			/* No line of nothing but blanks. */
			if (gap.len + need > FOLD && gap.len > 1) {
				text = span_from(text, gap.len - 1);
				gap = span_first(text, 1);
			}
		}
		buf_add(line, gap);
		*column += gap.len;
		if (encode) {
			word = encoded_run(span_from(text, gap.len));
			encoded_words_encode_phrase(word, line, column);
		} else {
			buf_add(line, word);
			*column += word.len;
		}
		text = span_from(text, gap.len + word.len);
		first = false;
	}
}
