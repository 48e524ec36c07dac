/*
 * The filters sort and sort_natural: stable, nil last, n log n.
 */
#ifndef INLAY_LIQUID_FILTER_SORT_H
#define INLAY_LIQUID_FILTER_SORT_H

#include "milter/liquid/filter/filter.h"

int filter_sort(
    const struct filter_call *call, struct value input, struct value *out);
int filter_sort_natural(
    const struct filter_call *call, struct value input, struct value *out);

#endif
