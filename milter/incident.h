/*
 * An incident is what ends without a line about a message: a connection too
 * many, mail that no rule allows, a recipient who was answered no, a client
 * that went away. Each is told in a line of its own, but of one kind no more
 * than INCIDENTS_TOLD in a minute; how many more there were is said after it.
 */
#ifndef INLAY_MILTER_INCIDENT_H
#define INLAY_MILTER_INCIDENT_H

#include <pthread.h>
#include <stdint.h>

#include "milter/authorise.h"
#include "milter/statistics.h"
#include "store/base/log.h"

enum incident_kind {
	INCIDENT_TURNED_AWAY, /* a connection over max-connections */
	INCIDENT_FOREIGN,     /* a message that no rule allows, untouched */
	INCIDENT_SECOND,      /* a recipient after the first, put off */
	INCIDENT_RECIPIENT,   /* another one who is refused or put off */
	INCIDENT_ABORTED,     /* a message that the client gave up */
	INCIDENT_KINDS
};

enum { INCIDENTS_TOLD = 10 };

struct incident {
	enum incident_kind kind;
	const char *id;	    /* the queue id, or NULL */
	const char *reason; /* a word, or NULL */
	const struct peer *peer;
};

struct incidents {
	pthread_mutex_t lock; /* guards the rest */
	struct {
		int64_t since_us; /* the minute, as of monotonic_us */
		unsigned told, more;
	} kinds[INCIDENT_KINDS];
};

#define INCIDENTS_INIT \
	{ \
		.lock = PTHREAD_MUTEX_INITIALIZER \
	}

/* Writes the line where it may, and counts what the statistics have a counter
 * for. */
void incident_tell(struct incidents *incidents, const struct incident *incident,
    int64_t now_us, struct statistics *statistics, struct log *log);

/* Says how many more there were of each kind whose minute is over. */
void incidents_settle(
    struct incidents *incidents, int64_t now_us, struct log *log);

/* A key of the line; write() adds the pair, or nothing. */
struct incident_pair {
	const char *key;
	void (*write)(struct log_line *line, const char *key,
	    const struct incident *incident);
};

extern const struct incident_pair incident_pairs[]; /* ends with a NULL key */

/* What is told of a kind. */
struct incident_row {
	const char *word; /* the value of `event` */
	enum log_level level;
	enum counter counter; /* COUNTERS: whoever tells counts */
};

extern const struct incident_row incident_kinds[INCIDENT_KINDS];

#endif
