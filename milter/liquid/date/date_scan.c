#include "milter/liquid/date/date_scan.h"

#include <stdio.h>

#include "milter/liquid/date/pattern.h"
#include "store/base/ascii.h"

#define MONTHS "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
#define ERA \
	"(c(?:e|\\.e\\.)|b(?:ce|\\.c\\.e\\.)|a(?:d|\\.d\\.)|b(?:c|\\.c\\.))?"
#define LETTER "a-z\x80-\xff"

/* Honest dates need at most a third of it. */
#define STEPS_MAX 20000u

/* Numbers no date has; keeps later sums from overflowing. */
#define NUMBER_MAX INT64_C(1000000000000)

struct seek {
	char text[DATE_SCAN_MAX + 1];
	size_t len;
	struct date_parts *parts;
	bool whole_year; /* not to be completed to 19xx or 20xx */
	bool before_christ;
	unsigned steps; /* that matching may still take */
};

static int64_t
number(struct span text)
{
	int64_t value = 0;
	bool negative = false;
	size_t i = 0;

	if (text.len && (text.at[0] == '-' || text.at[0] == '+'))
		negative = text.at[i++] == '-';
	for (; i < text.len && ascii_is_digit(text.at[i]); i++)
		if (value < NUMBER_MAX)
			value = value * 10 + (text.at[i] - '0');
	return negative ? -value : value;
}

static size_t
digits_at(struct span text, size_t at)
{
	size_t end = at;

	while (end < text.len && ascii_is_digit(text.at[end]))
		end++;
	return end - at;
}

/* Where the first digit stands, or the sign in front of digits. */
static size_t
number_at(struct span text, bool sign)
{
	size_t at = 0;

	while (at < text.len && !ascii_is_digit(text.at[at]) &&
	       !(sign && (text.at[at] == '-' || text.at[at] == '+')))
		at++;
	return at;
}

static uint32_t
fraction(struct span digits)
{
	uint32_t nsec = 0;

	for (size_t i = 0; i < 9; i++)
		nsec = nsec * 10 +
		       (i < digits.len ? (uint32_t)(digits.at[i] - '0') : 0);
	return nsec;
}

static void
set(struct seek *scan, enum date_part part, int64_t value)
{
	struct date_parts *parts = scan->parts;
	int64_t *const fields[] = { &parts->year, &parts->month, &parts->day,
		&parts->yearday, &parts->hour, &parts->minute, &parts->second };

	for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++)
		if (part == 1u << i)
			*fields[i] = value;
	parts->known |= part;
}

static bool
knows(const struct seek *scan, enum date_part part)
{
	return (scan->parts->known & part) != 0;
}

static void
set_zone(struct seek *scan, struct span zone)
{
	snprintf(scan->parts->zone, sizeof scan->parts->zone, "%.*s",
	    SPAN_ARG(zone));
}

static bool
quoted_or_long(struct span text)
{
	return text.at != NULL &&
	       (text.len > 2 || (text.len && text.at[0] == '\''));
}

static void
swap(struct span *a, struct span *b)
{
	struct span first = *a;

	*a = *b;
	*b = first;
}

/* A year that carries more than its number ("3rd") was the day. */
static void
sort_out_year(struct span *year, struct span *day)
{
	size_t at = number_at(*year, true);
	size_t end = at;

	if (end < year->len && !ascii_is_digit(year->at[end]))
		end++;
	end += digits_at(*year, end);
	if (end < year->len) {
		struct span clean = span_of(year->at + at, end - at);

		*year = *day;
		*day = clean;
	}
}

static void
set_year(struct seek *scan, struct span text)
{
	size_t at = number_at(text, true);
	bool sign = at < text.len && !ascii_is_digit(text.at[at]);

	if (sign || digits_at(text, at) > 2)
		scan->whole_year = true;
	set(scan, DATE_YEAR, number(span_from(text, at)));
}

/*
 * Three numbers whose order is still open: what is long or quoted is a year.
 * A missing one has at == NULL.
 */
