/*
 * Any bytes as a line of the mail log: what it reports lies within the line.
 */
#include <stdlib.h>

#include "tools/input/maillog.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
within(struct span part, const uint8_t *bytes, size_t len)
{
	const uint8_t *at = (const uint8_t *)part.at;

	if (part.len != 0 && (at < bytes || at + part.len > bytes + len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct maillog_event event =
	    maillog_read(span_of(bytes, len), 1774000000);

	within(event.queue, bytes, len);
	within(event.message_id, bytes, len);
	within(event.to, bytes, len);
	within(event.orig_to, bytes, len);
	within(event.next, bytes, len);
	return 0;
}
