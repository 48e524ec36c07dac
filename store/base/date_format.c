#include "store/base/date_format.h"

#include <stdio.h>

#include "store/base/calendar.h"

enum format_part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PARTS };

static const struct conversion {
	char letter;
	enum format_part part;
	unsigned digits;
	bool exact; /* no fewer digits */
} conversions[] = {
	{ 'Y', YEAR, 4, true },
	{ 'y', YEAR, 2, true },
	{ 'm', MONTH, 2, false },
	{ 'd', DAY, 2, false },
	{ 'e', DAY, 2, false },
	{ 'H', HOUR, 2, false },
	{ 'M', MINUTE, 2, false },
	{ 'S', SECOND, 2, false },
};

/* What a text says; an absent part has a count of 0. */
struct date_reading {
	unsigned values[PARTS];
	unsigned counts[PARTS];
};

static const struct conversion *
find(char letter)
{
	for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++)
		if (conversions[i].letter == letter)
			return &conversions[i];
	return NULL;
}

static bool
read_number(
    const struct conversion *conversion, struct span *text, unsigned *value)
{
	unsigned digits = 0;

	*value = 0;
	while (digits < conversion->digits && digits < text->len &&
	       text->at[digits] >= '0' && text->at[digits] <= '9')
		*value = *value * 10 + (unsigned)(text->at[digits++] - '0');
	*text = span_from(*text, digits);
	if (conversion->letter == 'y')
		*value += *value < 69 ? 2000 : 1900;
	return digits == conversion->digits ||
	       (digits != 0 && !conversion->exact);
}

/* Takes one literal byte of the format; a blank stands for any number. */
static bool
take_literal(char literal, struct span *text)
{
	if (literal == ' ') {
		while (text->len != 0 && text->at[0] == ' ')
			*text = span_from(*text, 1);
		return true;
	}
	if (text->len == 0 || text->at[0] != literal)
		return false;
	*text = span_from(*text, 1);
	return true;
}

/* Reads the text by the format. False where they do not fit. */
static bool
scan(struct span format, struct span text, struct date_reading *reading)
{
	*reading = (struct date_reading){ { 0 }, { 0 } };
	for (size_t i = 0; i < format.len; i++) {
		const struct conversion *conversion =
		    format.at[i] == '%' && i + 1 < format.len
			? find(format.at[i + 1])
			: NULL;

		if (!conversion) {
			if (!take_literal(format.at[i], &text))
				return false;
			continue;
		}
		i++;
		reading->counts[conversion->part]++;
		if (!read_number(
			conversion, &text, &reading->values[conversion->part]))
			return false;
	}
	return text.len == 0;
}

static bool
is_moment(const struct date_reading *reading)
{
	const unsigned *values = reading->values;

	return values[MONTH] >= 1 && values[MONTH] <= 12 && values[DAY] >= 1 &&
	       values[DAY] <= (unsigned)calendar_month_days(
				  values[YEAR], (int)values[MONTH]) &&
	       values[HOUR] <= 23 && values[MINUTE] <= 59 &&
	       values[SECOND] <= 59;
}

int
date_format_read(struct span format, struct span text, char *iso)
{
	struct date_reading reading;
	const unsigned *values = reading.values;
	int len;

	if (!scan(format, span_trim(text), &reading) || !is_moment(&reading))
		return 0;
	len = snprintf(iso, DATE_FORMAT_SIZE, "%04u-%02u-%02u",
	    values[YEAR] % 10000, values[MONTH] % 100, values[DAY] % 100);
	if (reading.counts[HOUR] != 0)
		snprintf(iso + len, DATE_FORMAT_SIZE - (size_t)len,
		    "T%02u:%02u:%02u", values[HOUR] % 100, values[MINUTE] % 100,
		    values[SECOND] % 100);
	return 1;
}

/* How often each part stands in the format; false for a letter that stands
 * for none. */
static bool
count_parts(struct span format, unsigned counts[PARTS])
{
	for (size_t i = 0; i < format.len; i++) {
		const struct conversion *conversion;

		if (format.at[i] != '%')
			continue;
		conversion = i + 1 < format.len ? find(format.at[++i]) : NULL;
		if (!conversion)
			return false;
		counts[conversion->part]++;
	}
	return true;
}

const char *
date_format_fault(struct span format)
{
	unsigned counts[PARTS] = { 0 };
	char iso[DATE_FORMAT_SIZE];

	if (!count_parts(format, counts))
		return "parts of a date are %d %m %Y %y %H %M %S";
	if (counts[DAY] != 1 || counts[MONTH] != 1 || counts[YEAR] != 1)
		return "a date has one %d, one %m and one %Y or %y";
	if (counts[HOUR] > 1 || counts[MINUTE] > 1 || counts[SECOND] > 1 ||
	    counts[MINUTE] > counts[HOUR] || counts[SECOND] > counts[MINUTE])
		return "a time is %H, %H:%M or %H:%M:%S";
	if (date_format_read(format, SPAN("2001-02-03"), iso) &&
	    strcmp(iso, "2001-02-03") != 0)
		return "2001-02-03 is the third of February everywhere";
	return NULL;
}