static void
set_three(
    struct seek *scan, struct span year, struct span month, struct span day)
{
	if (year.at && month.at && !day.at) {
		day = month;
		month = year;
		year = SPAN_NONE;
	}
	if (!year.at && quoted_or_long(day))
		swap(&year, &day);
	if (year.at)
		sort_out_year(&year, &day);
	if (quoted_or_long(month)) {
		swap(&year, &month);
		swap(&month, &day);
	}
	if (quoted_or_long(day))
		swap(&year, &day);
	if (year.at)
		set_year(scan, year);
	if (month.at)
		set(scan, DATE_MONTH,
		    number(span_from(month, number_at(month, false))));
	if (day.at)
		set(scan, DATE_DAY,
		    number(span_from(day, number_at(day, false))));
}

static struct span
month_digits(struct span name)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	static const char digits[] = "010203040506070809101112";
	size_t at = span_search(span_str(names), span_first(name, 3));

	return span_of(digits + at / 3 * 2, 2);
}

/* Finds the pattern, takes its groups and leaves a blank in its place. */
static bool
find(struct seek *scan, const char *pattern,
    void (*take)(struct seek *scan, const struct span *groups))
{
	struct span groups[PATTERN_GROUPS];
	size_t at, behind;

	if (!pattern_find(
		pattern, span_of(scan->text, scan->len), groups, &scan->steps))
		return false;
	take(scan, groups);
	if (groups[0].len == 0)
		return true;
	at = (size_t)(groups[0].at - scan->text);
	behind = at + groups[0].len;
	scan->text[at] = ' ';
	memmove(scan->text + at + 1, scan->text + behind, scan->len - behind);
	scan->len -= groups[0].len - 1;
	return true;
}

static void
take_nothing(struct seek *scan, const struct span *groups)
{
	(void)scan;
	(void)groups;
}

/* "5pm", "17:30:15.5", "17h 30m"; group 2 is the zone. */
static void
take_time(struct seek *scan, const struct span *groups)
{
	static const char pattern[] = "^(\\d+)h?(?:\\s*:?\\s*(\\d+)m?"
				      "(?:\\s*:?\\s*(\\d+)(?:[,.](\\d+))?s?)?)?"
				      "(?:\\s*([ap])(?:m\\b|\\.m\\.))?";
	struct span time[PATTERN_GROUPS];
	int64_t hour;

	if (groups[2].at)
		set_zone(scan, groups[2]);
	if (!pattern_find(pattern, groups[1], time, &scan->steps))
		return;
	hour = number(time[1]);
	if (time[5].at)
		hour = hour % 12 + (*time[5].at == 'p' ? 12 : 0);
	set(scan, DATE_HOUR, hour);
	if (time[2].at)
		set(scan, DATE_MINUTE, number(time[2]));
	if (time[3].at)
		set(scan, DATE_SECOND, number(time[3]));
	if (time[4].at) {
		scan->parts->nsec = fraction(time[4]);
		set(scan, DATE_FRACTION, 0);
	}
}

static void
set_named(struct seek *scan, struct span year, struct span name,
    struct span day, struct span era)
{
	if (era.len && *era.at == 'b')
		scan->before_christ = true;
	set_three(scan, year, month_digits(name), day);
}

static void
take_day_month(struct seek *scan, const struct span *groups)
{
	set_named(scan, groups[4], groups[2], groups[1], groups[3]);
}

static void
take_month_day(struct seek *scan, const struct span *groups)
{
	set_named(scan, groups[4], groups[1], groups[2], groups[3]);
}

static void
take_numbers(struct seek *scan, const struct span *groups)
{
	set_three(scan, groups[1], groups[2], groups[3]);
}

/* Meiji, Taisho, Showa, Heisei, Reiwa. */
static void
take_japanese(struct seek *scan, const struct span *groups)
{
	static const char eras[] = "mtshr";
	static const int64_t starts[] = { 1867, 1911, 1925, 1988, 2018 };
	size_t era = span_find(span_str(eras), *groups[1].at);

	set(scan, DATE_YEAR, number(groups[2]) + starts[era]);
	set(scan, DATE_MONTH, number(groups[3]));
	set(scan, DATE_DAY, number(groups[4]));
}

