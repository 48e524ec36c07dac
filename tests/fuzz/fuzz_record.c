/*
 * Any bytes as a stored value: sound only if sealing what was read gives
 * the very same bytes.
 */
#include <stdlib.h>

#include "store/record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct stored value;
	char *again;

	if (record_check(SPAN("key"), 1, span_of(bytes, len), &value)) {
		again = malloc(len);
		if (again == NULL)
			return 0;
		record_seal(again, SPAN("key"), 1, value.version, value.bytes);
		if (memcmp(again, bytes, len) != 0)
			abort();
		free(again);
	} else if (!value.corrupt || value.bytes.len != 0) {
		abort();
	}
	return 0;
}
