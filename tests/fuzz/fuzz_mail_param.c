/*
 * Any bytes as Content-Type with RFC 2231 parameters; any value written reads
 * back.
 */
#include <stdlib.h>

#include "milter/mail/charset.h"
#include "milter/mail/mime_parameter.h"
#include "store/base/buf.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(LIMIT);
	struct err err = ERR_INIT;
	struct span value = span_of(bytes, len), text;
	struct mime_value content;
	struct buf field;

	(void)mime_value_read(value, arena, &content, &err);
	buf_init(&field, arena, LIMIT);
	if (utf8_valid(value) && mime_parameter_write(SPAN("filename"), value,
				     arena, &text, &err) == 0) {
		const struct mime_parameter *param;

		buf_str(&field, "attachment");
		buf_add(&field, text);
		if (mime_value_read(buf_span(&field), arena, &content, &err) <
		    0)
			abort();
		param = mime_value_param(&content, SPAN("filename"));
		/* More than 128 sections are not read. */
		if (len < 1024 &&
		    (param == NULL || !span_eq(param->value, value)))
			abort();
	}
	arena_free(&arena);
	return 0;
}
