/*
 * Finds the parts of a date in free text the way Ruby's Date._parse does:
 * one shape after the other, each cut out of the text when found. Says only
 * what the text holds; date_parse makes a moment of it.
 */
#ifndef INLAY_LIQUID_DATE_SCAN_H
#define INLAY_LIQUID_DATE_SCAN_H

#include "store/base/span.h"

/* Longer text is not a date; Ruby's limit. */
enum { DATE_SCAN_MAX = 128 };

/* Which of date_parts are known. */
enum date_part {
	DATE_YEAR = 1,
	DATE_MONTH = 2,
	DATE_DAY = 4,
	DATE_YEARDAY = 8,
	DATE_HOUR = 16,
	DATE_MINUTE = 32,
	DATE_SECOND = 64,
	DATE_FRACTION = 128,
};

struct date_parts {
	unsigned known; /* enum date_part */
	int64_t year;
	int64_t month;
	int64_t day;
	int64_t yearday;
	int64_t hour;
	int64_t minute;
	int64_t second;
	uint32_t nsec;
	char zone[DATE_SCAN_MAX + 1]; /* lower case; "" where none is named */
	unsigned steps;		      /* of pattern.h that finding them took */
};

/* 1 when anything was found, else 0; parts->steps either way. */
int date_scan(struct span text, struct date_parts *parts);

#endif
