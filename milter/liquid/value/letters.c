#include "milter/liquid/value/letters.h"

#include "store/base/ascii.h"
#include "store/base/unicode.h"

void
letters_upper(struct span text, struct buf *out)
{
	for (size_t at = 0; at < text.len && !out->failed;) {
		char c = text.at[at];

		if ((unsigned char)c >= 128) {
			unicode_write_upper(out, unicode_next(text, &at));
			continue;
		}
		buf_byte(out, ascii_upper(c));
		at++;
	}
}

void
letters_lower(struct span text, struct buf *out)
{
	for (size_t at = 0; at < text.len && !out->failed;) {
		char c = text.at[at];

		if ((unsigned char)c >= 128) {
			unicode_write_lower(out, unicode_next(text, &at));
			continue;
		}
		buf_byte(out, ascii_lower(c));
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
		unicode_write_title(out, unicode_next(text, &at));
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
