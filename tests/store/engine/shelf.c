#include "tests/store/engine/shelf.h"

#include "store/record/record.h"

#include <stdlib.h>

size_t
shelf_find(const struct shelf *shelf, struct span name)
{
	size_t low = 0, high = shelf->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (span_cmp(cell_name(&shelf->cells[middle]), name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct cell *
shelf_get(const struct shelf *shelf, struct span name)
{
	size_t at = shelf_find(shelf, name);

	if (at < shelf->count && span_eq(cell_name(&shelf->cells[at]), name))
		return &shelf->cells[at];
	return NULL;
}

void
shelf_drop(struct shelf *shelf, struct span name)
{
	size_t at = shelf_find(shelf, name);

	if (at == shelf->count || !span_eq(cell_name(&shelf->cells[at]), name))
		return;
	free(shelf->cells[at].name);
	free(shelf->cells[at].sealed);
	shelf->count--;
	memmove(&shelf->cells[at], &shelf->cells[at + 1],
	    (shelf->count - at) * sizeof *shelf->cells);
}

void
shelf_deinit(struct shelf *shelf)
{
	for (size_t i = 0; i < shelf->count; i++) {
		free(shelf->cells[i].name);
		free(shelf->cells[i].sealed);
	}
	free(shelf->cells);
}

static int
shelf_widen(struct shelf *shelf)
{
	size_t room = shelf->room ? shelf->room * 2 : 64;
	struct cell *cells = realloc(shelf->cells, room * sizeof *cells);

	if (cells == NULL)
		return -1;
	shelf->cells = cells;
	shelf->room = room;
	return 0;
}

int
shelf_put(struct shelf *shelf, struct span name, unsigned kind,
    uint64_t version, struct span bytes)
{
	char *sealed = malloc(RECORD_HEADER + bytes.len);
	struct cell *cell = shelf_get(shelf, name);
	char *copy = cell ? NULL : malloc(name.len + 1);
	size_t at;

	if (sealed == NULL || (cell == NULL && copy == NULL) ||
	    (shelf->count == shelf->room && shelf_widen(shelf) < 0)) {
		free(sealed);
		free(copy);
		return -1;
	}
	record_seal(sealed, name, kind, version, bytes);
	if (copy != NULL) {
		memcpy(copy, name.at, name.len);
		at = shelf_find(shelf, name);
		memmove(&shelf->cells[at + 1], &shelf->cells[at],
		    (shelf->count - at) * sizeof *shelf->cells);
		shelf->count++;
		shelf->cells[at].name = copy;
		shelf->cells[at].name_len = name.len;
	} else {
		at = shelf_find(shelf, name);
		free(shelf->cells[at].sealed);
	}
	shelf->cells[at].sealed = sealed;
	shelf->cells[at].sealed_len = RECORD_HEADER + bytes.len;
	return 0;
}
