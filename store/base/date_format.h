/*
 * Dates as people write them in files: a format such as "%d/%m/%Y %H:%M" says
 * in which order the parts stand. No names of months, no zones: it is UTC.
 */
#ifndef INLAY_BASE_DATE_FORMAT_H
#define INLAY_BASE_DATE_FORMAT_H

#include "store/base/span.h"

/* Why a format is none, or NULL where it is one: day, month and year once
 * each, and an ISO date means what it means everywhere. */
const char *date_format_fault(struct span format);

#define DATE_FORMAT_SIZE 32

/* Reads the whole text, blanks around it aside, by a format that has no
 * fault: "31/12/1985" becomes "1985-12-31", with a time where the format has
 * one, as timestamp_parse reads it, into DATE_FORMAT_SIZE bytes. One digit may
 * do for two (1/2/2026); of two digits for a year 69 to 99 are of the last
 * century. 1, or 0 where the text is none or names no day. */
int date_format_read(struct span format, struct span text, char *iso);

#endif
