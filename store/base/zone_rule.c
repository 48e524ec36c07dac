#include "store/base/zone_rule.h"

#include "store/base/ascii.h"
#include "store/base/calendar.h"

enum { HOUR = 3600, DAY = 86400 };

/* Cursor: each reader takes from the front and says whether it could. */

static bool
take(struct span *text, char c)
{
	if (text->len == 0 || *text->at != c)
		return false;
	*text = span_from(*text, 1);
	return true;
}

static bool
take_number(struct span *text, int most, int *number)
{
	size_t digits = 0;

	*number = 0;
	while (digits < text->len && digits < 4 &&
	       ascii_is_digit(text->at[digits]))
		*number = *number * 10 + (text->at[digits++] - '0');
	*text = span_from(*text, digits);
	return digits != 0 && *number <= most;
}

static bool
take_name(struct span *text, struct zone_time *time)
{
	bool quoted = take(text, '<');
	size_t len = 0;

	if (quoted)
		len = span_find(*text, '>');
	else
		while (len < text->len && ascii_is_letter(text->at[len]))
			len++;
	if (len == 0 || len >= sizeof time->abbreviation)
		return false;
	memset(time->abbreviation, 0, sizeof time->abbreviation);
	memcpy(time->abbreviation, text->at, len);
	*text = span_from(*text, len);
	return !quoted || take(text, '>');
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool
take_time(struct span *text, int32_t *seconds)
{
	bool minus = take(text, '-');
	int hours, minutes = 0, rest = 0;

	if (!minus)
		take(text, '+');
	if (!take_number(text, 167, &hours))
		return false;
	if (take(text, ':') && !take_number(text, 59, &minutes))
		return false;
	if (take(text, ':') && !take_number(text, 59, &rest))
		return false;
	*seconds = hours * HOUR + minutes * 60 + rest;
	if (minus)
		*seconds = -*seconds;
	return true;
}

static bool
take_change(struct span *text, struct zone_change *change)
{
	change->time = 2 * HOUR;
	if (take(text, 'M')) {
		change->form = 'M';
		if (!take_number(text, 12, &change->month) ||
		    !take(text, '.') || !take_number(text, 5, &change->week) ||
		    !take(text, '.') || !take_number(text, 6, &change->day) ||
		    change->month == 0 || change->week == 0)
			return false;
	} else {
		change->form = take(text, 'J') ? 'J' : 'n';
		if (!take_number(text, 365, &change->day))
			return false;
	}
	return !take(text, '/') || take_time(text, &change->time);
}

bool
zone_rule_parse(struct span text, struct zone_rule *rule)
{
	int32_t west;

	*rule = (struct zone_rule){ 0 };
	if (!take_name(&text, &rule->standard) || !take_time(&text, &west))
		return false;
	rule->standard.offset = -west;
	if (text.len == 0)
		return true;
	rule->has_summer = true;
	if (!take_name(&text, &rule->summer))
		return false;
	rule->summer.offset = rule->standard.offset + HOUR;
	if (text.len != 0 && *text.at != ',') {
		if (!take_time(&text, &west))
			return false;
		rule->summer.offset = -west;
	}
	return take(&text, ',') && take_change(&text, &rule->begin) &&
	       take(&text, ',') && take_change(&text, &rule->end) &&
	       text.len == 0;
}

/* The n-th such weekday of the month; week 5 is the last one. */
static int64_t
month_change(const struct zone_change *change, int64_t year)
{
	int64_t first = calendar_days(year, change->month, 1);
	int ahead = (change->day - calendar_weekday(first) + 7) % 7;
	int day = ahead + (change->week - 1) * 7;

	if (day >= calendar_month_days(year, change->month))
		day -= 7;
	return first + day;
}

/* When it happens in that year, in seconds as the clocks show them. */
static int64_t
change_at(const struct zone_change *change, int64_t year)
{
	int64_t day;

	if (change->form == 'M') {
		day = month_change(change, year);
	} else {
		day = calendar_days(year, 1, 1) + change->day;
		/* J counts no 29 February and begins with 1. */
		if (change->form == 'J' &&
		    !(calendar_is_leap(year) && change->day > 59))
			day--;
	}
	return day * DAY + change->time;
}

struct zone_time
zone_rule_at(const struct zone_rule *rule, int64_t epoch)
{
	int64_t begin, end, year, rest;
	int month, day;
	bool summer;

	if (!rule->has_summer)
		return rule->standard;
	calendar_date(
	    calendar_divide(epoch + rule->standard.offset, DAY, &rest), &year,
	    &month, &day);
	begin = change_at(&rule->begin, year) - rule->standard.offset;
	end = change_at(&rule->end, year) - rule->summer.offset;
	if (begin < end)
		summer = epoch >= begin && epoch < end;
	else
		summer = epoch >= begin || epoch < end;
	return summer ? rule->summer : rule->standard;
}
