/*
 * A census looks at all the values of one field (or one source's) and tells
 * how good they are: a filled field is not yet a reliable one.
 */
#ifndef INLAY_MILTER_CENSUS_H
#define INLAY_MILTER_CENSUS_H

#include "store/base/err.h"
#include "store/base/span.h"

struct census;

struct census_value {
	struct span text; /* "" is not filled */
	int64_t at;	  /* when it was observed */
	bool valid;
	bool placeholder; /* "test", "n/a", … */
};

struct census_report {
	uint64_t count; /* of values, filled or not */
	uint64_t filled;
	uint64_t valid;	       /* of the filled */
	uint64_t placeholders; /* of the filled */
	uint64_t fresh;	       /* of the filled: not older than the limit */
	uint64_t usable;       /* valid, fresh, no placeholder */
	struct span top; /* the most frequent, folded; lives with census */
	uint64_t top_count;
	uint64_t distinct; /* folded values */
	double entropy;	   /* of the folded values, in bits */
	double median_age; /* of the filled, in seconds; 0 for none */
};

/* limit: bytes of memory it may hold. NULL when memory is out. max_age: in
 * seconds, negative for none. */
struct census *census_new(size_t limit, int64_t now, int64_t max_age);
void census_free(struct census **census);

/* 0, or -1 ERR_LIMIT when there are too many different values. */
int census_add(
    struct census *census, const struct census_value *value, struct err *err);

struct census_report census_report(struct census *census);

#endif
