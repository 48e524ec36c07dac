/*
 * Edits from any bytes, three for each: where they are taken, the result is
 * what replacing byte by byte gives.
 */
#include <stdlib.h>

#include "milter/mail/edit.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define TEXT_LEN 256

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(LIMIT);
	struct edits edits = { NULL, 0, 0 };
	struct buf out, want;
	char text[TEXT_LEN];
	size_t at = 0;

	for (size_t i = 0; i < TEXT_LEN; i++)
		text[i] = (char)i;
	for (size_t i = 0; i + 3 <= len; i += 3) {
		size_t start = bytes[i], end = start + bytes[i + 1] % 16;

		if (end <= TEXT_LEN)
			(void)edits_add(&edits, start, end,
			    span_of(bytes + i, bytes[i + 2] % 3), arena, NULL);
	}
	buf_init(&out, arena, LIMIT);
	buf_init(&want, arena, LIMIT);
	edits_write(&edits, span_of(text, TEXT_LEN), 0, TEXT_LEN, &out);
	for (size_t i = 0; i < edits.count; i++) {
		if (edits.at[i].start < at || edits.at[i].end > TEXT_LEN)
			abort();
		buf_add(&want, span_of(text + at, edits.at[i].start - at));
		buf_add(&want, edits.at[i].bytes);
		at = edits.at[i].end;
	}
	buf_add(&want, span_of(text + at, TEXT_LEN - at));
	if (!span_eq(buf_span(&out), buf_span(&want)))
		abort();
	arena_free(&arena);
	return 0;
}
