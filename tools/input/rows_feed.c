/* What the formats of rows read from. */
#include "store/base/unicode.h"
#include "tools/input/input_stream.h"
#include "tools/input/rows_format.h"

int
feed_fill(struct feed *feed, struct err *err)
{
	ssize_t got;

	if (feed->at < feed->len)
		return 1;
	feed->at = 0;
	feed->len = 0;
	got = input_stream_read(
	    feed->source, feed->bytes, sizeof(feed->bytes), err);
	if (got < 0)
		return -1;
	feed->len = (size_t)got;
	return got > 0;
}

bool
rows_text_fault(struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		unsigned char c = (unsigned char)text.at[at];
		uint32_t point;

		if (c >= ' ' && c < 0x80) {
			at++;
			continue;
		}
		point = unicode_next(text, &at);
		if (point == 0 || (point >= 0xdc00 && point < 0xdd00))
			return true;
	}
	return false;
}
