/*
 * An intake gathers one message as the mail server hands it over, into one
 * contiguous buffer "headers CRLF body" with a hard limit, and finds out on
 * the way whether it is campaign mail.
 */
#ifndef INLAY_MILTER_INTAKE_H
#define INLAY_MILTER_INTAKE_H

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/span.h"

struct intake {
	struct arena *arena; /* the message's; NULL: no memory */
	struct buf bytes;
	uint64_t size; /* also of what was not kept */
	uint64_t size_max;
	struct span sender;
	struct span recipient;
	bool has_recipient;
	bool has_campaign; /* X-Inlay-Campaign was there */
	bool in_body;
	bool out_of_memory;
};

/* Begins a message of at most size_max bytes, with memory bytes for it and
 * all that is made of it. Lack of memory shows in out_of_memory. */
void intake_begin(
    struct intake *intake, size_t memory, size_t size_max, const char *sender);

/* The envelope recipient. 0, or -1 when there is no memory. */
int intake_recipient(struct intake *intake, const char *recipient);

/* A header field as libmilter gives it: folds are LF; blank says that the
 * value lacks the blank after the colon. */
void intake_field(
    struct intake *intake, struct span name, struct span value, bool blank);

/* The header is complete. What is no campaign mail is dropped at once. */
void intake_header_end(struct intake *intake);

void intake_body(struct intake *intake, struct span chunk);

/* More than size_max bytes came. */
bool intake_oversize(const struct intake *intake);

/* Gives all memory back. */
void intake_end(struct intake *intake);

#endif
