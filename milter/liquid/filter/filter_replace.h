/*
 * The filters that look for one text in another: Ruby's gsub, sub and
 * rindex, with the backslashes that gsub reads in a replacement.
 */
#ifndef INLAY_LIQUID_FILTER_REPLACE_H
#define INLAY_LIQUID_FILTER_REPLACE_H

#include "milter/liquid/filter/filter.h"

int filter_replace(
    const struct filter_call *call, struct value input, struct value *out);
int filter_replace_first(
    const struct filter_call *call, struct value input, struct value *out);
int filter_replace_last(
    const struct filter_call *call, struct value input, struct value *out);
int filter_remove(
    const struct filter_call *call, struct value input, struct value *out);
int filter_remove_first(
    const struct filter_call *call, struct value input, struct value *out);
int filter_remove_last(
    const struct filter_call *call, struct value input, struct value *out);

#endif
