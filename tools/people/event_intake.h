/*
 * An event intake gathers events in any order, in flat memory, and gives them
 * back sorted by person. Those that only a mark leads to are joined with the
 * ledger in one pass over it.
 */
#ifndef INLAY_TOOLS_EVENT_INTAKE_H
#define INLAY_TOOLS_EVENT_INTAKE_H

#include "tools/cli.h"
#include "tools/input/event.h"
#include "tools/input/external_sort.h"

struct event_intake;

/* An empty one of the command. NULL and err. */
struct event_intake *event_intake_new(struct cli *cli, struct err *err);
void event_intake_free(struct event_intake **intake);

/* Takes an event, packed anew; its person is of the command's tenant. 0 or
 * -1. */
int event_intake_add(
    struct event_intake *intake, const struct event *event, struct err *err);

/* Ends the adding: *sort is the caller's, and *unknown the events whose mark
 * leads to nobody any more. 1, 0 interrupted, -1. */
int event_intake_finish(struct event_intake *intake,
    struct external_sort **sort, uint64_t *unknown, struct err *err);

#endif
