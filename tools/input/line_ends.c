#include "tools/input/line_ends.h"

#include "store/base/buf.h"

int
line_ends_crlf(
    struct span text, struct arena *arena, struct span *out, struct err *err)
{
	struct buf made;

	buf_init(&made, arena, 2 * text.len);
	while (text.len != 0) {
		size_t end = span_find(text, '\n');
		struct span line = span_first(text, end);

		buf_add(&made, line);
		if (end < text.len)
			buf_str(
			    &made, span_ends(line, SPAN("\r")) ? "\n" : "\r\n");
		text = span_from(text, end + 1);
	}
	if (made.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	*out = buf_span(&made);
	return 0;
}
