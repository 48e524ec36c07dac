/* Any bytes as a mailbox of delivery reports and complaints: its messages
 * follow each other and lie within it, what a report tells names a message
 * and a recipient, and whoever reads it again reads the same. */
#include <stdlib.h>

#include "tools/input/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(const struct report_news *news)
{
	struct span id = news->message_id;

	if (id.len == 0 || span_find(id, '\n') < id.len ||
	    news->recipient.len == 0 || news->state > EXPOSURE_STATES)
		abort();
}

/* How much a message tells, or -1. */
static int
read_one(struct span message, struct arena *arena)
{
	struct report_news *news = NULL;
	int told = 0, is_report;

	arena_reset(arena);
	is_report = report_read(message, arena, &news, NULL);
	if (is_report < 0)
		return -1;
	if (is_report == 0)
		return 0;
	for (; news != NULL; news = news->next, told++)
		check(news);
	return told + 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct arena *arena;
	struct span rest = span_of(bytes, len), message;
	const char *end = rest.at;

	if (arena == NULL)
		arena = arena_new((size_t)16 << 20);
	while (mbox_next(&rest, &message) == 1) {
		if (message.len != 0 &&
		    (message.at < end ||
			message.at + message.len > (const char *)bytes + len))
			abort();
		if (message.len != 0)
			end = message.at + message.len;
		if (read_one(message, arena) != read_one(message, arena))
			abort();
	}
	return 0;
}
