/*
 * A journey is one message on its way to one recipient: parse, compile, wait
 * for its turn, read the person, decide, render, record. personalise.c opens
 * what all journeys share and sends them off.
 */
#ifndef INLAY_MILTER_JOURNEY_H
#define INLAY_MILTER_JOURNEY_H

#include <stdatomic.h>

#include "milter/late.h"
#include "milter/liquid/liquid.h"
#include "milter/person.h"
#include "milter/personalise.h"
#include "milter/snapshot.h"
#include "milter/template/compose.h"
#include "milter/turn.h"

struct personaliser {
	struct personalise_options options;
	struct engine *engine;
	struct snapshot *snapshot;
	struct cache *cache;
	struct zones *zones;
	struct late *late;
	struct turns *turns;
	atomic_uint_fast64_t lookups;
};

/* One message on its way through. */
struct journey {
	struct personaliser *personaliser;
	const struct personalise_request *request;
	const struct personalise_pretence *pretence; /* preview only */
	bool preview;
	struct arena *arena;
	const struct catalog *catalog;
	const struct campaign *campaign;
	const struct catalog
	    *view; /* of the catalog: the campaign's tenant's */
	struct span tenant;
	struct message *message;
	struct span message_id;
	struct template template;
	bool compiled; /* and parsed: what all recipients share is there */
	struct person person;
	struct message_key key;
	struct data *data;
	struct decision *decision;
	struct composed composed;
	bool replayed;
	bool discarded;	  /* refused, and the campaign wants no bounce */
	int64_t now;	  /* of the decision: a replay keeps the recorded one */
	int64_t begun;	  /* the message or this person, as of monotonic_us */
	struct work work; /* of all its templates */
	int64_t decide_us; /* of it, spent reading and deciding */
	int64_t render_us;
	int64_t commit_us; /* spent waiting for commits */
	int64_t turn_us;   /* and for others of the same recipient */
	unsigned attempts; /* to commit */
};

/* Sets the clock of a message, or of one more recipient of a prepared one. */
void journey_start(struct journey *journey);

/* What all recipients share. 0 or -1. */
int journey_compile(struct journey *journey, struct err *err);

/* All that is left of it, on the catalog that it has. 0 or -1, as
 * personalise_message. */
int journey_live(
    struct journey *journey, struct personalised *result, struct err *err);

/* The whole, on a catalog that the result keeps. Returns as above. */
int journey_run(
    struct journey *journey, struct personalised *result, struct err *err);

#endif
