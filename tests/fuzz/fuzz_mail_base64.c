/*
 * Any bytes as base64, and back.
 */
#include <stdlib.h>

#include "milter/mail/codec.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct buf decoded, encoded, again;

	buf_init_heap(&decoded, LIMIT);
	buf_init_heap(&encoded, LIMIT);
	buf_init_heap(&again, LIMIT);
	(void)base64_decode(span_of(bytes, len), &decoded);
	if (decoded.len > len)
		abort();
	base64_encode(span_of(bytes, len), &encoded);
	if (encoded.len != base64_length(len) ||
	    base64_decode(buf_span(&encoded), &again) < 0 ||
	    !span_eq(buf_span(&again), span_of(bytes, len)))
		abort();
	buf_deinit(&decoded);
	buf_deinit(&encoded);
	buf_deinit(&again);
	return 0;
}
