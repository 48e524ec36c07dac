#include "milter/liquid/value/letters.h"

#include "milter/liquid/value/letters_table.h"
#include "store/base/unicode.h"

#define COUNT(table) (sizeof table / sizeof *table)

static uint32_t
map_letter(const struct letters *table, size_t count, uint32_t letter)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct letters *row = &table[middle];

		if (letter < row->first)
			high = middle;
		else if (letter > row->last)
			low = middle + 1;
		else if ((letter - row->first) % row->step == 0)
			return (uint32_t)((int32_t)letter + row->distance);
		else
			return letter;
	}
	return letter;
}

static const char *
find_text(const struct letter_text *table, size_t count, uint32_t letter)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table[middle].letter == letter)
			return table[middle].text;
		if (table[middle].letter < letter)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void
put_upper(uint32_t letter, struct buf *out)
{
	const char *text = find_text(upper_texts, COUNT(upper_texts), letter);

	if (text != NULL)
		buf_str(out, text);
	else
		unicode_write(out,
		    map_letter(upper_letters, COUNT(upper_letters), letter));
}

static void
put_lower(uint32_t letter, struct buf *out)
{
	const char *text = find_text(lower_texts, COUNT(lower_texts), letter);

	if (text != NULL)
		buf_str(out, text);
	else
		unicode_write(out,
		    map_letter(lower_letters, COUNT(lower_letters), letter));
}

static void
put_title(uint32_t letter, struct buf *out)
{
	const char *text = find_text(title_texts, COUNT(title_texts), letter);

	if (text != NULL)
		buf_str(out, text);
	else
		put_upper(letter, out);
}

void
letters_upper(struct span text, struct buf *out)
{
	for (size_t at = 0; at < text.len && !out->failed;) {
		char c = text.at[at];

		if ((unsigned char)c >= 128) {
			put_upper(unicode_next(text, &at), out);
			continue;
		}
		buf_byte(out, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
		at++;
	}
}

void
letters_lower(struct span text, struct buf *out)
{
	for (size_t at = 0; at < text.len && !out->failed;) {
		char c = text.at[at];

		if ((unsigned char)c >= 128) {
			put_lower(unicode_next(text, &at), out);
			continue;
		}
		buf_byte(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
		at++;
	}
}

void
letters_capital(struct span text, struct buf *out)
{
	size_t at = 0;

	if (text.len == 0)
		return;
	if ((unsigned char)*text.at >= 128)
		put_title(unicode_next(text, &at), out);
	else
		letters_upper(span_first(text, at = 1), out);
	letters_lower(span_from(text, at), out);
}

/* Whole words of plain ASCII are counted at once. */
static size_t
ascii_run(struct span text, size_t at, size_t most)
{
	size_t n = 0;

	while (n < most && at + n < text.len &&
	       (unsigned char)text.at[at + n] < 128)
		n++;
	return n;
}

size_t
letters_bytes(struct span text, size_t count)
{
	size_t at = 0;

	while (count > 0 && at < text.len) {
		size_t run = ascii_run(text, at, count);

		at += run;
		count -= run;
		if (run == 0) {
			unicode_next(text, &at);
			count--;
		}
	}
	return at;
}

size_t
letters_count(struct span text)
{
	size_t at = 0, count = 0;

	while (at < text.len) {
		size_t run = ascii_run(text, at, text.len);

		at += run;
		count += run;
		if (run == 0) {
			unicode_next(text, &at);
			count++;
		}
	}
	return count;
}

bool
letters_valid(struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		uint32_t point = unicode_next(text, &at);

		if (point >= 0xDC00 && point <= 0xDFFF)
			return false;
	}
	return true;
}
