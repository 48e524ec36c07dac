#include "store/base/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/base/zone_rule.h"
#include "store/base/ascii.h"
#include "store/base/buf.h"
#include "store/base/calendar.h"
#include "store/base/timestamp.h"

#define DIRECTORY "/usr/share/zoneinfo"

enum {
	HEADER = 44,	   /* bytes before each data block, RFC 8536 3.1 */
	FILE_MAX = 131072, /* no zone is a tenth of this */
	NAME_MAX_LEN = 64,
	DAY = 86400,
};

/* The counts of a header, in the order they are stored. */
struct zone_counts {
	uint32_t utc, standard, leap, times, types, chars;
};

struct zone {
	const unsigned char *times; /* 64-bit, big-endian, ascending */
	uint32_t count;
	const unsigned char *index; /* a type for each of times */
	const unsigned char *types; /* six bytes each: offset, dst, name */
	uint32_t type_count;
	const char *chars;
	uint32_t char_count;
	struct zone_rule rule; /* for all moments after the last time */
	bool has_rule;
};

static const struct zone utc = {
	.rule = { .standard = { 0, "UTC" } },
	.has_rule = true,
};

const struct zone *
zone_utc(void)
{
	return &utc;
}

static uint32_t
big32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static int64_t
big64(const unsigned char *at)
{
	return (int64_t)((uint64_t)big32(at) << 32 | big32(at + 4));
}

static struct zone_counts
counts_read(const unsigned char *header)
{
	const unsigned char *at = header + 20;

	return (struct zone_counts){ big32(at), big32(at + 4), big32(at + 8),
		big32(at + 12), big32(at + 16), big32(at + 20) };
}

/* Bytes of a data block whose times have the width. The counts are 32 bits,
 * so that 64 cannot overflow. */
static uint64_t
counts_size(const struct zone_counts *counts, unsigned width)
{
	return (uint64_t)counts->times * (width + 1) +
	       (uint64_t)counts->types * 6 + counts->chars +
	       (uint64_t)counts->leap * (width + 4) + counts->standard +
	       counts->utc;
}

/* The second header, whose block has 64-bit times; 0 when there is none. */
static size_t
second_header(struct span bytes)
{
	struct zone_counts counts;
	uint64_t at;

	if (bytes.len < HEADER || memcmp(bytes.at, "TZif", 4) != 0 ||
	    bytes.at[4] < '2')
		return 0;
	counts = counts_read((const unsigned char *)bytes.at);
	at = HEADER + counts_size(&counts, 4);
	if (at > bytes.len || bytes.len - at < HEADER ||
	    memcmp(bytes.at + at, "TZif", 4) != 0)
		return 0;
	return (size_t)at;
}

static bool
indexes_valid(const struct zone *zone)
{
	for (uint32_t i = 0; i < zone->count; i++)
		if (zone->index[i] >= zone->type_count)
			return false;
	for (uint32_t i = 0; i < zone->type_count; i++)
		if (zone->types[i * 6 + 5] >= zone->char_count)
			return false;
	return zone->type_count != 0;
}

int
zone_parse(struct span bytes, struct arena *arena, const struct zone **out,
    struct err *err)
{
	size_t header = second_header(bytes);
	const unsigned char *at;
	struct zone_counts counts;
	struct span footer;
	struct zone *zone;
	uint64_t size;

	if (header == 0)
		return 0;
	at = (const unsigned char *)bytes.at + header;
	counts = counts_read(at);
	size = counts_size(&counts, 8);
	if (size > bytes.len - header - HEADER)
		return 0;
	zone = ARENA_NEW(arena, struct zone);
	if (zone == NULL)
		return err_set(err, ERR_MEMORY, "no memory for a time zone");
	zone->times = at + HEADER;
	zone->count = counts.times;
	zone->index = zone->times + (size_t)counts.times * 8;
	zone->types = zone->index + counts.times;
	zone->type_count = counts.types;
	zone->chars = (const char *)zone->types + (size_t)counts.types * 6;
	zone->char_count = counts.chars;
	if (!indexes_valid(zone))
		return 0;
	footer = span_from(bytes, header + HEADER + (size_t)size);
	zone->has_rule = zone_rule_parse(span_trim(footer), &zone->rule);
	*out = zone;
	return 1;
}

