/*
 * Any bytes as a header section: every piece of text can be set, and the value
 * that results stays one header.
 */
#include <stdlib.h>

#include "milter/mail/header.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
one_header(struct span value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] == '\r' || value.at[i] == '\0' ||
		    (value.at[i] == '\n' &&
			(i + 1 == value.len || (value.at[i + 1] != ' ' &&
						   value.at[i + 1] != '\t'))))
			abort();
}

static void
rejoin(const struct header_field *field, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct header header;
	struct span texts[16], value;

	if (header_read(field, arena, &header, &err) < 0 || header.count > 16)
		return;
	for (size_t i = 0; i < header.count; i++)
		texts[i] = header.pieces[i].text;
	if (header_join(&header, texts, arena, &value, &err) == 0)
		one_header(value);
	/* Nothing in a name adds an address. */
	for (size_t i = 0; i < header.count; i++)
		if (header.pieces[i].kind == PIECE_NAME)
			texts[i] = SPAN("x\" <a@b>, \"y\r\nBcc: c@d");
	if (header_join(&header, texts, arena, &value, &err) == 0) {
		struct header_field again = *field;
		struct header read;

		one_header(value);
		again.value = value;
		if (header.list != NULL &&
		    header_read(&again, arena, &read, &err) == 0 &&
		    read.count > header.count)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(LIMIT);
	struct err err = ERR_INIT;
	struct fields fields;
	size_t used, separator;

	if (fields_read(span_of(bytes, len), arena, &fields, &used, &separator,
		&err) == 0)
		for (size_t i = 0; i < fields.count; i++)
			rejoin(&fields.at[i], arena);
	arena_free(&arena);
	return 0;
}
