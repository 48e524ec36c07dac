/*
 * An intake gathers one message as the mail server hands it over, into one
 * contiguous buffer "headers CRLF body" with a hard limit, and finds out on
 * the way whether it is campaign mail. Of what no rule allows it keeps nothing
 * and finds out the same.
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
	struct span campaign_header; /* what makes campaign mail of it */
	bool has_campaign;	     /* that header was there */
	bool has_former;	     /* X-Campaign-Id, which once did */
	struct span message_id;	     /* of campaign mail; "" none, or no room */
	bool in_body;
	bool out_of_memory;
};

/* Begins a message of at most size_max bytes in an arena for it and all that
 * is made of it, which the intake owns from now on. Lack of memory, as where
 * the arena is NULL, shows in out_of_memory. The header's name must outlive
 * the intake. */
void intake_begin(struct intake *intake, struct span campaign_header,
    struct arena *arena, size_t size_max, const char *sender);

/* Begins a message of which only the kind and the size are of interest. */
void intake_watch(struct intake *intake, struct span campaign_header);

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
