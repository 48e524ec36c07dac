#include "milter/liquid/date/date.h"

#include "milter/liquid/value/letters.h"
#include "milter/liquid/value/number.h"
#include "milter/liquid/value/wording.h"
#include "store/base/ascii.h"
#include "store/base/calendar.h"

#include <inttypes.h>
#include <stdio.h>

/* Who reads it. */
struct reader {
	const struct locale *locale; /* NULL: Ruby's English */
	bool day; /* the format names the day: months stand beside it */
};

/* What stands between '%' and the letter. */
struct spec {
	const struct reader *reader;
	char pad;      /* 0 as the directive has it, '-' none, '0' or ' ' */
	bool upper;    /* ^ */
	bool swap;     /* # */
	int colons;    /* only for z */
	int width;     /* -1: none given */
	char modifier; /* E, O or 0 */
};

static void
put_padding(struct buf *out, char pad, long count)
{
	for (; count > 0; count--)
		buf_byte(out, pad);
}

/* In Turkish the capital of i keeps its dot. */
static void
put_upper(struct buf *out, const struct locale *locale, struct span text)
{
	bool dotted = locale != NULL && strcmp(locale->name, "tr") == 0;
	size_t plain = dotted ? span_find(text, 'i') : text.len;

	while (plain < text.len) {
		letters_upper(span_first(text, plain), out);
		buf_str(out, "\xc4\xb0");
		text = span_from(text, plain + 1);
		plain = span_find(text, 'i');
	}
	letters_upper(text, out);
}

/* Text is padded with blanks on the left, where a width asks for it. */
static void
put_text(struct buf *out, const struct spec *spec, struct span text, int shift)
{
	bool upper = spec->upper && !(spec->swap && shift < 0);

	if (spec->pad != '-' && spec->width > 0)
		put_padding(out, spec->pad == '0' ? '0' : ' ',
		    spec->width - (long)letters_count(text));
	if (upper || shift > 0)
		put_upper(out, spec->reader->locale, text);
	else if (shift < 0)
		letters_lower(text, out);
	else
		buf_add(out, text);
}

static void
put_number(struct buf *out, const struct spec *spec, int64_t number, int digits,
    char pad)
{
	char text[NUMBER_TEXT];
	long width = spec->width >= 0 ? spec->width : digits;
	struct span whole = span_of(text, number_integer_text(number, text));
	bool negative = number < 0;
	long missing = width - (long)whole.len;

	if (spec->pad == '-')
		missing = 0;
	else if (spec->pad != 0)
		pad = spec->pad;
	if (pad == ' ')
		put_padding(out, ' ', missing);
	if (negative)
		buf_byte(out, '-');
	if (pad == '0')
		put_padding(out, '0', missing);
	buf_add(out, span_from(whole, negative));
}

/* A fixed number of digits of the fraction, more of them zeros. */
static void
put_fraction(
    struct buf *out, const struct spec *spec, uint32_t nsec, int digits)
{
	char text[16];
	int width = spec->width > 0 ? spec->width : digits;

	snprintf(text, sizeof text, "%09" PRIu32, nsec);
	buf_add(out, span_of(text, (size_t)(width < 9 ? width : 9)));
	put_padding(out, '0', (long)width - 9);
}

/* Hours take what the width leaves; blanks stand before the sign, zeros
 * behind it. */
static void
put_offset(struct buf *out, const struct spec *spec, const struct date *date)
{
	int32_t offset = date->offset;
	int32_t absolute = offset < 0 ? -offset : offset;
	int hours = absolute / 3600, minutes = absolute / 60 % 60;
	int seconds = absolute % 60;
	/* RFC 3339: -00:00 is universal time at a place unknown. */
	bool nowhere = spec->pad == '-' && strcmp(date->zone, "UTC") == 0;
	char sign = offset < 0 || nowhere ? '-' : '+';
	char tail[16] = "";
	char text[16];
	long missing;

	if (spec->colons == 0)
		snprintf(tail, sizeof tail, "%02d", minutes);
	else if (spec->colons == 1)
		snprintf(tail, sizeof tail, ":%02d", minutes);
	else if (spec->colons == 2 || seconds != 0)
		snprintf(tail, sizeof tail, ":%02d:%02d", minutes, seconds);
	else if (minutes != 0)
		snprintf(tail, sizeof tail, ":%02d", minutes);
	snprintf(text, sizeof text, spec->pad == ' ' ? "%d" : "%02d", hours);
	missing = spec->width - 1 - (long)strlen(text) - (long)strlen(tail);
	if (spec->pad == ' ') {
		if (missing < 1 && hours < 10)
			missing = 1;
		put_padding(out, ' ', missing);
	}
	buf_byte(out, sign);
	if (spec->pad != ' ')
		put_padding(out, '0', missing);
	buf_str(out, text);
	buf_str(out, tail);
}

