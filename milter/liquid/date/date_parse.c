#include "milter/liquid/date/date.h"

#include "milter/liquid/date/date_scan.h"
#include "store/base/ascii.h"
#include "store/base/calendar.h"

enum { HOUR = 3600, DAY = 86400 };

/* Years further away are taken for something else. */
#define YEAR_MAX INT64_C(1000000000)

/* Nothing but digits, which fit. */
static bool
read_epoch(struct span text, int64_t *epoch)
{
	int64_t value = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.at[i]) || value > INT64_MAX / 10 - 1)
			return false;
		value = value * 10 + (text.at[i] - '0');
	}
	*epoch = value;
	return true;
}

static int32_t
two(const char *at)
{
	return (at[0] - '0') * 10 + (at[1] - '0');
}

static bool
two_digits(struct span text, size_t at)
{
	return at + 2 <= text.len && ascii_is_digit(text.at[at]) &&
	       ascii_is_digit(text.at[at + 1]);
}

/* +hh, +hhmm, +hh:mm, +hhmmss, +hh:mm:ss. */
static bool
read_offset(struct span zone, int32_t *offset)
{
	int32_t seconds = 0;
	int32_t unit = HOUR;
	size_t colon, at = 1;

	if (zone.len < 3 || (*zone.at != '+' && *zone.at != '-'))
		return false;
	colon = zone.len > 3 && zone.at[3] == ':';
	for (; unit != 0; unit /= 60) {
		if (!two_digits(zone, at))
			return false;
		seconds += two(zone.at + at) * unit;
		at += 2;
		if (at == zone.len)
			break;
		if (colon && zone.at[at++] != ':')
			return false;
	}
	*offset = *zone.at == '-' ? -seconds : seconds;
	return at == zone.len && unit != 0;
}

/* The names of RFC 822 and the military letters. */
static bool
named_offset(struct span zone, int32_t *offset)
{
	static const struct {
		const char *name;
		int hours;
	} names[] = { { "utc", 0 }, { "ut", 0 }, { "gmt", 0 }, { "est", -5 },
		{ "edt", -4 }, { "cst", -6 }, { "cdt", -5 }, { "mst", -7 },
		{ "mdt", -6 }, { "pst", -8 }, { "pdt", -7 } };
	static const char east[] = "abcdefghiklm", west[] = "nopqrstuvwxy";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (span_eq(zone, span_str(names[i].name))) {
			*offset = names[i].hours * HOUR;
			return true;
		}
	}
	if (zone.len != 1)
		return false;
	if (*zone.at == 'z')
		*offset = 0;
	else if (strchr(east, *zone.at) != NULL)
		*offset = (int32_t)(strchr(east, *zone.at) - east + 1) * HOUR;
	else if (strchr(west, *zone.at) != NULL)
		*offset = -(int32_t)(strchr(west, *zone.at) - west + 1) * HOUR;
	else
		return false;
	return true;
}

/* The zone's own abbreviations, winter and summer. */
static bool
local_offset(
    const struct zone *local, struct span name, int64_t year, int32_t *offset)
{
	static const int months[] = { 1, 7 };

	for (size_t i = 0; i < 2; i++) {
		int64_t shown = calendar_days(year, months[i], 1) * DAY;
		struct zone_time time =
		    zone_at(local, zone_epoch(local, shown));

		if (span_caseeq(name, span_str(time.abbreviation))) {
			*offset = time.offset;
			return true;
		}
	}
	return false;
}

/* What the text leaves open before its first part comes from now, what it
 * leaves open behind is the beginning. */
static void
complete(struct date_parts *parts, const struct date *now)
{
	const struct {
		enum date_part part;
		int64_t *field;
		int64_t now;
		int64_t least;
	} fields[] = {
		{ DATE_YEAR, &parts->year, now->year, 1970 },
		{ DATE_MONTH, &parts->month, now->month, 1 },
		{ DATE_DAY, &parts->day, now->day, 1 },
		{ DATE_HOUR, &parts->hour, now->hour, 0 },
		{ DATE_MINUTE, &parts->minute, now->minute, 0 },
		{ DATE_SECOND, &parts->second, now->second, 0 },
	};
	bool begun = false;

	if (parts->known & DATE_YEARDAY)
		parts->known |= DATE_MONTH | DATE_DAY;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (parts->known & fields[i].part)
			begun = true;
		else
			*fields[i].field =
			    begun ? fields[i].least : fields[i].now;
	}
}

