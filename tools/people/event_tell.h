/*
 * What became of events that were brought in, for people and for programs.
 */
#ifndef INLAY_TOOLS_EVENT_TELL_H
#define INLAY_TOOLS_EVENT_TELL_H

#include "tools/cli.h"
#include "tools/people/event_store.h"

struct event_report {
	struct cli *cli;
	const struct event_store_count *counted;
	struct row_faults *faults;
	uint64_t rows;	    /* read */
	uint64_t strangers; /* whose mark leads to nobody */
	bool dry_run;
	double seconds;
};

/* One line and one for each type, or an object. 0 or -1. */
int event_tell(const struct event_report *report, struct err *err);

#endif