static struct zone_time
type_time(const struct zone *zone, uint32_t type)
{
	const unsigned char *at = zone->types + (size_t)type * 6;
	const char *name = zone->chars + at[5];
	size_t room = zone->char_count - at[5];
	struct zone_time time = { .offset = (int32_t)big32(at) };
	size_t len = strnlen(name, room);

	if (len >= sizeof time.abbreviation)
		len = sizeof time.abbreviation - 1;
	memcpy(time.abbreviation, name, len);
	return time;
}

struct zone_time
zone_at(const struct zone *zone, int64_t epoch)
{
	uint32_t low = 0, high = zone->count; /* first time after epoch */

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (big64(zone->times + (size_t)middle * 8) <= epoch)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->has_rule)
		return zone_rule_at(&zone->rule, epoch);
	return type_time(zone, low == 0 ? 0 : zone->index[low - 1]);
}

int64_t
zone_epoch(const struct zone *zone, int64_t shown)
{
	int32_t before = zone_at(zone, shown - DAY).offset;
	int32_t after = zone_at(zone, shown + DAY).offset;

	if (zone_at(zone, shown - after).offset == after)
		return shown - after;
	return shown - before;
}

/* Only names that stay below the directory: no dots, no leading slash. */
static bool
name_valid(struct span name)
{
	char last = '/';

	if (name.len == 0 || name.len > NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		bool plain = ascii_is_word(c) || c == '-' || c == '+';

		if (!plain && (c != '/' || last == '/'))
			return false;
		last = c;
	}
	return last != '/';
}

/* 1 and all bytes of the file, 0 where there is no such plain file. */
static int
read_file(int fd, struct arena *arena, struct span *bytes, struct err *err)
{
	struct stat st;
	struct buf text;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return 0;
	buf_init(&text, arena, (size_t)st.st_size + 1);
	if (buf_read(&text, fd) < 0)
		return text.failed ? err_set(err, ERR_MEMORY,
					 "no memory for a time zone")
				   : err_set(err, ERR_SYSTEM,
					 "cannot read a time zone: %s",
					 strerror(errno));
	*bytes = buf_span(&text);
	return 1;
}

int
zone_read(const char *directory, struct span name, struct arena *arena,
    const struct zone **zone, struct err *err)
{
	char path[512];
	struct span bytes;
	int fd, found;

	if (!name_valid(name))
		return 0;
	if (span_eq(name, SPAN("UTC"))) {
		*zone = &utc;
		return 1;
	}
	if ((size_t)snprintf(path, sizeof path, "%s/%.*s",
		directory ? directory : DIRECTORY,
		SPAN_ARG(name)) >= sizeof path)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	found = read_file(fd, arena, &bytes, err);
	close(fd);
	if (found <= 0)
		return found;
	return zone_parse(bytes, arena, zone, err);
}

int
zone_timestamp(const struct zone *zone, struct span text, int64_t *seconds)
{
	bool local;

	if (!timestamp_parse_local(text, seconds, &local))
		return 0;
	if (local)
		*seconds = zone_epoch(zone, *seconds);
	return 1;
}

const char *
zone_print(const struct zone *zone, int64_t seconds, char *out)
{
	int64_t year;
	int month, day, minutes;
	int32_t east;
	size_t len;

	if (seconds == WHEN_PAST || seconds == WHEN_FUTURE)
		return timestamp_print(seconds, out);
	calendar_date(seconds / DAY, &year, &month, &day);
	east = zone_at(zone, seconds).offset;
	if (zone == &utc || year < 1 || year > 9998)
		return timestamp_print(seconds, out);
	timestamp_print(seconds + east, out);
	len = strlen(out) - 1; /* the Z */
	minutes = (east < 0 ? -east : east) / 60;
	snprintf(out + len, TIMESTAMP_SIZE - len, "%c%02d:%02d",
	    east < 0 ? '-' : '+', minutes / 60, minutes % 60);
	return out;
}
