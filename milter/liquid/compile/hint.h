/*
 * What was probably meant where a template does not compile: a name written
 * nearly so, or a word that another language has for it.
 */
#ifndef INLAY_LIQUID_HINT_H
#define INLAY_LIQUID_HINT_H

#include "milter/liquid/compile/compile.h"

enum { HINT_SIZE = 128 };

/* What follows the complaint: "; ..." or "". Made in out. Of the name that is
 * the nearest, if any; of a filter that nobody knows. */
const char *hint_name(struct span nearest, char out[HINT_SIZE]);
const char *hint_filter(struct span name, char out[HINT_SIZE]);

/* The same for the lexer's token, where something else was expected. */
const char *hint_token(const struct compiler *c, char out[HINT_SIZE]);

#endif
