#include "store/record/bounce.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/base/ascii.h"
#include "store/base/calendar.h"
#include "store/base/timestamp.h"

#define PART 1000 /* subject and detail have up to three digits */
#define ANY PART

/*
 * RFC 3463, and the codes that were registered since. The first row that fits
 * holds; 4.x.x is the code of a copy that was given up after days of trying.
 * What says nothing of the address is none: our own mail, our own name and our
 * own route are refused to everybody, and must suppress nobody.
 */
static const struct {
	unsigned class, subject, detail;
	enum bounce_kind kind;
} rows[] = {
	{ 5, 1, 0, BOUNCE_SOFT },  /* some address; does not say whose */
	{ 5, 1, 1, BOUNCE_HARD },  /* no such mailbox */
	{ 5, 1, 2, BOUNCE_HARD },  /* no such domain */
	{ 5, 1, 3, BOUNCE_HARD },  /* no address by its syntax */
	{ 5, 1, 4, BOUNCE_SOFT },  /* several mailboxes fit */
	{ 5, 1, 6, BOUNCE_HARD },  /* moved, nobody knows where to */
	{ 5, 1, 10, BOUNCE_HARD }, /* the domain takes no mail: RFC 7505 */
	{ 4, 1, 7, BOUNCE_NONE },  /* the sender's address, */
	{ 4, 1, 8, BOUNCE_NONE },  /* the sender's domain: ours */
	{ 4, 1, ANY, BOUNCE_SOFT },
	{ 5, 1, ANY, BOUNCE_NONE }, /* 7, 8 the sender's; 9 a relay's */
	{ 5, 2, 1, BOUNCE_HARD },   /* the mailbox is closed */
	{ 5, 2, 3, BOUNCE_NONE },   /* longer than this mailbox takes */
	{ 4, 2, 3, BOUNCE_NONE },
	{ 5, 2, ANY, BOUNCE_SOFT }, /* 2: full, which passes */
	{ 4, 2, ANY, BOUNCE_SOFT },
	{ 5, 4, 0, BOUNCE_SOFT }, /* the network, somewhere */
	{ 5, 4, 1, BOUNCE_SOFT }, /* nobody answers there; in some systems an
				   * unknown mailbox */
	{ 4, 4, 1, BOUNCE_SOFT },
	{ 5, 4, 2, BOUNCE_SOFT }, /* a connection that breaks */
	{ 4, 4, 2, BOUNCE_SOFT },
	{ 5, 4, 4, BOUNCE_SOFT }, /* no route: the domain may come back, or our
				   * own resolver was wrong */
	{ 4, 4, 4, BOUNCE_SOFT },
	{ 5, 4, 7, BOUNCE_SOFT }, /* tried for too long */
	{ 4, 4, 7, BOUNCE_SOFT },
	{ 5, 0, ANY, BOUNCE_SOFT }, /* refused, no reason given */
	{ 5, 5, 0, BOUNCE_SOFT },   /* the same, in some large systems */
	/* 3: their system; 4.3, 4.5, 4.6: directories, load and loops; 5: the
	 * protocol; 6: the contents; 7: policy, against us as sender. */
	{ ANY, ANY, ANY, BOUNCE_NONE },
};

uint32_t
bounce_status(unsigned class, unsigned subject, unsigned detail)
{
	return (class * PART + subject) * PART + detail;
}

/* Up to three digits. False where there is none. */
static bool
read_number(struct span *text, unsigned *number)
{
	size_t len = 0;

	*number = 0;
	for (; len < text->len && len < 3; len++) {
		if (!ascii_is_digit(text->at[len]))
			break;
		*number = *number * 10 + (unsigned)(text->at[len] - '0');
	}
	*text = span_from(*text, len);
	return len != 0;
}

int
bounce_status_read(struct span text, uint32_t *status)
{
	unsigned parts[3];

	for (size_t i = 0; i < 3; i++) {
		if (i != 0 && !span_starts(text, SPAN(".")))
			return 0;
		text = span_from(text, i != 0);
		if (!read_number(&text, &parts[i]))
			return 0;
	}
	if (text.len != 0 && memchr(" \t,(;", text.at[0], 5) == NULL)
		return 0;
	if (parts[0] != 2 && parts[0] != 4 && parts[0] != 5)
		return 0;
	*status = bounce_status(parts[0], parts[1], parts[2]);
	return 1;
}

