/*
 * The tags of a template as they stand in its sources: what must not be seen
 * in a message that leaves. Text within {% raw %} is no tag; it shall be seen.
 */
#ifndef INLAY_MILTER_RAW_TAGS_H
#define INLAY_MILTER_RAW_TAGS_H

#include "milter/template/template.h"

struct raw_tags {
	struct span *slots; /* by hash; empty where nothing is */
	size_t size;	    /* a power of two */
	bool *lengths;	    /* which lengths there are: others are not hashed */
};

/* Gathers the tags of all compiled sources; they point into those. 0, or -1
 * when the arena is full. */
int raw_tags_gather(const struct template *template, struct arena *arena,
    struct raw_tags *tags, struct err *err);

/* The first of them in the text, or the empty span. */
struct span raw_tags_find(const struct raw_tags *tags, struct span text);

#endif
