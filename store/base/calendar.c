#include "store/base/calendar.h"

enum { DAYS_400 = 146097, DAYS_100 = 36524, DAYS_4 = 1461 };

/* From 0000-03-01 to 1970-01-01. */
enum { DAYS_TO_EPOCH = 719468 };

/* Years are counted from March, so that a leap day ends one. */
int64_t
calendar_days(int64_t year, int month, int day)
{
	int64_t from_march = (month + 9) % 12;
	int64_t in_cycle;
	int64_t cycles = calendar_divide(year - (month <= 2), 400, &in_cycle);

	return cycles * DAYS_400 + in_cycle * 365 + in_cycle / 4 -
	       in_cycle / 100 + (from_march * 153 + 2) / 5 + day - 1 -
	       DAYS_TO_EPOCH;
}

void
calendar_date(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t rest, years, from_march;
	int64_t cycles = calendar_divide(days + DAYS_TO_EPOCH, DAYS_400, &rest);

	years = (rest - rest / (DAYS_4 - 1) + rest / DAYS_100 -
		    rest / (DAYS_400 - 1)) /
		365;
	rest -= years * 365 + years / 4 - years / 100;
	from_march = (rest * 5 + 2) / 153;
	*day = (int)(rest - (from_march * 153 + 2) / 5 + 1);
	*month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	*year = cycles * 400 + years + (from_march >= 10);
}

int
calendar_weekday(int64_t days)
{
	int64_t weekday;

	calendar_divide(days + 4, 7, &weekday);
	return (int)weekday;
}

bool
calendar_is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
calendar_month_days(int64_t year, int month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && calendar_is_leap(year));
}
