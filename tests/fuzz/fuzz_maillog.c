/*
 * Any bytes as a line of the mail log: what it reports lies within the line,
 * or within the room for what had to be unescaped.
 */
#include <stdlib.h>

#include "tools/input/maillog.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool
lies_in(struct span part, const char *at, size_t len)
{
	return part.at >= at && part.at + part.len <= at + len;
}

static void
within(struct span part, const void *bytes, size_t len, const struct buf *other)
{
	if (part.len != 0 && !lies_in(part, bytes, len) &&
	    !lies_in(part, other->at, other->len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct maillog_event event;
	struct buf scratch;

	buf_init_heap(&scratch, 1 << 20);
	event = maillog_read(span_of(bytes, len), 1774000000, &scratch);
	within(event.queue, bytes, len, &scratch);
	within(event.message_id, bytes, len, &scratch);
	within(event.to, bytes, len, &scratch);
	within(event.orig_to, bytes, len, &scratch);
	within(event.next, bytes, len, &scratch);
	within(event.cursor, bytes, len, &scratch);
	buf_deinit(&scratch);
	return 0;
}
