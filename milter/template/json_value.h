/*
 * JSON text as a template value: lists and objects of profiles and reference
 * tables. Depth is limited; numbers beyond 64 bits become floats.
 */
#ifndef INLAY_MILTER_JSON_VALUE_H
#define INLAY_MILTER_JSON_VALUE_H

#include "milter/liquid/liquid.h"

/* All of the value lives in the arena. 0, or -1: ERR_INPUT (not JSON, or
 * nested deeper than 64), ERR_MEMORY. */
int json_value(struct span text, struct arena *arena, struct value *value,
    struct err *err);

#endif
