/*
 * The Gregorian calendar, without end in either direction: dates as days
 * since 1970-01-01 and back. It knows neither zones nor clocks.
 */
#ifndef INLAY_BASE_CALENDAR_H
#define INLAY_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

/* Quotient and remainder towards minus infinity. Inline, since by is a
 * constant nearly everywhere: a multiplication then. */
static inline int64_t
calendar_divide(int64_t number, int64_t by, int64_t *rest)
{
	int64_t quotient = number / by;

	*rest = number % by;
	if (*rest < 0) {
		*rest += by;
		quotient--;
	}
	return quotient;
}

/* Days since 1970-01-01. */
int64_t calendar_days(int64_t year, int month, int day);

/* The date of that day: month 1..12, day 1..31. */
void calendar_date(int64_t days, int64_t *year, int *month, int *day);

/* 0 is Sunday. */
int calendar_weekday(int64_t days);

bool calendar_is_leap(int64_t year);
int calendar_month_days(int64_t year, int month);

#endif
