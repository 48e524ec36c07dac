/*
 * Finds the URLs in a header template's literal text, so that a value in one
 * is encoded as in a link of the HTML. Internal to milter/liquid.
 */
#ifndef INLAY_LIQUID_HEADER_FLOW_H
#define INLAY_LIQUID_HEADER_FLOW_H

#include "milter/liquid/compile/compile.h"

/* Writes the escapers into the printing instructions. The text is read in the
 * order in which it stands: a URL that begins in one branch goes on behind
 * all of them, and ends at a blank, a quote or an angle bracket. */
void header_flow_escapes(struct compiler *c);

/* Whether the instruction prints a value. */
bool op_prints(uint8_t op);

#endif
