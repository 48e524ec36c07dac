/*
 * An event store brings events into the histories, sorted by person: each is
 * attributed to what the person was sent, and does what it says: who
 * unsubscribes is mailed no more under that permission, who complains not at
 * all. What is there already changes nothing.
 */
#ifndef INLAY_TOOLS_EVENT_STORE_H
#define INLAY_TOOLS_EVENT_STORE_H

#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/event.h"
#include "tools/input/external_sort.h"
#include "tools/input/row_faults.h"

#define EVENT_TYPES_MAX 100 /* told apart; others are counted together */
#define EVENTS_OF_ONE 10000 /* kept of one person */
#define ASIDES_OF_ONE 1000  /* the same of what counts as nothing */

struct event_type_count {
	struct span type;
	uint64_t count;
};

struct event_store_count {
	uint64_t added;
	uint64_t known;	   /* there already */
	uint64_t unknown;  /* of people whom nobody knows */
	uint64_t erased;   /* of erased people */
	uint64_t aside;	   /* of those added: kept, and never a success */
	uint64_t alone;	   /* of those added: attributed to nothing */
	uint64_t denied;   /* people who took a permission back */
	uint64_t objected; /* who unsubscribed from they do not say what */
	uint64_t suppressed;
	struct event_type_count types[EVENT_TYPES_MAX]; /* of those added */
	size_t type_count;
};

struct event_store {
	const struct catalog *catalog;
	struct arena *arena;	    /* keeps names and faults */
	struct external_sort *sort; /* packed events by person */
	struct row_faults *faults;  /* told of what is wrong with some */
	struct span source;	    /* who says what people took back */
	int64_t now;
	struct event_store_count counted;
	/* Its own: */
	struct load_row ahead; /* the first of the next person's */
	bool has_ahead, ended;
	struct buf group;
	uint64_t given, counted_to; /* rows: a step may come twice */
};

/* Where engine_load gets its rows, and what it does with them; the caller has
 * filled in what is above, and step. */
void event_store_begin(struct event_store *store, struct load_source *source);
void event_store_end(struct event_store *store);

#endif
