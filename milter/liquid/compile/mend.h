/*
 * Repairs what HTML editors and link trackers do to tags: %7B%7B … %7D%7D in
 * links, entities, hard blanks and curly quotes inside tags. Reads Braze's
 * ${name} too. Bytes outside tags, in strings and in raw stay as they are.
 */
#ifndef INLAY_LIQUID_MEND_H
#define INLAY_LIQUID_MEND_H

#include "store/base/arena.h"

enum mend {
	MEND_DAMAGE = 1,
	/* ${first_name} becomes profile.first_name, custom_attribute.${x}
	 * profile.x, content_blocks.${x} content_blocks.x. */
	MEND_BRAZE = 2,
};

/* The source with what is asked for put right, in the arena or the source
 * itself. 0, or -1 when the arena is full. */
int mend_tags(struct span source, unsigned what, struct arena *arena,
    struct span *mended);

#endif
