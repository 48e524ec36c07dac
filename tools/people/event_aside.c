#include "tools/people/event_aside.h"

#define SOON 2	      /* seconds after the 250 */
#define BURST 2	      /* seconds within which */
#define BURST_LINKS 3 /* so many links of one mail are followed */
#define COMPANY 60    /* seconds around what gave a client away */

static bool
is_of_mail(const struct event *a, const struct event *b)
{
	return a->link != 0 && b->link != 0 &&
	       memcmp(a->response.tag, b->response.tag, KEY_TAG) == 0;
}

/* When the mail was handed over; where nobody knows, when it was recorded. */
static bool
is_soon(const struct event *event, const struct history *history)
{
	const struct exposure *entry =
	    history_find_tag(history, event->response.tag);

	if (entry == NULL)
		return false;
	return event->response.time <= (entry->state == EXPOSURE_DELIVERED
					       ? entry->state_at
					       : entry->time) +
					   SOON;
}

/* How many links of its mail are followed from the event on within the time;
 * no more are counted than matter. */
static size_t
count_links(const struct event *events, size_t count, size_t from)
{
	uint32_t links[BURST_LINKS];
	size_t found = 0;

	for (size_t i = from;
	     i < count && found < BURST_LINKS &&
	     events[i].response.time <= events[from].response.time + BURST;
	     i++) {
		size_t known = 0;

		if (!is_of_mail(&events[from], &events[i]))
			continue;
		while (known < found && links[known] != events[i].link)
			known++;
		if (known == found)
			links[found++] = events[i].link;
	}
	return found;
}

static void
put_aside(struct event *event, enum response_aside why)
{
	if (event->response.aside == ASIDE_NOT)
		event->response.aside = why;
}

static void
put_burst_aside(struct event *events, size_t count, size_t from)
{
	for (size_t i = from;
	     i < count &&
	     events[i].response.time <= events[from].response.time + BURST;
	     i++)
		if (is_of_mail(&events[from], &events[i]))
			put_aside(&events[i], ASIDE_BURST);
}

/* Whether the other, which is aside, shows that no person did this one. */
static bool
gives_away(const struct event *other, const struct event *event)
{
	return other->response.aside != ASIDE_NOT &&
	       other->response.aside != ASIDE_OPEN && event->client != 0 &&
	       other->client == event->client && is_of_mail(other, event);
}

static bool
is_in_company(const struct event *events, size_t count, size_t at)
{
	const struct event *event = &events[at];
	int64_t time = event->response.time;

	for (size_t i = at;
	     i > 0 && events[i - 1].response.time >= time - COMPANY; i--)
		if (gives_away(&events[i - 1], event))
			return true;
	for (size_t i = at + 1;
	     i < count && events[i].response.time <= time + COMPANY; i++)
		if (gives_away(&events[i], event))
			return true;
	return false;
}

void
event_aside(struct event *events, size_t count, const struct history *history)
{
	for (size_t i = 0; i < count; i++) {
		if (events[i].link == 0)
			continue;
		if (is_soon(&events[i], history))
			put_aside(&events[i], ASIDE_SOON);
		if (count_links(events, count, i) == BURST_LINKS)
			put_burst_aside(events, count, i);
	}
	for (size_t i = 0; i < count; i++)
		if (events[i].link != 0 &&
		    events[i].response.aside == ASIDE_NOT &&
		    is_in_company(events, count, i))
			events[i].response.aside = ASIDE_SCANNER;
}
