/*
 * Shopify's old lax parser, which reads markup by regular expressions and
 * skips what it does not understand. Only for templates written that way.
 */
#ifndef INLAY_LIQUID_LAX_H
#define INLAY_LIQUID_LAX_H

#include "milter/liquid/compile/compile.h"

/* The first quoted string or run without blanks, commas and pipes; *rest is
 * what follows. 1, or 0 when there is none. */
int lax_fragment(struct span text, struct span *fragment, struct span *rest);

/* The next name: value; *text moves behind it. 1, or 0 for no more. */
int lax_attribute(struct span *text, struct span *name, struct span *value);

/* A fragment as an expression; one value is pushed. */
int lax_expression(struct compiler *c, struct span fragment);

int lax_filtered(struct compiler *c, struct span markup);
int lax_condition(struct compiler *c, struct span markup);

#endif