/* Week of the year, where weeks begin on the weekday. */
static int
week_of_year(const struct date *date, int first)
{
	int since = (date->weekday - first + 7) % 7;

	return (date->yearday + 6 - since) / 7;
}

/* 53 where a year begins on a Thursday, or on a Wednesday and is a leap
 * year. */
static int
weeks_of_year(int64_t year)
{
	int weekday = calendar_weekday(calendar_days(year, 1, 1));

	return weekday == 4 || (weekday == 3 && calendar_is_leap(year)) ? 53
									: 52;
}

/* ISO 8601: the week belongs to the year that holds its Thursday. */
static int
iso_week(const struct date *date, int64_t *year)
{
	int monday_is_1 = date->weekday == 0 ? 7 : date->weekday;
	int week = (date->yearday - monday_is_1 + 10) / 7;

	*year = date->year;
	if (week == 0) {
		*year = date->year - 1;
		return weeks_of_year(*year);
	}
	if (week > weeks_of_year(*year)) {
		*year = date->year + 1;
		return 1;
	}
	return week;
}

/* Directives that stand for others; the width pads the whole. Of their kind
 * they hold only %x: the recursion is two levels deep. */
static struct span
compound(const struct locale *locale, char letter)
{
	switch (letter) {
	case 'c':
		return locale ? SPAN("%x %H:%M:%S")
			      : SPAN("%a %b %e %H:%M:%S %Y");
	case 'x':
		if (locale != NULL)
			return wording_text(locale, WORDING_DATE);
		return SPAN("%m/%d/%y");
	case 'D':
		return SPAN("%m/%d/%y");
	case 'F':
		return SPAN("%Y-%m-%d");
	case 'r':
		return SPAN("%I:%M:%S %p");
	case 'R':
		return SPAN("%H:%M");
	case 'T':
	case 'X':
		return SPAN("%H:%M:%S");
	case 'v':
		return SPAN("%e-%^b-%4Y");
	default:
		return SPAN_NONE;
	}
}

/* What a directive of numbers says, its digits, and what fills them. */
struct numeric {
	int64_t number;
	int digits;
	char pad;
};

static struct numeric
numeric_iso(const struct date *date, char letter)
{
	int64_t year;
	int week = iso_week(date, &year);

	if (letter == 'V')
		return (struct numeric){ week, 2, '0' };
	if (letter == 'G')
		return (struct numeric){ year, 4, '0' };
	return (struct numeric){ (year % 100 + 100) % 100, 2, '0' };
}

static struct numeric
numeric_century(const struct date *date, char letter)
{
	int64_t of_century;
	int64_t century = calendar_divide(date->year, 100, &of_century);

	return (struct numeric){ letter == 'C' ? century : of_century, 2, '0' };
}

static int
hour_of_12(const struct date *date)
{
	return (date->hour + 11) % 12 + 1;
}