static bool
use_yearday(struct date_parts *parts)
{
	struct date date;
	int64_t days;

	if (parts->yearday < 1 || parts->yearday > 366)
		return false;
	days = calendar_days(parts->year, 1, 1) + parts->yearday - 1;
	date_from_epoch(days * DAY, 0, zone_utc(), &date);
	parts->month = date.month;
	parts->day = date.day;
	return date.year == parts->year;
}

/* Ruby subtracts the offset first: hours and minutes that it has may then be
 * too large. */
static bool
in_range(const struct date_parts *parts, int32_t offset)
{
	bool midnight =
	    parts->hour == 24 && parts->minute == 0 && parts->second == 0;
	int hours = offset / HOUR != 0 ? 99 : 23;
	int minutes = offset / 60 % 60 != 0 ? 99 : 59;

	return parts->year >= -YEAR_MAX && parts->year <= YEAR_MAX &&
	       parts->month >= 1 && parts->month <= 12 && parts->day >= 1 &&
	       parts->day <= 31 && (parts->hour <= hours || midnight) &&
	       parts->minute <= minutes && parts->second <= 60 &&
	       offset > -DAY && offset < DAY;
}

static bool
is_universal(struct span name)
{
	return span_eq(name, SPAN("utc")) || span_eq(name, SPAN("z")) ||
	       span_eq(name, SPAN("-00:00")) || span_eq(name, SPAN("-0000")) ||
	       span_eq(name, SPAN("-00"));
}

/* The offset that the text names, if it names one we know. */
static bool
find_offset(const struct date_parts *parts, const struct zone *local,
    int64_t year, struct zone_time *time)
{
	struct span name = span_str(parts->zone);

	*time = (struct zone_time){ 0 };
	if (is_universal(name)) {
		*time = zone_at(zone_utc(), 0);
		return true;
	}
	return name.len != 0 &&
	       (read_offset(name, &time->offset) ||
		   named_offset(name, &time->offset) ||
		   local_offset(local, name, year, &time->offset));
}

static int
make(struct date_parts *parts, int64_t now, const struct zone *local,
    struct date *date)
{
	struct zone_time fixed;
	struct date today;
	int64_t shown, year;
	bool has_offset;

	date_from_epoch(now, 0, local, &today);
	year = parts->known & DATE_YEAR ? parts->year : today.year;
	if (year > YEAR_MAX || year < -YEAR_MAX)
		return 0;
	has_offset = find_offset(parts, local, year, &fixed);
	if (has_offset)
		date_from_offset(now, 0, &fixed, &today);
	complete(parts, &today);
	if ((parts->known & DATE_YEARDAY) && !use_yearday(parts))
		return 0;
	if (!in_range(parts, fixed.offset))
		return 0;
	shown = calendar_days(parts->year, (int)parts->month, 1) * DAY +
		(parts->day - 1) * DAY + parts->hour * HOUR +
		parts->minute * 60 + parts->second;
	if (!has_offset) {
		date_from_epoch(
		    zone_epoch(local, shown), parts->nsec, local, date);
		return 1;
	}
	shown -= fixed.offset;
	if (fixed.abbreviation[0] == '\0' &&
	    zone_at(local, shown).offset == fixed.offset)
		date_from_epoch(shown, parts->nsec, local, date);
	else
		date_from_offset(shown, parts->nsec, &fixed, date);
	return 1;
}

/* Steps beside those for a byte of the text, and for a step of matching. */
enum { AT_ONCE = 32, MATCHING = 2 };

int
date_parse(struct span text, int64_t now, uint32_t now_nsec,
    const struct zone *zone, struct date *date, unsigned *work)
{
	struct date_parts parts;
	int64_t epoch;
	bool found;

	*work = AT_ONCE;
	if (span_caseeq(text, SPAN("now")) ||
	    span_caseeq(text, SPAN("today"))) {
		date_from_epoch(now, now_nsec, zone, date);
		return 1;
	}
	if (read_epoch(text, &epoch)) {
		date_from_epoch(epoch, 0, zone, date);
		return 1;
	}
	found = date_scan(text, &parts);
	*work += (unsigned)span_first(text, DATE_SCAN_MAX).len +
		 MATCHING * parts.steps;
	return found ? make(&parts, now, zone, date) : 0;
}
