/*
 * Any bytes as header text with encoded words; any text encoded reads back.
 */
#include <stdlib.h>

#include "milter/mail/charset.h"
#include "milter/mail/header.h"
#include "milter/mail/encoded_word.h"

#define LIMIT ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

/* Runs of blanks and controls count as one blank. */
static bool
same_words(struct span a, struct span b)
{
	size_t i = 0, j = 0;

	while (i < a.len && j < b.len) {
		if (is_blank(a.at[i]) != is_blank(b.at[j]))
			return false;
		if (!is_blank(a.at[i])) {
			if (a.at[i++] != b.at[j++])
				return false;
			continue;
		}
		while (i < a.len && is_blank(a.at[i]))
			i++;
		while (j < b.len && is_blank(b.at[j]))
			j++;
	}
	return i == a.len && j == b.len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new(LIMIT);
	struct err err = ERR_INIT;
	struct span text = span_of(bytes, len), value, line, back;
	struct header_field field = { .name = SPAN("Subject") };

	(void)encoded_words_decode(text, arena, &back, &err);
	err_clear(&err);
	if (header_value(SPAN("Subject"), text, arena, &value, &err) == 0) {
		char *flat = arena_alloc(arena, len);

		field.value = value;
		if (flat == NULL ||
		    field_unfold(&field, arena, &line, &err) < 0 ||
		    encoded_words_decode(line, arena, &back, &err) < 0)
			abort();
		for (size_t i = 0; i < len; i++)
			flat[i] = (char)(bytes[i] < ' ' || bytes[i] == 0x7f
					     ? ' '
					     : bytes[i]);
		if (!same_words(span_trim(span_of(flat, len)), back))
			abort();
	}
	arena_free(&arena);
	return 0;
}
