/*
 * Any bytes as HTML and as plain text with links: marked again, nothing
 * changes, as many links are counted, and without the marks it is as long as
 * it was or longer by what stands before them.
 */
#include <stdlib.h>

#include "milter/template/link_mark.h"

#define MARK "ABCDEFGHIJKLMNOPQRSTUA"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
mark(struct span text, bool html)
{
	struct span domains[] = { SPAN("shop.example"), SPAN("*.cdn.example") };
	const struct campaign campaign = { .unsubscribe_url =
					       SPAN("https://shop.example/u"),
		.links = { .domains = domains,
		    .domain_count = 2,
		    .mark = SPAN("iv") } };
	struct arena *arena = arena_new((size_t)64 << 20);
	struct span once, twice;
	size_t first = 0, second = 0;

	if (link_mark_text(&campaign, text, html, SPAN(MARK), arena, &once,
		&first, NULL) < 0 ||
	    link_mark_text(&campaign, once, html, SPAN(MARK), arena, &twice,
		&second, NULL) < 0)
		abort();
	if (!span_eq(once, twice) || first != second || once.len < text.len)
		abort();
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	mark(span_of(bytes, len), true);
	mark(span_of(bytes, len), false);
	return 0;
}
