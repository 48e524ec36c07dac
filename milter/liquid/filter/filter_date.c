#include "milter/liquid/filter/filter.h"

#include "milter/liquid/date/date.h"
#include "milter/liquid/filter/filter_input.h"
#include "store/base/calendar.h"

/* Steps for reading a zone's file. */
enum { OPENING = 5000 };

/* Steps that a byte of a format costs: %c is two. */
enum { FORMATTING = 24 };

static int
find_zone(
    const struct filter_call *call, struct span name, const struct zone **zone)
{
	struct zones *zones = call->env->zones;
	bool fresh = false;
	int found = 1;

	*zone = zone_utc();
	if (name.len != 0 && zones != NULL) {
		found = zones_acquire(zones, name, zone, &fresh, call->err);
	} else if (name.len != 0) {
		fresh = true;
		found = zone_read(NULL, name, call->arena, zone, call->err);
	}
	if (found == 0) {
		filter_fail(call, "no such time zone: %.*s",
		    SPAN_ARG(span_first(name, 64)));
		return err_quotes(call->err);
	}
	return found < 0 ? -1 : filter_charge(call, fresh ? OPENING : 16);
}

static void
drop_zone(const struct filter_call *call, const struct zone *zone)
{
	if (call->env->zones != NULL)
		zones_release(call->env->zones, zone);
}

/* 1 a date, 0 not one, -1. Integers are seconds, texts are read; nothing
 * else is a date. */
static int
read_date(const struct filter_call *call, struct value input,
    const struct zone *zone, struct date *date)
{
	unsigned work;
	int is_date;

	if (input.kind == VALUE_INTEGER) {
		date_from_epoch(input.integer, 0, zone, date);
		return 1;
	}
	if (input.kind != VALUE_STRING || input.len == 0)
		return 0;
	is_date = date_parse(value_span(input), call->env->now,
	    (uint32_t)call->env->now_nsec, zone, date, &work);
	return filter_charge(call, work) < 0 ? -1 : is_date;
}

static int
date_in(const struct filter_call *call, struct value input, struct span format,
    const struct zone *zone, struct value *out)
{
	const struct locale *locale = NULL;
	struct span name;
	struct date read;
	struct buf text;
	int is_date;

	is_date = read_date(call, input, zone, &read);
	if (is_date <= 0)
		return is_date;
	if (filter_charge(call, format.len * FORMATTING) < 0 ||
	    filter_option(call, "locale", 1, &name) < 0)
		return -1;
	if (name.len != 0 || call->env->locale.len != 0)
		locale = locale_find(name.len ? name : call->env->locale);
	filter_begin(call, &text);
	if (date_format(&read, format, locale, &text, call->err) < 0)
		return -1;
	return filter_finish(call, &text, out);
}

static int
date(const struct filter_call *call, struct value input, struct value *out)
{
	const struct zone *zone;
	struct span format;
	int done;

	if (filter_text(call, call->args[0], &format) < 0)
		return -1;
	*out = input;
	if (format.len == 0)
		return 0;
	done = find_zone(call, call->env->zone, &zone);
	if (done == 0)
		done = date_in(call, input, format, zone, out);
	drop_zone(call, zone);
	return done;
}

static int
move_date(const struct filter_call *call, struct value input,
    const struct zone *local, const struct zone *zone, struct value *out)
{
	struct date read, moved;
	struct buf text;
	int is_date;

	is_date = read_date(call, input, local, &read);
	if (is_date <= 0)
		return is_date;
	date_from_epoch(read.epoch, read.nsec, zone, &moved);
	filter_begin(call, &text);
	if (date_format(&moved,
		zone == zone_utc() ? SPAN("%Y-%m-%d %H:%M:%S UTC")
				   : SPAN("%Y-%m-%d %H:%M:%S %z"),
		NULL, &text, call->err) < 0)
		return -1;
	return filter_finish(call, &text, out);
}

/* The same moment as a text in another zone, for `date` to print. */
static int
time_zone(const struct filter_call *call, struct value input, struct value *out)
{
	const struct zone *local, *zone;
	struct span name;
	int done;

	*out = input;
	if (filter_text(call, call->args[0], &name) < 0)
		return -1;
	zone = zone_utc();
	done = find_zone(call, call->env->zone, &local);
	if (done == 0)
		done = find_zone(call, name, &zone);
	if (done == 0)
		done = move_date(call, input, local, zone, out);
	drop_zone(call, local);
	drop_zone(call, zone);
	return done;
}

static int
age_in(const struct filter_call *call, struct value input,
    const struct zone *zone, struct value *out)
{
	struct date from, now;
	int is_date;

	is_date = read_date(call, input, zone, &from);
	if (is_date <= 0)
		return is_date;
	date_from_epoch(call->env->now, 0, zone, &now);
	*out =
	    value_integer(now.year - from.year -
			  (now.month < from.month ||
			      (now.month == from.month && now.day < from.day)));
	return 0;
}

/* How many whole years have passed since, as birthdays are counted. */
static int
age(const struct filter_call *call, struct value input, struct value *out)
{
	const struct zone *zone;
	int done;

	*out = value_nil();
	done = find_zone(call, call->env->zone, &zone);
	if (done == 0)
		done = age_in(call, input, zone, out);
	drop_zone(call, zone);
	return done;
}

/* From today until that day, as the zone's calendar counts: a day is one,
 * however many hours it has. What is no date stays as it is. */
static int
days_in(const struct filter_call *call, struct value input,
    const struct zone *zone, int64_t *days, bool *is_date)
{
	struct date then, now;
	int found = read_date(call, input, zone, &then);

	*is_date = found == 1;
	if (found <= 0)
		return found;
	/* A text with an offset of its own names a moment. */
	date_from_epoch(then.epoch, then.nsec, zone, &then);
	date_from_epoch(call->env->now, 0, zone, &now);
	*days = calendar_days(then.year, then.month, then.day) -
		calendar_days(now.year, now.month, now.day);
	return 0;
}

/* sign is 1 or -1. */
static int
days_signed(const struct filter_call *call, struct value input, int sign,
    struct value *out)
{
	const struct zone *zone;
	bool is_date = false;
	int64_t days = 0;
	int done;

	done = find_zone(call, call->env->zone, &zone);
	if (done == 0)
		done = days_in(call, input, zone, &days, &is_date);
	drop_zone(call, zone);
	*out = is_date ? value_integer(days * sign) : input;
	return done;
}

static int
days_since(
    const struct filter_call *call, struct value input, struct value *out)
{
	return days_signed(call, input, -1, out);
}

static int
days_until(
    const struct filter_call *call, struct value input, struct value *out)
{
	return days_signed(call, input, 1, out);
}

/* Not pure: "now" asks the clock. */
static const struct filter rows[] = {
	{ "age", age, 0, 0, 0 },
	{ "date", date, 1, 1, FILTER_KEYWORDS },
	{ "days_since", days_since, 0, 0, 0 },
	{ "days_until", days_until, 0, 0, 0 },
	{ "time_zone", time_zone, 1, 1, 0 },
	{ "timezone", time_zone, 1, 1, 0 },
};

const struct filter_set filters_date = { rows, sizeof rows / sizeof rows[0] };
