/*
 * What of a web server's log no person did: gateways and mail programs follow
 * links before anybody reads the mail, all of them at once, or by another name
 * than a browser's. It is set aside, not thrown away.
 */
#ifndef INLAY_TOOLS_EVENT_ASIDE_H
#define INLAY_TOOLS_EVENT_ASIDE_H

#include "tools/input/event.h"

/* Sets aside, of one person's events in the order of time, those of a log that
 * came within two seconds of the delivery, that are three links of one mail
 * within two seconds, and those of a client that gave itself away on the same
 * mail within a minute. Those that are aside already stay so. */
void event_aside(
    struct event *events, size_t count, const struct history *history);

#endif