static void
take_month_and_day(struct seek *scan, const struct span *groups)
{
	if (groups[1].at)
		set(scan, DATE_MONTH, number(groups[1]));
	if (groups[2].at)
		set(scan, DATE_DAY, number(groups[2]));
}

static void
take_year_and_day(struct seek *scan, const struct span *groups)
{
	set(scan, DATE_YEAR, number(groups[1]));
	set(scan, DATE_YEARDAY, number(groups[2]));
}

static void
take_yearday(struct seek *scan, const struct span *groups)
{
	set(scan, DATE_YEARDAY, number(groups[1]));
}

static void
take_year(struct seek *scan, const struct span *groups)
{
	set(scan, DATE_YEAR, number(groups[1]));
}

static void
take_month(struct seek *scan, const struct span *groups)
{
	set(scan, DATE_MONTH, number(month_digits(groups[1])));
}

static void
take_day(struct seek *scan, const struct span *groups)
{
	set(scan, DATE_DAY, number(groups[1]));
}

/*
 * Digits without separators. Each letter of a layout names what the digit
 * belongs to; digits count from the left where the text begins with the
 * year, from the right where a fraction of a second follows.
 */
static void
set_layout(struct seek *scan, const char *layout, struct span digits)
{
	static const struct {
		char letter;
		enum date_part part;
	} letters[] = {
		{ 'Y', DATE_YEAR },
		{ 'm', DATE_MONTH },
		{ 'd', DATE_DAY },
		{ 'j', DATE_YEARDAY },
		{ 'H', DATE_HOUR },
		{ 'M', DATE_MINUTE },
		{ 'S', DATE_SECOND },
	};

	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
		const char *first = strchr(layout, letters[i].letter);
		size_t len = 0;

		if (first == NULL)
			continue;
		while (first[len] == letters[i].letter)
			len++;
		set(scan, letters[i].part,
		    number(span_of(digits.at + (first - layout), len)));
	}
}

static void
set_digits(struct seek *scan, struct span sign, struct span digits,
    bool fraction_follows)
{
	static const char *const from_left[] = { [2] = "dd",
		[3] = "jjj",
		[4] = "mmdd",
		[5] = "YYjjj",
		[6] = "YYmmdd",
		[7] = "YYYYjjj",
		[8] = "YYYYmmdd",
		[10] = "YYYYmmddHH",
		[12] = "YYYYmmddHHMM",
		[14] = "YYYYmmddHHMMSS" };
	static const char *const from_right[] = { [2] = "SS",
		[3] = "MSS",
		[4] = "MMSS",
		[5] = "HMMSS",
		[6] = "HHMMSS",
		[7] = "dHHMMSS",
		[8] = "ddHHMMSS",
		[10] = "mmddHHMMSS",
		[12] = "YYmmddHHMMSS",
		[14] = "YYYYmmddHHMMSS" };
	const char *layout =
	    fraction_follows ? from_right[digits.len] : from_left[digits.len];

	if (layout == NULL)
		return;
	set_layout(scan, layout, digits);
	if (strchr(layout, 'Y') == NULL)
		return;
	if (sign.len && *sign.at == '-')
		scan->parts->year = -scan->parts->year;
	if (digits.len == 14 || (digits.len >= 8 && !fraction_follows))
		scan->whole_year = true;
}

static void
take_digits(struct seek *scan, const struct span *groups)
{
	static const char *const clock[] = {
		[2] = "HH", [4] = "HHMM", [6] = "HHMMSS"
	};
	static const char *const clock_right[] = {
		[2] = "SS", [4] = "MMSS", [6] = "HHMMSS"
	};
	size_t len = groups[3].len;

	set_digits(scan, groups[1], groups[2],
	    groups[3].at == NULL && groups[4].at != NULL);
	if (groups[3].at != NULL && len % 2 == 0)
		set_layout(scan, groups[4].at ? clock_right[len] : clock[len],
		    groups[3]);
	if (groups[4].at != NULL) {
		scan->parts->nsec = fraction(groups[4]);
		set(scan, DATE_FRACTION, 0);
	}
	if (groups[5].at != NULL && *groups[5].at == '[') {
		struct span zone = span_of(groups[5].at + 1, groups[5].len - 2);

		set_zone(scan, zone.at[span_find(zone, ':')] == ':'
				   ? span_from(zone, span_find(zone, ':') + 1)
				   : zone);
	} else if (groups[5].at != NULL) {
		set_zone(scan, groups[5]);
	}
}

