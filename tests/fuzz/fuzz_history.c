/*
 * Any bytes as a history: refused, or read and written and read again to
 * the same bytes; folding loses no count.
 */
#include <stdlib.h>

#include "store/record/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
encode_twice(const struct history *history, struct arena *arena)
{
	struct history again;
	struct buf one, two;

	buf_init(&one, arena, (size_t)1 << 22);
	buf_init(&two, arena, (size_t)1 << 22);
	if (history_encode(history, arena, &one, NULL) < 0)
		return;
	if (history_decode(buf_span(&one), arena, &again, NULL) < 0)
		abort();
	if (history_encode(&again, arena, &two, NULL) < 0)
		return;
	if (!span_eq(buf_span(&one), buf_span(&two)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new((size_t)1 << 26);
	struct history history;
	struct block_seen before, after;
	struct span block = SPAN_NONE;

	if (history_decode(span_of(bytes, len), arena, &history, NULL) == 0 &&
	    history.exposure_count < 500) {
		encode_twice(&history, arena);
		if (history.exposure_count != 0 &&
		    history.exposures[0].slot_count != 0)
			(void)arena_dup(
			    arena, history.exposures[0].slots[0].block, &block);
		before = history_seen(&history, block, INT64_MIN);
		if (history_fold(&history,
			&(struct history_keep){ .before = 0 }, arena,
			NULL) >= 0) {
			after = history_seen(&history, block, INT64_MIN);
			if (before.ever != after.ever)
				abort();
			encode_twice(&history, arena);
		}
		history_expire(&history, INT64_MAX, 0);
		(void)history_topic_counts(&history, block, true);
	}
	arena_free(&arena);
	return 0;
}
