/*
 * The observation of a field that survives all others by trust, as the
 * commands need it outside of any message.
 */
#ifndef INLAY_TOOLS_SURVIVOR_H
#define INLAY_TOOLS_SURVIVOR_H

#include "milter/decide/trust.h"
#include "store/record/profile.h"

struct survivor {
	const struct observation *seen; /* NULL: none that is valid */
	double confidence;
	bool conflict;
	bool usable; /* reaches the field's or the schema's threshold */
};

/* field may be NULL: a name that is not in the schema. */
struct survivor survivor_find(const struct schema *schema,
    const struct profile *profile, struct span name, const struct field *field,
    int64_t now);

#endif
