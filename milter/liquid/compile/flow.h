/*
 * Follows the HTML context through a compiled program and fixes, once and for
 * all, how each printed value is escaped. Internal to milter/liquid.
 */
#ifndef INLAY_LIQUID_FLOW_H
#define INLAY_LIQUID_FLOW_H

#include "milter/liquid/compile/compile.h"

/* Writes the escapers into the printing instructions. 0, or -1 when two
 * branches end in different places of the HTML. */
int flow_escapes(struct compiler *c, const struct program *program);

#endif
