/*
 * What a proof covers is a list of header field names between colons, as h= of
 * DKIM has it (RFC 6376 section 3.5): a name listed n times covers the n
 * bottom fields of that name.
 */
#ifndef INLAY_MILTER_COVERED_H
#define INLAY_MILTER_COVERED_H

#include "store/base/span.h"

/* How often the list has the name, whatever the case. Blanks around a name
 * are none of it. */
unsigned covered_count(struct span list, struct span name);

#endif
