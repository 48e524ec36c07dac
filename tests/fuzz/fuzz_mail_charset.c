/*
 * A charset name, a zero byte, and bytes in it: what converts to UTF-8 is UTF-8
 * and converts back to bytes that read the same.
 */
#include <stdlib.h>

#include "milter/mail/charset.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(LIMIT);
	struct err err = ERR_INIT;
	struct span input = span_of(bytes, len), utf8, back, again;
	struct span charset = span_first(input, span_find(input, '\0'));
	struct span text = span_from(input, charset.len + 1);

	if (charset_decode(charset, text, arena, &utf8, &err) == 0) {
		if (!utf8_valid(utf8))
			abort();
		if (charset_encode(charset, utf8, arena, &back, &err) == 1 &&
		    charset_decode(charset, back, arena, &again, &err) == 0 &&
		    !span_eq(again, utf8))
			abort();
	}
	arena_free(&arena);
	return 0;
}
