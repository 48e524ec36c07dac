/*
 * A zone is one IANA time zone, read from a compiled file of
 * /usr/share/zoneinfo (RFC 8536) and its footer. It never touches TZ or the
 * C library's idea of local time, and is immutable once read.
 */
#ifndef INLAY_BASE_ZONE_H
#define INLAY_BASE_ZONE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

enum { ZONE_ABBREVIATION = 12 };

struct zone;

/* What a zone says about one moment. */
struct zone_time {
	int32_t offset; /* seconds east of Greenwich */
	char abbreviation[ZONE_ABBREVIATION];
};

/* Universal time; needs no file. */
const struct zone *zone_utc(void);

/* Reads the named zone ("Europe/Berlin") under the directory, NULL for the
 * system's. 1 found, 0 no such zone, -1 out of memory or unreadable. */
int zone_read(const char *directory, struct span name, struct arena *arena,
    const struct zone **zone, struct err *err);

/* The same from the bytes of a compiled file, which must outlive the zone. */
int zone_parse(struct span bytes, struct arena *arena, const struct zone **zone,
    struct err *err);

/* Offset and abbreviation at that moment. */
struct zone_time zone_at(const struct zone *zone, int64_t epoch);

/* The moment at which clocks there show these seconds (counted as if they
 * were universal time). Shown twice: the second. Never shown: as the
 * clock would have gone on without the jump. */
int64_t zone_epoch(const struct zone *zone, int64_t shown);

/* As timestamp_parse; a text that names no zone is what clocks there show. */
int zone_timestamp(const struct zone *zone, struct span text, int64_t *seconds);

/* As timestamp_print, by the clocks there: "2026-03-01T08:00:00+01:00". */
const char *zone_print(const struct zone *zone, int64_t seconds, char *out);

/* A cache from names to zones, shared by threads. It keeps the most recently
 * used and owns what it reads. */
struct zones;

/* directory NULL for the system's. NULL when memory is out. */
struct zones *zones_new(const char *directory);
/* No zone may be held. */
void zones_free(struct zones **zones);

/* As zone_read; *fresh says whether the file had to be read. The zone is held
 * until zones_release, and may go at any time after it. */
int zones_acquire(struct zones *zones, struct span name,
    const struct zone **zone, bool *fresh, struct err *err);
/* One that is not of the cache, as zone_utc(), is none of its business. */
void zones_release(struct zones *zones, const struct zone *zone);

#endif
