#include "store/base/timestamp.h"

#include <stdio.h>

#include "store/base/calendar.h"

#define DAY 86400

/* Reads exactly count digits and moves past them. */
static bool
digits(struct span *text, unsigned count, unsigned *value)
{
	unsigned sum = 0;

	if (text->len < count)
		return false;
	for (unsigned i = 0; i < count; i++) {
		char c = text->at[i];

		if (c < '0' || c > '9')
			return false;
		sum = sum * 10 + (unsigned)(c - '0');
	}
	*text = span_from(*text, count);
	*value = sum;
	return true;
}

static bool
take(struct span *text, char byte)
{
	if (text->len == 0 || text->at[0] != byte)
		return false;
	*text = span_from(*text, 1);
	return true;
}

static bool
read_date(struct span *text, int64_t *days)
{
	unsigned year, month, day;

	if (!digits(text, 4, &year) || !take(text, '-') ||
	    !digits(text, 2, &month) || !take(text, '-') ||
	    !digits(text, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 ||
	    day > (unsigned)calendar_month_days(year, (int)month))
		return false;
	*days = calendar_days(year, (int)month, (int)day);
	return true;
}

static bool
read_time(struct span *text, int64_t *seconds)
{
	unsigned hour, minute, second = 0, skip;

	if (!digits(text, 2, &hour) || !take(text, ':') ||
	    !digits(text, 2, &minute))
		return false;
	if (take(text, ':')) {
		if (!digits(text, 2, &second))
			return false;
		if (take(text, '.')) {
			if (!digits(text, 1, &skip))
				return false;
			while (digits(text, 1, &skip))
				;
		}
	}
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*seconds = (int64_t)hour * 3600 + minute * 60 + second;
	return true;
}

static bool
read_zone(struct span *text, int64_t *east)
{
	unsigned hour, minute = 0;
	bool minus;

	take(text, ' ');
	if (text->len == 0 || take(text, 'Z') || take(text, 'z')) {
		*east = 0;
		return true;
	}
	minus = text->at[0] == '-';
	if (!take(text, '+') && !take(text, '-'))
		return false;
	if (!digits(text, 2, &hour))
		return false;
	if (text->len != 0) {
		take(text, ':');
		if (!digits(text, 2, &minute))
			return false;
	}
	if (hour > 14 || minute > 59)
		return false;
	*east = (int64_t)hour * 3600 + minute * 60;
	if (minus)
		*east = -*east;
	return true;
}

/* The number after a sign; false on overflow or anything else. */
static bool
read_number(struct span *text, int64_t *number)
{
	bool minus = take(text, '-');
	int64_t sum = 0;
	unsigned digit, count = 0;

	for (; digits(text, 1, &digit); count++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return false;
	*number = minus ? -sum : sum;
	return count != 0;
}

int
timestamp_parse_local(struct span text, int64_t *seconds, bool *local)
{
	int64_t days, time = 0, east = 0;

	*local = false;
	text = span_trim(text);
	if (take(&text, '@'))
		return read_number(&text, seconds) && text.len == 0;
	if (!read_date(&text, &days))
		return 0;
	*local = true;
	if (take(&text, 'T') || take(&text, 't') || take(&text, ' ')) {
		if (!read_time(&text, &time))
			return 0;
		*local = span_trim(text).len == 0;
		if (!read_zone(&text, &east))
			return 0;
	}
	if (text.len != 0)
		return 0;
	*seconds = days * DAY + time - east;
	return 1;
}

int
timestamp_parse(struct span text, int64_t *seconds)
{
	bool local;

	return timestamp_parse_local(text, seconds, &local);
}

static int64_t
unit_seconds(struct span unit)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {
		{ "", DAY },
		{ "s", 1 },
		{ "m", 60 },
		{ "min", 60 },
		{ "h", 3600 },
		{ "d", DAY },
		{ "day", DAY },
		{ "days", DAY },
		{ "w", 7 * DAY },
		{ "week", 7 * DAY },
		{ "weeks", 7 * DAY },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (span_eq(unit, span_str(units[i].name)))
			return units[i].seconds;
	return 0;
}

int
duration_parse(struct span text, int64_t *seconds)
{
	int64_t number, unit, product;

	text = span_trim(text);
	if (!read_number(&text, &number) || number < 0)
		return 0;
	unit = unit_seconds(span_trim(text));
	if (unit == 0 || __builtin_mul_overflow(number, unit, &product))
		return 0;
	*seconds = product;
	return 1;
}

/* Writes value with exactly width digits and the byte after them. */
static char *
put(char *out, int64_t value, unsigned width, char after)
{
	for (unsigned i = width; i-- > 0; value /= 10)
		out[i] = (char)('0' + value % 10);
	out[width] = after;
	return out + width + 1;
}

const char *
timestamp_print(int64_t seconds, char *out)
{
	int64_t rest, year;
	int64_t days = calendar_divide(seconds, DAY, &rest);
	int month, day;
	char *at = out;

	if (seconds == WHEN_PAST || seconds == WHEN_FUTURE) {
		memcpy(out, "-", 2);
		return out;
	}
	calendar_date(days, &year, &month, &day);
	/* What timestamp_parse can read back. */
	if (year < 0 || year > 9999) {
		snprintf(out, TIMESTAMP_SIZE, "@%lld", (long long)seconds);
		return out;
	}
	at = put(at, year, 4, '-');
	at = put(at, month, 2, '-');
	at = put(at, day, 2, 'T');
	at = put(at, rest / 3600, 2, ':');
	at = put(at, rest / 60 % 60, 2, ':');
	at = put(at, rest % 60, 2, 'Z');
	*at = '\0';
	return out;
}
