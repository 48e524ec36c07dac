/*
 * Repairs what HTML editors and link trackers do to tags: %7B%7B … %7D%7D in
 * links, entities, hard blanks and curly quotes inside tags. Reads Braze's
 * ${name} too. Bytes outside tags stay as they are.
 */
#ifndef INLAY_LIQUID_MEND_H
#define INLAY_LIQUID_MEND_H

#include "store/base/arena.h"

/* 1 and *mended in the arena, 0 when there was nothing to do, -1 full. */
int mend_tags(struct span source, struct arena *arena, struct span *mended);

/* ${first_name} as profile.first_name, custom_attribute.${x} as profile.x.
 * Same returns. */
int mend_braze(struct span source, struct arena *arena, struct span *mended);

#endif
