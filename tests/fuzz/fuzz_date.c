#include "milter/liquid/date/date.h"

#include <stdlib.h>

/* The text of a date, a line end, and a format, in two languages. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_of(data, size);
	struct span text = span_first(all, span_find(all, '\n'));
	struct arena *arena = arena_new((size_t)1 << 20);
	const struct zone *zone = zone_utc();
	struct date date;
	unsigned work;
	struct buf out;

	if (arena == NULL)
		return 0;
	if (size > 0 && data[0] % 2)
		zone_read(NULL, SPAN("America/New_York"), arena, &zone, NULL);
	if (date_parse(text, 1704067318, 5, zone, &date, &work)) {
		buf_init_heap(&out, 100000);
		date_format(
		    &date, span_from(all, text.len + 1), NULL, &out, NULL);
		date_format(&date, span_from(all, text.len + 1),
		    locale_find(SPAN("tr")), &out, NULL);
		if (date.month < 1 || date.month > 12 || date.day < 1 ||
		    date.day > 31 || date.hour < 0 || date.hour > 23)
			abort();
		buf_deinit(&out);
	}
	arena_free(&arena);
	return 0;
}
