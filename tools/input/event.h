/*
 * An event is something that a person did, as a file or a log tells it: whose
 * it is by address or by the mark of a link, and what will stand in the
 * history. Packed, it waits in an external sort for its person.
 */
#ifndef INLAY_TOOLS_EVENT_H
#define INLAY_TOOLS_EVENT_H

#include "store/base/buf.h"
#include "store/record/history.h"

#define EVENT_WORD_MAX 64 /* bytes of a type, campaign, channel, currency */

struct event {
	struct span address; /* normalised; "" where only a mark is known */
	struct response response; /* its tag is that of the mark, or zero */
	unsigned line;		  /* where it stands */
	unsigned id_column, at_column;
	uint32_t link;	 /* of a log: which link it was; else 0 */
	uint32_t client; /* of a log: who asked for it; else 0 */
};

/* Appends the packed event. */
void event_pack(const struct event *event, struct buf *out);

/* How long the packed event at the front is, and what it says; its texts point
 * into the bytes. */
size_t event_unpack(struct span bytes, struct event *event);

/* Whether two say the same. */
bool event_equal(const struct event *a, const struct event *b);

/* Whether it is a type that Inlay knows, "click". */
bool event_is_known(struct span type);

/* Whether the response carries a tag. */
bool event_has_tag(const struct response *response);

#endif
