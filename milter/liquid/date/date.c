#include "milter/liquid/date/date.h"

#include "store/base/calendar.h"

enum { DAY = 86400 };

/* Beyond three hundred thousand million years nobody plans. */
static int64_t
clamp(int64_t epoch)
{
	const int64_t most = INT64_MAX / 2;

	if (epoch > most)
		return most;
	return epoch < -most ? -most : epoch;
}

void
date_from_offset(int64_t epoch, uint32_t nsec, const struct zone_time *time,
    struct date *date)
{
	int64_t days, rest;

	*date = (struct date){
		.epoch = clamp(epoch), .nsec = nsec, .offset = time->offset
	};
	memcpy(date->zone, time->abbreviation, sizeof date->zone);
	days = calendar_divide(date->epoch + time->offset, DAY, &rest);
	calendar_date(days, &date->year, &date->month, &date->day);
	date->weekday = calendar_weekday(days);
	date->yearday = (int)(days - calendar_days(date->year, 1, 1)) + 1;
	date->hour = (int)(rest / 3600);
	date->minute = (int)(rest / 60 % 60);
	date->second = (int)(rest % 60);
}

void
date_from_epoch(
    int64_t epoch, uint32_t nsec, const struct zone *zone, struct date *date)
{
	struct zone_time time = zone_at(zone, clamp(epoch));

	date_from_offset(epoch, nsec, &time, date);
}
