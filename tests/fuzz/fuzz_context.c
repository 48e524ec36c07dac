#include "milter/liquid/html/context.h"

#include <stdlib.h>

/*
 * HTML in which each NUL stands for a value: cut anywhere, it comes to the
 * same place; joined with itself it stays there; every place has an escaper
 * and a name.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct context *context)
{
	struct context joined;

	if (!context_join(context, context, &joined) ||
	    !context_equal(context, &joined))
		abort();
	if (context_name(context)[0] == '\0' ||
	    context_escape(context) == ESCAPE_NONE)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct context whole = context_start(), pieces = context_start();

	while (text.len != 0) {
		size_t literal = span_find(text, '\0');

		context_advance(&whole, span_first(text, literal));
		for (size_t i = 0; i < literal; i++)
			context_advance(&pieces, span_of(text.at + i, 1));
		check(&whole);
		if (!context_equal(&whole, &pieces))
			abort();
		if (literal < text.len) {
			context_value(&whole);
			context_value(&pieces);
			check(&whole);
		}
		text = span_from(text, literal + 1);
	}
	return 0;
}
