/*
 * Values where Liquid wants an integer: the limits of loops, the ends of
 * ranges. Internal to milter/liquid.
 */
#ifndef INLAY_LIQUID_INTEGER_H
#define INLAY_LIQUID_INTEGER_H

#include "milter/liquid/value/value.h"

/* An integer as `limit:` takes it, text only when all of it is one. 1 and
 * *out, or 0. */
int strict_integer(struct value value, int64_t *out);

/* As a range's end: text as far as it is a number, nil is 0. 1 or 0. */
int loose_integer(struct value value, int64_t *out);

#endif
