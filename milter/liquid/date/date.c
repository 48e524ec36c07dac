#include "milter/liquid/date/date.h"

enum { DAY = 86400, DAYS_400 = 146097, DAYS_100 = 36524, DAYS_4 = 1461 };

/* Quotient and remainder towards minus infinity. */
static int64_t
divide(int64_t number, int64_t by, int64_t *rest)
{
	int64_t quotient = number / by;

	*rest = number % by;
	if (*rest < 0) {
		*rest += by;
		quotient--;
	}
	return quotient;
}

/* Years are counted from March, so that a leap day ends one. */
int64_t
date_days(int64_t year, int month, int day)
{
	int64_t from_march = (month + 9) % 12;
	int64_t in_cycle;
	int64_t cycles = divide(year - (month <= 2), 400, &in_cycle);

	return cycles * DAYS_400 + in_cycle * 365 + in_cycle / 4 -
	       in_cycle / 100 + (from_march * 153 + 2) / 5 + day - 1 - 719468;
}

static void
set_day(struct date *date, int64_t days)
{
	int64_t rest, years, weekday;
	int64_t cycles = divide(days + 719468, DAYS_400, &rest);
	int64_t month;

	years = (rest - rest / (DAYS_4 - 1) + rest / DAYS_100 -
		    rest / (DAYS_400 - 1)) /
		365;
	rest -= years * 365 + years / 4 - years / 100;
	month = (rest * 5 + 2) / 153;
	date->day = (int)(rest - (month * 153 + 2) / 5 + 1);
	date->month = (int)(month < 10 ? month + 3 : month - 9);
	date->year = cycles * 400 + years + (month >= 10);
	divide(days + 4, 7, &weekday);
	date->weekday = (int)weekday;
	date->yearday = (int)(days - date_days(date->year, 1, 1)) + 1;
}

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
	days = divide(date->epoch + time->offset, DAY, &rest);
	set_day(date, days);
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
