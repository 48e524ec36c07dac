/*
 * Moments as people write them: ISO 8601 dates with a zone, and spans of
 * time such as "30d". Moments are Unix seconds; no leap seconds, no clock.
 */
#ifndef INLAY_BASE_TIMESTAMP_H
#define INLAY_BASE_TIMESTAMP_H

#include "store/base/span.h"

#define WHEN_PAST INT64_MIN   /* before everything */
#define WHEN_FUTURE INT64_MAX /* after everything */

/* Reads "2026-03-01", "2026-03-01T08:00", "2026-03-01 08:00:30.5+01:00",
 * "...Z"; without a zone it is UTC; fractions of a second are dropped. A
 * leading "@" takes Unix seconds. 1, or 0 where the text is none of these
 * or names a day that does not exist. */
int timestamp_parse(struct span text, int64_t *seconds);

/* The same; *local where the text names no zone, so that a clock somewhere may
 * be meant (zone_timestamp). */
int timestamp_parse_local(struct span text, int64_t *seconds, bool *local);

/* Reads "90s", "15m", "12h", "30d", "2w"; a bare number counts days.
 * 1, or 0 where the text is none of these or overflows. */
int duration_parse(struct span text, int64_t *seconds);

#define TIMESTAMP_SIZE 32

/* "2026-03-01T07:00:00Z" into out of TIMESTAMP_SIZE bytes, "@" and Unix
 * seconds where the year has not four digits, "-" for the two ends of time.
 * Returns out. */
const char *timestamp_print(int64_t seconds, char *out);

#endif