static void
take_era(struct seek *scan, const struct span *groups)
{
	(void)groups;
	scan->before_christ = true;
}

/* A lone number beside a time is the day; beside a day, the hour. */
static void
take_rest(struct seek *scan, const struct span *groups)
{
	int64_t rest = number(groups[1]);

	if (knows(scan, DATE_HOUR) && !knows(scan, DATE_DAY) && rest >= 1 &&
	    rest <= 31)
		set(scan, DATE_DAY, rest);
	if (knows(scan, DATE_DAY) && !knows(scan, DATE_HOUR) && rest <= 24)
		set(scan, DATE_HOUR, rest);
}

enum { ALPHA = 1, DIGIT = 2, DASH = 4, DOT = 8, SLASH = 16 };

static unsigned
classes(const struct seek *scan)
{
	unsigned has = 0;

	for (size_t i = 0; i < scan->len; i++) {
		char c = scan->text[i];

		if (c >= 'a' && c <= 'z')
			has |= ALPHA;
		else if (ascii_is_digit(c))
			has |= DIGIT;
		else if (c == '-')
			has |= DASH;
		else if (c == '.')
			has |= DOT;
		else if (c == '/')
			has |= SLASH;
	}
	return has;
}

/* The shapes of a day, the surest first; the first that fits ends it. */
static const struct {
	unsigned needs;
	const char *unless; /* not where this is found */
	const char *pattern;
	void (*take)(struct seek *scan, const struct span *groups);
} shapes[] = {
	{ ALPHA | DIGIT, NULL,
	    "('?\\d+)[^-\\d\\s]*\\s*" MONTHS "[^-\\d\\s']*"
	    "(?:\\s*" ERA "\\s*('?-?\\d+(?:(?:st|nd|rd|th)\\b)?))?",
	    take_day_month },
	{ ALPHA | DIGIT, NULL,
	    "\\b" MONTHS "[^-\\d\\s']*\\s*('?\\d+)[^-\\d\\s']*"
	    "(?:\\s*,?\\s*" ERA "\\s*('?-?\\d+))?",
	    take_month_day },
	{ DIGIT | DASH, NULL, "('?[-+]?\\d+)-(\\d+)-('?-?\\d+)", take_numbers },
	{ DIGIT | DOT, NULL, "\\b([mtshr])(\\d+)\\.(\\d+)\\.(\\d+)",
	    take_japanese },
	{ ALPHA | DIGIT | DASH, NULL,
	    "('?-?\\d+)-" MONTHS "[^-/.]*()-('?-?\\d+)", take_day_month },
	{ ALPHA | DIGIT | DASH, NULL,
	    "\\b" MONTHS "[^-/.]*-('?-?\\d+)()(?:-('?-?\\d+))?",
	    take_month_day },
	{ DIGIT | SLASH, NULL, "('?-?\\d+)/\\s*('?\\d+)(?:\\D\\s*('?-?\\d+))?",
	    take_numbers },
	{ DIGIT | DOT, NULL, "('?-?\\d+)\\.\\s*('?\\d+)\\.\\s*('?-?\\d+)",
	    take_numbers },
	/* Weeks are recognised and, as in Time.parse, not used. */
	{ DIGIT, NULL, "\\b(\\d{2}|\\d{4})?-?w(\\d{2})(?:-?(\\d))?\\b",
	    take_nothing },
	{ DIGIT, NULL, "-w-(\\d)\\b", take_nothing },
	{ DIGIT, NULL, "--(\\d{2})?-(\\d{2})\\b", take_month_and_day },
	{ DIGIT, NULL, "--(\\d{2})(\\d{2})?\\b", take_month_and_day },
	{ DIGIT, "[,.](\\d{2}|\\d{4})-\\d{3}\\b",
	    "\\b(\\d{2}|\\d{4})-(\\d{3})\\b", take_year_and_day },
	{ DIGIT, "\\d-\\d{3}\\b", "\\b-(\\d{3})\\b", take_yearday },
	{ DIGIT, NULL, "'(\\d+)\\b", take_year },
	{ ALPHA, NULL, "\\b" MONTHS "\\S*", take_month },
	{ DIGIT, NULL, "(\\d+)(st|nd|rd|th)\\b", take_day },
	{ DIGIT, NULL,
	    "([-+]?)(\\d{2,14})(?:\\s*t?\\s*(\\d{2,6})?(?:[,.](\\d*))?)?"
	    "(?:\\s*(z\\b|[-+]\\d{1,4}\\b|\\[[-+]?\\d[^\\]]*\\]))?",
	    take_digits },
};

