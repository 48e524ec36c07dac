/*
 * Profiles and exposures as JSON, the same in every command.
 */
#ifndef INLAY_TOOLS_PROFILE_JSON_H
#define INLAY_TOOLS_PROFILE_JSON_H

#include <jansson.h>

#include "store/record/history.h"
#include "store/record/profile.h"

/* NULL members where memory is out; out_json tells. */
json_t *observation_json(const struct observation *seen);
json_t *profile_json(const struct profile *profile);
json_t *exposure_json(const struct exposure *exposure);
json_t *response_json(const struct response *response);
json_t *history_json(const struct history *history);

/* "granted", "denied", "revoked". */
const char *consent_word(enum consent_status status);

#endif
