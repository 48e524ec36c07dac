#include "tools/input/event.h"

#define TEXTS 5

/* What stands before the texts. Never leaves the machine that wrote it. */
struct packed {
	int64_t time;
	double value;
	unsigned char tag[KEY_TAG];
	unsigned char id[RESPONSE_ID];
	uint32_t line, id_column, at_column;
	uint32_t link, client;
	uint32_t aside;
	uint32_t lengths[TEXTS];
};

static const char *const types[] = { "click", "purchase", "refund", "reply",
	"visit", "call", "open", "unsubscribe", "complaint", "conversion",
	"delivered", "answered", "refused", NULL };

static struct span *
text_of(struct event *event, size_t index)
{
	struct span *const texts[TEXTS] = { &event->address,
		&event->response.type, &event->response.campaign,
		&event->response.channel, &event->response.currency };

	return texts[index];
}

void
event_pack(const struct event *event, struct buf *out)
{
	struct event copy = *event;
	const struct response *response = &event->response;
	struct packed head = { .time = response->time,
		.value = response->value,
		.line = event->line,
		.id_column = event->id_column,
		.at_column = event->at_column,
		.link = event->link,
		.client = event->client,
		.aside = response->aside };

	memcpy(head.tag, response->tag, KEY_TAG);
	memcpy(head.id, response->id, RESPONSE_ID);
	for (size_t i = 0; i < TEXTS; i++)
		head.lengths[i] = (uint32_t)text_of(&copy, i)->len;
	buf_add(out, span_of(&head, sizeof head));
	for (size_t i = 0; i < TEXTS; i++)
		buf_add(out, *text_of(&copy, i));
}

size_t
event_unpack(struct span bytes, struct event *event)
{
	size_t at = sizeof(struct packed);
	struct packed head;

	memcpy(&head, bytes.at, sizeof head);
	*event = (struct event){ .line = head.line,
		.id_column = head.id_column,
		.at_column = head.at_column,
		.link = head.link,
		.client = head.client,
		.response = { .time = head.time,
		    .value = head.value,
		    .aside = (enum response_aside)head.aside } };
	memcpy(event->response.tag, head.tag, KEY_TAG);
	memcpy(event->response.id, head.id, RESPONSE_ID);
	for (size_t i = 0; i < TEXTS; i++) {
		*text_of(event, i) = span_of(bytes.at + at, head.lengths[i]);
		at += head.lengths[i];
	}
	return at;
}

bool
event_equal(const struct event *a, const struct event *b)
{
	const struct response *one = &a->response, *other = &b->response;

	return one->time == other->time && !(one->value < other->value) &&
	       !(one->value > other->value) &&
	       memcmp(one->tag, other->tag, KEY_TAG) == 0 &&
	       span_eq(a->address, b->address) &&
	       span_eq(one->type, other->type) &&
	       span_eq(one->campaign, other->campaign) &&
	       span_eq(one->channel, other->channel) &&
	       span_eq(one->currency, other->currency);
}

bool
event_is_known(struct span type)
{
	for (size_t i = 0; types[i] != NULL; i++)
		if (span_eq(type, span_str(types[i])))
			return true;
	return false;
}

bool
event_has_tag(const struct response *response)
{
	static const unsigned char none[KEY_TAG];

	return memcmp(response->tag, none, KEY_TAG) != 0;
}