static void
find_day(struct seek *scan)
{
	struct span groups[PATTERN_GROUPS];
	unsigned has = classes(scan);

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		if ((has & shapes[i].needs) != shapes[i].needs)
			continue;
		if (shapes[i].unless != NULL &&
		    pattern_find(shapes[i].unless,
			span_of(scan->text, scan->len), groups, &scan->steps))
			continue;
		if (find(scan, shapes[i].pattern, shapes[i].take))
			return;
	}
}

static void
find_time(struct seek *scan)
{
	static const char pattern[] =
	    "((?:\\d+\\s*:\\s*\\d+(?:\\s*:\\s*\\d+(?:[,.]\\d*)?)?"
	    "|\\d+\\s*h(?:\\s*\\d+m?(?:\\s*\\d+s?)?)?)"
	    "(?:\\s*[ap](?:m\\b|\\.m\\.))?"
	    "|\\d+\\s*[ap](?:m\\b|\\.m\\.))"
	    "(?:\\s*((?:gmt|utc?)?[-+]\\d+(?:[,.:]\\d+(?::\\d+)?)?"
	    "|[" LETTER ".\\s]+(?:standard|daylight)\\stime\\b"
	    "|[" LETTER "]+(?:\\sdst)?\\b))?";

	find(scan, pattern, take_time);
}

/* Lower case, and every run of other signs one blank. */
static void
scan_text(struct seek *scan, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = ascii_lower(text.at[i]);

		if ((unsigned char)c >= 128 || ascii_is_digit(c) ||
		    ascii_is_letter(c) ||
		    (c != 0 && strchr("-+',./:@[]", c) != NULL))
			scan->text[scan->len++] = c;
		else if (i == 0 || scan->text[scan->len - 1] != ' ')
			scan->text[scan->len++] = ' ';
	}
}

int
date_scan(struct span text, struct date_parts *parts)
{
	struct seek scan = { .parts = parts, .steps = STEPS_MAX };

	*parts = (struct date_parts){ 0 };
	if (text.len > DATE_SCAN_MAX)
		return 0;
	scan_text(&scan, text);
	if (classes(&scan) & ALPHA)
		find(&scan, "\\b(sun|mon|tue|wed|thu|fri|sat)[^-/\\d\\s]*",
		    take_nothing);
	if (classes(&scan) & DIGIT)
		find_time(&scan);
	find_day(&scan);
	if (classes(&scan) & ALPHA)
		find(
		    &scan, "\\b(bc\\b|bce\\b|b\\.c\\.|b\\.c\\.e\\.)", take_era);
	if (classes(&scan) & DIGIT)
		find(&scan, "^\\s*(\\d{1,2})\\s*$", take_rest);
	if (knows(&scan, DATE_YEAR) && scan.before_christ)
		parts->year = 1 - parts->year;
	if (knows(&scan, DATE_YEAR) && !scan.whole_year && parts->year >= 0 &&
	    parts->year <= 99)
		parts->year += parts->year >= 69 ? 1900 : 2000;
	parts->steps = STEPS_MAX - scan.steps;
	return parts->known != 0;
}
