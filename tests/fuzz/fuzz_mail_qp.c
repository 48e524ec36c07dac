/*
 * Any bytes as quoted-printable, and back.
 */
#include <stdlib.h>

#include "milter/mail/codec.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct buf decoded, encoded, again;
	size_t column = 0;

	buf_init_heap(&decoded, LIMIT);
	buf_init_heap(&encoded, LIMIT);
	buf_init_heap(&again, LIMIT);
	qp_decode(span_of(bytes, len), &decoded);
	if (decoded.len > len)
		abort();
	qp_encode(span_of(bytes, len), &encoded);
	for (size_t i = 0; i < encoded.len; i++) {
		column = encoded.at[i] == '\n' ? 0 : column + 1;
		if (column > 77 || (unsigned char)encoded.at[i] > '~')
			abort();
	}
	qp_decode(buf_span(&encoded), &again);
	if (!span_eq(buf_span(&again), span_of(bytes, len)))
		abort();
	buf_deinit(&decoded);
	buf_deinit(&encoded);
	buf_deinit(&again);
	return 0;
}
