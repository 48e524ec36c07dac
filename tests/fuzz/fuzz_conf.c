/* inlay.conf: any bytes make settings or one error, and never more. */
#include "milter/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings;
	struct err err = ERR_INIT;
	int status =
	    settings_parse(span_of(data, size), "fuzz", &settings, &err);

	if ((status == 0) != (err.code == ERR_NONE) ||
	    (status == 0) != (settings != NULL))
		__builtin_trap();
	settings_free(&settings);
	return 0;
}