/* No digits where the letter is no such directive. */
static struct numeric
numeric_of(const struct date *date, char letter)
{
	switch (letter) {
	case 'Y':
		return (struct numeric){ date->year, 4, '0' };
	case 'C':
	case 'y':
		return numeric_century(date, letter);
	case 'G':
	case 'g':
	case 'V':
		return numeric_iso(date, letter);
	case 'U':
		return (struct numeric){ week_of_year(date, 0), 2, '0' };
	case 'W':
		return (struct numeric){ week_of_year(date, 1), 2, '0' };
	case 'm':
		return (struct numeric){ date->month, 2, '0' };
	case 'd':
		return (struct numeric){ date->day, 2, '0' };
	case 'e':
		return (struct numeric){ date->day, 2, ' ' };
	case 'j':
		return (struct numeric){ date->yearday, 3, '0' };
	case 'H':
		return (struct numeric){ date->hour, 2, '0' };
	case 'k':
		return (struct numeric){ date->hour, 2, ' ' };
	case 'I':
		return (struct numeric){ hour_of_12(date), 2, '0' };
	case 'l':
		return (struct numeric){ hour_of_12(date), 2, ' ' };
	case 'M':
		return (struct numeric){ date->minute, 2, '0' };
	case 'S':
		return (struct numeric){ date->second, 2, '0' };
	case 's':
		return (struct numeric){ date->epoch, 1, '0' };
	case 'u':
		return (struct numeric){ (date->weekday + 6) % 7 + 1, 1, '0' };
	case 'w':
		return (struct numeric){ date->weekday, 1, '0' };
	default:
		return (struct numeric){ 0, 0, '0' };
	}
}

/* true when the letter is a directive of numbers. */
static bool
put_numeric(struct buf *out, const struct spec *spec, const struct date *date,
    char letter)
{
	struct numeric is = numeric_of(date, letter);
	/* A year keeps four digits behind its minus. */
	bool longer = is.number < 0 && is.digits == 4;

	if (is.digits != 0)
		put_number(out, spec, is.number, is.digits + longer, is.pad);
	return is.digits != 0;
}

/* A name for that reader; a month that stands alone has a form of its own in
 * some languages. */
static struct span
name_of(const struct reader *reader, enum wording what, size_t item)
{
	const struct locale *locale =
	    reader->locale ? reader->locale : locale_find(SPAN_NONE);
	enum wording alone = what == WORDING_MONTHS
				 ? WORDING_MONTHS_ALONE
				 : WORDING_SHORT_MONTHS_ALONE;
	bool is_month = what == WORDING_MONTHS || what == WORDING_SHORT_MONTHS;

	if (is_month && !reader->day && wording_text(locale, alone).len != 0)
		what = alone;
	return wording_item(locale, what, item);
}

/* true when the letter is a directive of text: each has what it says and
 * what becomes of its case. */
static bool
put_names(struct buf *out, const struct spec *spec, const struct date *date,
    char letter)
{
	int swap = spec->swap ? 1 : 0;
	size_t month = (size_t)date->month - 1, day = (size_t)date->weekday;
	const struct {
		char letter;
		enum wording words; /* WORDINGS: the text beside it */
		struct span text;
		size_t item;
		int shift;
	} all[] = {
		{ 'A', WORDING_DAYS, SPAN_NONE, day, swap },
		{ 'a', WORDING_SHORT_DAYS, SPAN_NONE, day, swap },
		{ 'B', WORDING_MONTHS, SPAN_NONE, month, swap },
		{ 'b', WORDING_SHORT_MONTHS, SPAN_NONE, month, swap },
		{ 'h', WORDING_SHORT_MONTHS, SPAN_NONE, month, swap },
		{ 'p', WORDING_HALVES, SPAN_NONE, date->hour >= 12, -swap },
		{ 'P', WORDING_HALVES, SPAN_NONE, date->hour >= 12,
		    spec->swap ? 1 : -1 },
		{ 'Z', WORDINGS, span_str(date->zone), 0, -swap },
		{ 'n', WORDINGS, SPAN("\n"), 0, 0 },
		{ 't', WORDINGS, SPAN("\t"), 0, 0 },
		{ '%', WORDINGS, SPAN("%"), 0, 0 },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct span text = all[i].text;

		if (all[i].letter != letter)
			continue;
		if (all[i].words != WORDINGS)
			text = name_of(spec->reader, all[i].words, all[i].item);
		/* A zone without a name is not padded either. */
		if (text.len != 0)
			put_text(out, spec, text, all[i].shift);
		return true;
	}
	return false;
}

static int put_format(struct buf *out, const struct date *date,
    const struct reader *reader, struct span format, struct err *err);

