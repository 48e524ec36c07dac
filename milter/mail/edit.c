#include "milter/mail/edit.h"

/* The index of the first edit that does not lie before start; insertions at
 * start do. */
static size_t
place_of(const struct edits *edits, size_t start)
{
	size_t low = 0, high = edits->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct edit *edit = &edits->at[middle];

		if (edit->start < start ||
		    (edit->start == start && edit->end == start))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int
make_room(struct edits *edits, struct arena *arena)
{
	size_t more = edits->room ? edits->room * 2 : 8;
	struct edit *at;

	if (edits->count < edits->room)
		return 0;
	at = arena_grow(
	    arena, edits->at, edits->room * sizeof *at, more * sizeof *at);
	if (at == NULL)
		return -1;
	edits->at = at;
	edits->room = more;
	return 0;
}

int
edits_add(struct edits *edits, size_t start, size_t end, struct span bytes,
    struct arena *arena, struct err *err)
{
	size_t at = place_of(edits, start);
	struct edit *edit;

	if (make_room(edits, arena) < 0)
		return err_set(
		    err, ERR_MEMORY, "the message needs too much memory");
	edit = &edits->at[at];
	if (at < edits->count && edit->start == start && edit->end == end &&
	    end > start) {
		edit->bytes = bytes;
		return 0;
	}
	if ((at > 0 && edit[-1].end > start) ||
	    (at < edits->count && edit->start < end))
		return err_set(err, ERR_INPUT, "two edits of the same bytes");
	memmove(edit + 1, edit, (edits->count - at) * sizeof *edit);
	*edit = (struct edit){ start, end, bytes };
	edits->count++;
	return 0;
}

bool
edits_replace(const struct edits *edits, size_t start)
{
	size_t at = place_of(edits, start);

	return at < edits->count && edits->at[at].start == start;
}

void
edits_write(const struct edits *edits, struct span original, size_t start,
    size_t end, struct buf *buf)
{
	size_t at = start;

	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *edit = &edits->at[i];

		if (edit->start < start)
			continue;
		if (edit->end > end)
			break;
		buf_add(buf, span_of(original.at + at, edit->start - at));
		buf_add(buf, edit->bytes);
		at = edit->end;
	}
	buf_add(buf, span_of(original.at + at, end - at));
}
