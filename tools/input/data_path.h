/*
 * The paths by which templates and conditions ask for data: which begin with
 * a name of ours, and what was probably meant by others.
 */
#ifndef INLAY_TOOLS_DATA_PATH_H
#define INLAY_TOOLS_DATA_PATH_H

#include "store/base/span.h"

struct catalog;
struct schema;

enum { DATA_PATH_HINT = 160 };

/* Whether something of ours answers the path: recipient.address does,
 * customer.x, recipient.adress and ref.nope do not. Whether the schema has
 * profile's field is not asked. Where nothing answers, hint says what was
 * probably meant, "; did you mean `profile.x`?", or is "". */
bool data_path_known(const struct catalog *catalog, const struct schema *schema,
    struct span path, char hint[DATA_PATH_HINT]);

/* The names of a schema's fields, for suggest_nearest. */
bool data_path_next_field(const void *schema, size_t index, struct span *name);

#endif
