/*
 * The metrics are the daemon's numbers in Prometheus' text format: one table
 * of families, all of them always there.
 */
#ifndef INLAY_MILTER_METRICS_H
#define INLAY_MILTER_METRICS_H

#include "milter/session.h"
#include "store/base/buf.h"
#include "store/engine/engine.h"

/* Where the numbers come from, at one moment. */
struct metrics_now {
	struct session_numbers session;
	struct engine_stat store;
	uint64_t started; /* Unix seconds */
	uint64_t lookups;
	uint64_t generation; /* of the catalog in force */
	uint64_t catalog_failures;
	int64_t reading;   /* when the delivery log was read; 0: never */
	int64_t events;	   /* likewise a web server's log */
	int64_t tidying;   /* likewise */
	uint64_t reserved; /* exposures for over a day, as found by that */
};

struct metrics_family {
	const char *name, *type, *help;
	/* Adds the samples; or, where NULL, there is one, of get's value. */
	void (*write)(const struct metrics_family *family,
	    const struct metrics_now *now, struct buf *out);
	uint64_t (*get)(const struct metrics_now *now);
	unsigned index; /* what write needs to know */
};

extern const struct metrics_family metrics_families[]; /* NULL name ends */

/* Gathers the numbers. 0 or -1 ERR_STORE, ERR_MEMORY. */
struct personaliser;
int metrics_gather(struct personaliser *personaliser, struct engine *engine,
    struct metrics_now *now, struct err *err);

/* Prints all families; out says whether there was room. */
void metrics_print(const struct metrics_now *now, struct buf *out);

#endif
