/*
 * A log reading takes a log's lines from where the last one stopped, to the
 * end or as it grows, through rotations. Where it stopped is kept in the
 * store, one note for each log and tenant, and for each host of a journal.
 */
#ifndef INLAY_TOOLS_LOG_READING_H
#define INLAY_TOOLS_LOG_READING_H

#include "tools/cli.h"
#include "tools/input/log_source.h"
#include "tools/progress.h"

struct log_reading {
	struct cli *cli;
	struct log_origin origin;
	const char *notes; /* how the names of its notes begin */
	bool restart;	   /* from the start, whatever the note says */
	/* Takes one line, with the place where it stands. 0 or -1. */
	int (*take)(void *context, struct span line, struct log_place *at,
	    struct err *err);
	/* Brings in what was taken, at the end for good; now and then it may
	 * wait. *safe is where to begin next time, the end of what was read
	 * unless it is moved back. 1 done, 0 not yet, -1. */
	int (*settle)(
	    void *context, bool end, struct log_place *safe, struct err *err);
	void *context;
	/* Its own: */
	struct log_source *log;
	struct span name;	/* of the log, for people */
	struct span note;	/* its name */
	struct log_place noted; /* what it says */
	uint64_t lines;
	struct progress progress;
};

/* Reads until the end, or with origin.follow until a signal. 0 or -1. */
int log_reading_run(struct log_reading *reading, struct err *err);

/* What --forget says: the notes of a log that is gone are deleted. notes is how
 * their names begin. Exit status, or -1. */
int log_reading_forget(struct cli *cli, const char *notes, struct err *err);

#endif
