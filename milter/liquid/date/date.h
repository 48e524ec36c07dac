/*
 * Dates as Ruby's Time and Liquid see them: read leniently, shown in a zone,
 * printed with strftime. Pure functions; the clock and the zone come in as
 * arguments.
 */
#ifndef INLAY_LIQUID_DATE_H
#define INLAY_LIQUID_DATE_H

#include "store/base/zone.h"
#include "milter/liquid/value/locale.h"
#include "store/base/buf.h"

/* No directive pads to more than this; a greater width is an error. */
enum { DATE_WIDTH_MAX = 1024 };

struct date {
	int64_t epoch;
	uint32_t nsec;
	int64_t year;
	int month;   /* 1..12 */
	int day;     /* 1..31 */
	int hour;    /* 0..23 */
	int minute;  /* 0..59 */
	int second;  /* 0..59 */
	int weekday; /* 0 is Sunday */
	int yearday; /* 1..366 */
	int32_t offset;
	char zone[ZONE_ABBREVIATION]; /* "" where only the offset is known */
};

/* The moment as the zone shows it. */
void date_from_epoch(
    int64_t epoch, uint32_t nsec, const struct zone *zone, struct date *date);

/* The same with the offset and its name given. */
void date_from_offset(int64_t epoch, uint32_t nsec,
    const struct zone_time *time, struct date *date);

/* What Liquid's `date` takes for a date: digits are seconds since the epoch,
 * "now" and "today" are now, all else is read like Ruby's Time.parse. Text
 * without an offset is in the zone. 1 a date, 0 not one; either way *work is
 * the work that reading it was, in steps of steps.h. */
int date_parse(struct span text, int64_t now, uint32_t now_nsec,
    const struct zone *zone, struct date *date, unsigned *work);

/* strftime with all of Ruby's directives, flags and widths, for a locale; NULL
 * is Ruby's own. A locale names months and days, in the case that a month has
 * beside a day where the format prints the day; %x and %c write the date as
 * it does. 0, or -1 and err (NULL is fine): the format is not one, or a width
 * is above the maximum. Running out of room shows in out->failed. */
int date_format(const struct date *date, struct span format,
    const struct locale *locale, struct buf *out, struct err *err);

#endif