int
bounce_status_of_reply(struct span text, uint32_t *status)
{
	for (size_t i = 0; i < 3; i++)
		if (i >= text.len || !ascii_is_digit(text.at[i]))
			return 0;
	text = span_from(text, 3);
	if (text.len == 0 || (text.at[0] != ' ' && text.at[0] != '-'))
		return 0;
	return bounce_status_read(span_from(text, 1), status);
}

const char *
bounce_status_print(uint32_t status, char *out)
{
	snprintf(out, BOUNCE_STATUS_SIZE, "%u.%u.%u",
	    status / PART / PART % PART, status / PART % PART, status % PART);
	return out;
}

static bool
fits(unsigned wanted, uint32_t part)
{
	return wanted == ANY || wanted == part;
}

enum bounce_kind
bounce_kind(uint32_t status)
{
	size_t i = 0;

	while (!fits(rows[i].class, status / PART / PART) ||
	       !fits(rows[i].subject, status / PART % PART) ||
	       !fits(rows[i].detail, status % PART))
		i++;
	return rows[i].kind;
}

const char *
bounce_kind_word(enum bounce_kind kind)
{
	static const char *const words[] = { "none", "soft", "hard" };

	return words[kind];
}

const char *
bounce_day_print(int64_t day, char *out)
{
	int64_t year;
	int month, of_month;

	calendar_date(day, &year, &month, &of_month);
	snprintf(out, BOUNCE_DAY_SIZE, "%04lld-%02d-%02d", (long long)year,
	    month, of_month);
	return out;
}

void
bounces_print(const struct bounce *list, size_t count, struct buf *out)
{
	char day[BOUNCE_DAY_SIZE], status[BOUNCE_STATUS_SIZE];

	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s %s", i == 0 ? "" : "; ",
		    bounce_day_print(list[i].day, day),
		    bounce_status_print(list[i].status, status));
}

int
bounce_day_read(struct span text, int64_t *day)
{
	int64_t seconds, rest;

	if (!timestamp_parse(text, &seconds))
		return 0;
	*day = calendar_divide(seconds, 86400, &rest);
	return *day > 0 && *day <= BOUNCE_DAY_MAX;
}

static int
read_bounce(struct span text, struct bounce *bounce)
{
	size_t blank = span_find(text, ' ');

	return bounce_day_read(span_first(text, blank), &bounce->day) &&
	       bounce_status_read(
		   span_trim(span_from(text, blank)), &bounce->status);
}

int
bounces_read(struct span text, struct arena *arena, struct bounce **list,
    size_t *count, struct err *err)
{
	struct bounce *all = arena_calloc(arena, text.len + 1, sizeof *all);

	*list = all;
	*count = 0;
	if (all == NULL)
		return err_set(err, ERR_MEMORY, "no memory for bounces");
	while (text.len != 0) {
		size_t end = span_find(text, ';');
		struct span one = span_trim(span_first(text, end));

		if (one.len != 0 && !read_bounce(one, &all[(*count)++]))
			return 0;
		text = span_from(text, end < text.len ? end + 1 : end);
	}
	*count = bounces_settle(all, *count, 0);
	return 1;
}

/* By day; of one day the worst last. */
static int
by_day(const void *left, const void *right)
{
	const struct bounce *a = left, *b = right;
	enum bounce_kind kind_a = bounce_kind(a->status),
			 kind_b = bounce_kind(b->status);

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (kind_a != kind_b)
		return kind_a < kind_b ? -1 : 1;
	return a->status < b->status ? -1 : a->status > b->status;
}

size_t
bounces_settle(struct bounce *list, size_t count, int64_t forgiven)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	qsort(list, count, sizeof *list, by_day);
	for (size_t i = 0; i < count; i++) {
		bool worst = i + 1 == count || list[i + 1].day != list[i].day;

		if (worst && list[i].day > forgiven)
			list[kept++] = list[i];
	}
	if (kept > BOUNCES_MAX) {
		memmove(list, list + (kept - BOUNCES_MAX),
		    BOUNCES_MAX * sizeof *list);
		kept = BOUNCES_MAX;
	}
	return kept;
}
