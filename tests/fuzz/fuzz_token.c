/* Tokens come from strangers: none of them may be authentic. */
#include "milter/sign/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct secret secret = { SPAN("k"), SPAN("0123456789abcdef") };
	const struct token_keys keys = { { &secret, 1 }, 0 };
	struct arena *arena = arena_new(1 << 22);
	struct token_claim claim;

	if (arena == NULL)
		return 0;
	if (token_check(&keys, span_of(data, size), 0, arena, &claim, NULL) ==
	    1)
		__builtin_trap();
	arena_free(&arena);
	return 0;
}
