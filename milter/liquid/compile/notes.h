/*
 * The notes of a compilation as the files that write them see them. Internal
 * to milter/liquid.
 */
#ifndef INLAY_LIQUID_NOTES_H
#define INLAY_LIQUID_NOTES_H

#include "milter/liquid/compile/compile.h"

struct note_list {
	void *at;
	size_t count, size;
};

struct notes {
	struct note_list fields, slots, options, tests, variants;
	struct note_list comparisons, chains;
	struct note_list tables, partials, blocks, raws;
	struct note_list guards; /* struct span: paths that are there */
	struct map *guarded;	 /* the same: path -> how often, an integer */
	struct note_list candidates; /* size_t: fields of the last condition */
	bool no_guard;
	struct map *bound; /* name -> how often, an integer */
	int slot, option;
	bool uses_now, has_abort, has_why;
};

/* One more entry of width bytes, zeroed, or NULL. */
void *note_add(struct compiler *c, struct note_list *list, size_t width);

/* One more text in a list of the program's. 0 or -1. */
int note_text(struct compiler *c, const struct span **list, unsigned *count,
    struct span text);

#endif
