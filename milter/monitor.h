/*
 * The monitor is a thread that lets others see how the daemon fares: it answers
 * at the control socket, writes the metrics file, and tells the service
 * manager's watchdog that mail could be served.
 */
#ifndef INLAY_MILTER_MONITOR_H
#define INLAY_MILTER_MONITOR_H

#include <stdbool.h>

#include "store/base/err.h"

struct engine;
struct log;
struct monitor;
struct personaliser;

struct monitor_options {
	const char *milter;  /* path of the milter's socket; NULL: a port */
	const char *control; /* path of the control socket; NULL: none */
	unsigned mode;	     /* of it */
	long group;	     /* or -1 */
	const char *file;    /* of metrics; NULL: none */
	struct personaliser *personaliser;
	struct engine *engine;
	struct log *log;
};

/* Makes the control socket, gives it its path and starts the thread. Who
 * succeeds another daemon takes the path from it. All that the options name
 * must outlive the monitor. 0 or -1. */
int monitor_open(const struct monitor_options *options, bool succeeds,
    struct monitor **monitor, struct err *err);

/* Ends the thread, removes the control socket where it is still its own, and
 * clears the pointer. */
void monitor_close(struct monitor **monitor);

#endif
