/*
 * Any line as a pattern, the rest as a value: compiled or refused with a
 * column, matched without a crash, and alike both times.
 */
#include <stdlib.h>

#include "store/base/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span input = span_of(bytes, len);
	size_t end = span_find(input, '\n');
	struct span value = span_from(input, end + 1);
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	struct regex *regex;

	if (arena == NULL)
		return 0;
	if (regex_compile(span_first(input, end), arena, &regex, &err) == 0) {
		if (regex_matches(regex, value) != regex_matches(regex, value))
			abort();
	} else if (err.code == ERR_INPUT &&
		   (err.column == 0 || err.column > end + 1)) {
		abort();
	}
	arena_free(&arena);
	return 0;
}
