/*
 * The base64 filters (RFC 4648): strict, as Ruby's strict_decode64, and the
 * alphabet that is safe in URLs, there also without padding.
 */
#ifndef INLAY_LIQUID_FILTER_BASE64_H
#define INLAY_LIQUID_FILTER_BASE64_H

#include "milter/liquid/filter/filter.h"

int filter_base64_encode(
    const struct filter_call *call, struct value input, struct value *out);
int filter_base64_decode(
    const struct filter_call *call, struct value input, struct value *out);
int filter_base64_url_safe_encode(
    const struct filter_call *call, struct value input, struct value *out);
int filter_base64_url_safe_decode(
    const struct filter_call *call, struct value input, struct value *out);

#endif
