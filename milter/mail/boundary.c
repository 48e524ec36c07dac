#include "milter/mail/boundary.h"

#include "store/base/hash.h"

int
boundaries_push(struct boundaries *boundaries, struct part *part,
    struct span boundary, struct arena *arena)
{
	struct open_boundary *at = boundaries->at;

	if (boundaries->count == boundaries->room) {
		size_t more = boundaries->room ? boundaries->room * 2 : 8;

		at = arena_grow(arena, at, boundaries->room * sizeof *at,
		    more * sizeof *at);
		if (at == NULL)
			return -1;
		boundaries->at = at;
		boundaries->room = more;
	}
	at[boundaries->count++] =
	    (struct open_boundary){ hash_xxh3(boundary), boundary, part };
	return 0;
}

void
boundaries_pop(struct boundaries *boundaries, const struct part *part)
{
	while (boundaries->count > 0 &&
	       boundaries->at[boundaries->count - 1].part != part)
		boundaries->count--;
}

struct part *
boundaries_match(const struct boundaries *boundaries, struct span line,
    size_t *from, enum delimiter *kind)
{
	struct span next, close = SPAN_NONE;
	uint64_t next_hash, close_hash = 0;

	*kind = DELIMITER_NONE;
	if (*from == 0 || !span_starts(line, SPAN("--")))
		return NULL;
	while (line.len > 2 &&
	       (line.at[line.len - 1] == ' ' || line.at[line.len - 1] == '\t'))
		line.len--;
	next = span_from(line, 2);
	next_hash = hash_xxh3(next);
	if (span_ends(next, SPAN("--"))) {
		close = span_first(next, next.len - 2);
		close_hash = hash_xxh3(close);
	}
	while (*from > 0) {
		const struct open_boundary *open = &boundaries->at[--*from];

		if (open->hash == next_hash && span_eq(open->boundary, next))
			*kind = DELIMITER_NEXT;
		else if (open->hash == close_hash && close.at != NULL &&
			 span_eq(open->boundary, close))
			*kind = DELIMITER_CLOSE;
		else
			continue;
		return open->part;
	}
	return NULL;
}

bool
boundaries_clash(struct span a, struct span b)
{
	if (a.len < b.len)
		return b.len == a.len + 2 && span_starts(b, a) &&
		       span_ends(b, SPAN("--"));
	if (a.len > b.len)
		return a.len == b.len + 2 && span_starts(a, b) &&
		       span_ends(a, SPAN("--"));
	return span_eq(a, b);
}
