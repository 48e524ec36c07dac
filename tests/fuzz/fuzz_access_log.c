/*
 * Any bytes as a line of a web server's log, in both forms: what it says lies
 * within the line or the arena, and each parameter within the target.
 */
#include <stdlib.h>

#include "tools/input/access_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
look_at(const struct access_request *request)
{
	struct span target = request->target, name, value;

	(void)access_is_scanner(request->agent);
	for (size_t at = 0; access_parameter(target, &at, &name, &value);)
		if (name.at < target.at ||
		    value.at + value.len > target.at + target.len ||
		    name.len + value.len > target.len)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const enum access_format formats[] = { ACCESS_AUTO,
		ACCESS_COMBINED, ACCESS_JSON };
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < 3; i++) {
		struct access_request request;

		if (access_log_read(
			span_of(bytes, len), formats[i], arena, &request))
			look_at(&request);
	}
	arena_free(&arena);
	return 0;
}
