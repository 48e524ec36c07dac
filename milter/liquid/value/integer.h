/*
 * Values where Liquid wants an integer: the limits of loops, the arguments of
 * filters, the ends of ranges. Internal to milter/liquid.
 */
#ifndef INLAY_LIQUID_INTEGER_H
#define INLAY_LIQUID_INTEGER_H

#include "milter/liquid/value/value.h"

/* Ruby's Integer(text): blanks around, a sign, 0x 0b 0o 0d or a leading 0 (as
 * octal), single underscores between digits. Beyond 64 bits the nearest that
 * fits. */
bool integer_parse(struct span text, int64_t *integer);

/* An integer as `limit:` takes it, text only when all of it is one. 1 and
 * *out, or 0. */
int strict_integer(struct value value, int64_t *out);

/* As a range's end: text as far as it is a number, nil is 0. 1 or 0. */
int loose_integer(struct value value, int64_t *out);

#endif