static bool
put_compound(struct buf *out, const struct spec *spec, const struct date *date,
    char letter)
{
	struct span format = compound(spec->reader->locale, letter);
	char bytes[128];
	struct spec whole = *spec;
	struct buf text = {
		.at = bytes, .size = sizeof bytes, .max = sizeof bytes - 1
	};

	if (format.len == 0)
		return false;
	(void)put_format(&text, date, spec->reader, format, NULL);
	if (whole.pad == '-')
		whole.pad = 0;
	put_text(out, &whole, span_of(bytes, text.len), 0);
	return true;
}

/* false where the letter is no directive, or not with these modifiers. */
static bool
put_directive(struct buf *out, const struct spec *spec, const struct date *date,
    char letter)
{
	if (spec->colons != 0 && letter != 'z')
		return false;
	if (spec->modifier == 'E' && strchr("cCxXyY", letter) == NULL)
		return false;
	if (spec->modifier == 'O' && strchr("deHkIlmMSuUVwWy", letter) == NULL)
		return false;
	switch (letter) {
	case 'N':
		put_fraction(out, spec, date->nsec, 9);
		return true;
	case 'L':
		put_fraction(out, spec, date->nsec, 3);
		return true;
	case 'z':
		put_offset(out, spec, date);
		return true;
	default:
		break;
	}
	return put_numeric(out, spec, date, letter) ||
	       put_names(out, spec, date, letter) ||
	       put_compound(out, spec, date, letter);
}

/* Reads flags, width, colons and modifier in Ruby's order, at is behind the
 * '%'. Returns where the letter stands. */
static size_t
spec_read(struct span format, size_t at, struct spec *spec)
{
	*spec = (struct spec){ .width = -1 };
	for (; at < format.len && strchr("-0^#_", format.at[at]) != NULL &&
	       format.at[at] != '\0';
	     at++) {
		char c = format.at[at];

		if (c == '^')
			spec->upper = true;
		else if (c == '#')
			spec->swap = true;
		else
			spec->pad = c == '_' ? ' ' : c;
	}
	for (; at < format.len && ascii_is_digit(format.at[at]); at++) {
		if (spec->width < 0)
			spec->width = 0;
		if (spec->width <= DATE_WIDTH_MAX)
			spec->width = spec->width * 10 + (format.at[at] - '0');
	}
	for (; at < format.len && format.at[at] == ':'; at++)
		spec->colons++;
	if (at + 1 < format.len &&
	    (format.at[at] == 'E' || format.at[at] == 'O'))
		spec->modifier = format.at[at++];
	return at;
}

static int
put_format(struct buf *out, const struct date *date,
    const struct reader *reader, struct span format, struct err *err)
{
	size_t at = 0;

	while (at < format.len && !out->failed) {
		size_t clean = span_find(span_from(format, at), '%');
		struct spec spec;
		size_t letter;

		buf_add(out, span_first(span_from(format, at), clean));
		at += clean;
		if (at == format.len)
			break;
		letter = spec_read(format, at + 1, &spec);
		spec.reader = reader;
		if (letter == format.len || spec.colons > 3) {
			err_set(err, ERR_TEMPLATE, "invalid format: %.*s",
			    SPAN_ARG(format));
			return err_quotes(err);
		}
		if (spec.width > DATE_WIDTH_MAX)
			return err_set(err, ERR_TEMPLATE,
			    "a width in the date format is too large");
		if (!put_directive(out, &spec, date, format.at[letter]))
			buf_add(out,
			    span_first(span_from(format, at), letter - at));
		else
			letter++;
		at = letter;
	}
	return 0;
}

/* Whether it prints the day of the month. */
static bool
names_day(struct span format)
{
	size_t at = span_find(format, '%');

	while (at < format.len) {
		struct spec spec;
		size_t letter = spec_read(format, at + 1, &spec);

		if (letter == format.len)
			break;
		if (format.at[letter] == 'd' || format.at[letter] == 'e')
			return true;
		format = span_from(format, letter + 1);
		at = span_find(format, '%');
	}
	return false;
}

int
date_format(const struct date *date, struct span format,
    const struct locale *locale, struct buf *out, struct err *err)
{
	struct reader reader = { .locale = locale,
		.day = locale != NULL && names_day(format) };

	return put_format(out, date, &reader, format, err);
}
