/*
 * A log as its whole lines, oldest first, from a place where an earlier
 * reading stopped: a file and what it was rotated into, a stream, or
 * systemd's journal.
 *
 *  1. A file is known again by its first line, so that a copy of it, a
 *     compressed one and any name beside it are the same log.
 *  2. Where nothing is known again, whoever reads is told that lines may be
 *     missing; what was rotated since is read all the same.
 */
#ifndef INLAY_TOOLS_LOG_SOURCE_H
#define INLAY_TOOLS_LOG_SOURCE_H

#include <stdio.h>

#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/base/span.h"

#define LOG_CURSOR_MAX 200

/* The start of a line. */
struct log_place {
	unsigned file; /* the how manieth of this run */
	uint64_t inode;
	uint64_t head; /* of its first line; 0 for a file that had none */
	uint64_t offset;
	int64_t read_at;	     /* when the note of it was written */
	char cursor[LOG_CURSOR_MAX]; /* in the journal, else "" */
};

struct log_source;

struct log_origin {
	const char *path; /* "-" is standard input; NULL: the journal */
	FILE *in;
	FILE *errors;  /* where missing lines are told */
	bool follow;   /* the journal's readings wait for more */
	bool whole;    /* without a place: a file's rotations, too */
	int64_t since; /* of the journal, no entries before; Unix seconds */
};

/* Begins at the place, or at the start where that is NULL. origin must
 * outlive the source. 0, or -1: nothing can be read there. */
int log_source_open(const struct log_origin *origin,
    const struct log_place *since, struct log_source **source, struct err *err);
void log_source_close(struct log_source **source);

/* The next line without its end; one that is longer than 64 KiB is left out.
 * Lives until the next call. 1, 0 there is none now, -1. */
int log_source_line(
    struct log_source *source, struct span *line, struct err *err);

/* The place of the line handed out last; after the last one, of what will
 * come. The caller writes the journal's cursor into it. */
struct log_place *log_source_at(struct log_source *source);

/* Whether a place in it is worth a note: not in a stream. */
bool log_source_has_places(const struct log_source *source);

/* Whether nothing more can come, as a stream has an end. */
bool log_source_ended(const struct log_source *source);

/* Whether the path names another file now, or the file was cut. */
bool log_source_moved(const struct log_source *source);

/* Goes on at the place where it stands, in what the file was moved to. 0 or
 * -1. */
int log_source_renew(struct log_source *source, struct err *err);

#define LOG_PLACE_SIZE (LOG_CURSOR_MAX + 96)

/* A place as text into out of LOG_PLACE_SIZE bytes, which is returned, and
 * back, from the first line of a text; what is no place is the start. The third
 * word is when it was written. */
const char *log_place_print(
    const struct log_place *place, int64_t now, char *out);
void log_place_read(struct span text, struct log_place *place);

#endif
