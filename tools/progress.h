/*
 * A progress bar with rate and time left, on a terminal only, for whatever
 * takes longer than a second. Elsewhere it says nothing.
 */
#ifndef INLAY_TOOLS_PROGRESS_H
#define INLAY_TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
	FILE *out;
	bool shown;	   /* something stands on the line */
	const char *label; /* "loading" */
	const char *unit;  /* "profiles" */
	double began, last;
};

/* label and unit must outlive the progress. */
void progress_begin(
    struct progress *progress, FILE *out, const char *label, const char *unit);

/* units done so far; done of total (bytes, or units again) tell how far it
 * is, total 0 for unknown; the total of units is told. Cheap to call often. */
void progress_at(
    struct progress *progress, uint64_t units, uint64_t done, uint64_t total);

/* Takes the line away. */
void progress_end(struct progress *progress);

/* Seconds since progress_begin. */
double progress_seconds(const struct progress *progress);

/* The line for such a moment, into out of size bytes; for progress_at and
 * its test. Returns out. */
const char *progress_line(const struct progress *progress, double seconds,
    uint64_t units, uint64_t done, uint64_t total, char *out, size_t size);

#endif
