/*
 * Any bytes as the list of bounces that an export holds: what is read is kept
 * in order, one a day, and reads back from what is printed of it.
 */
#include <stdlib.h>

#include "store/record/bounce.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check(const struct bounce *list, size_t count, struct arena *arena)
{
	struct bounce *again;
	struct buf text;
	size_t number;

	buf_init(&text, arena, 64 * BOUNCES_MAX);
	bounces_print(list, count, &text);
	if (count > BOUNCES_MAX || text.failed ||
	    bounces_read(buf_span(&text), arena, &again, &number, NULL) != 1 ||
	    number != count)
		abort();
	for (size_t i = 0; i < count; i++)
		if (again[i].day != list[i].day ||
		    again[i].status != list[i].status ||
		    bounce_kind(list[i].status) > BOUNCE_HARD ||
		    (i != 0 && list[i - 1].day >= list[i].day))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new((size_t)4 << 20);
	struct bounce *list;
	size_t count;

	if (arena &&
	    bounces_read(span_of(bytes, len), arena, &list, &count, NULL) == 1)
		check(list, count, arena);
	arena_free(&arena);
	return 0;
}
