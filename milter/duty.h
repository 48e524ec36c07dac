/*
 * The duty of a daemon that serves: it answers signals, reads its
 * configuration again, and hands over to the process that will serve in its
 * place.
 */
#ifndef INLAY_MILTER_DUTY_H
#define INLAY_MILTER_DUTY_H

#include "milter/daemon.h"
#include "store/engine/engine.h"

/* Catches the signals from now on; there is one daemon in a process. 0 or -1
 * ERR_SYSTEM. */
int duty_open(struct err *err);

/* As if the signal had come; may be called from any thread. */
void duty_signal(int number);

/* What the line of the start says, in its order. */
struct duty_start_pair {
	const char *key;
	void (*add)(struct log_line *line, const char *key,
	    const struct daemon *daemon, const struct engine_stat *stat);
};

extern const struct duty_start_pair duty_start_pairs[]; /* NULL key: end */

/* Logs what serves from now on, before its configuration is shared. 0, or -1:
 * the store cannot be read. */
int duty_start(const struct daemon *daemon, struct err *err);

/* Until the daemon is told to stop, or has handed over and nobody needs it
 * any more. */
void duty_run(struct daemon *daemon);

/* A line of counters since the start. */
void duty_statistics(struct daemon *daemon);

#endif
