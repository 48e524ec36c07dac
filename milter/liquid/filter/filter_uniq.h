/*
 * The filter uniq: the first of each, by hash and Ruby's eql?, in which 1 and
 * 1.0 are two things.
 */
#ifndef INLAY_LIQUID_FILTER_UNIQ_H
#define INLAY_LIQUID_FILTER_UNIQ_H

#include "milter/liquid/filter/filter.h"

int filter_uniq(
    const struct filter_call *call, struct value input, struct value *out);

#endif
